import { plain } from "../registry/same-words.ts";
import { withoutMachineText } from "./for-machines.ts";
import { wishesChange } from "./speech-act.ts";

/** Names that stand for a kind of thing: "Fabrikam" and "Northwind" say the same to the router. Kind → names. */
export type Entities = Readonly<Record<string, readonly string[]>>;

/** Of more than this nothing is read, whatever is left of it. */
const MOST_READ = 4_000;
/** Longer utterances are cut: what is wanted is said at the beginning, and the work stays bounded. */
const MAX_CHARACTERS = 1_000;
/** Longer runs of signs and blanks say nothing, and must not push out of sight what follows. */
const PADDING = /[^\p{L}\p{N}]{8,}/gu;
/** A shorter name is more often a word than a name. */
const MIN_NAME = 4;

const months =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const forms: readonly [RegExp, string][] = [
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, " xemail "],
  [/\bcve-\d{4}-\d{3,7}\b/g, " xcve "],
  [/\binv[- ]?\d{3,6}\b|\binvoice (?:no\.? |number )?\d{3,6}\b/g, " invoice xinvoice "],
  [/\btck[- ]?\d{3,6}\b|\bticket (?:no\.? |number )?\d{3,6}\b/g, " ticket xticket "],
  [/\bdev[- ]?\d{2,6}\b/g, " device xdevice "],
  [/\bpol[- ]?\d{1,4}\b/g, " policy xpolicy "],
  // Whose number it is says its prefix: EXP-8026 is a claim, PO-5006 an order.
  [/\b([a-z]{2,5})-\d{2,6}\b/g, " $1 x$1id "],
  [/\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b/g, " xdate "],
  [new RegExp(`\\b\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${months})\\b|\\b(?:${months}) \\d{1,2}\\b`, "g"), " xdate "],
  [/(?:€|\$|eur(?:os?)? )?\b\d[\d,]*(?:\.\d+)?\b ?(?:€|eur(?:os?)?\b)?/g, " xnumber "],
];

/**
 * Lower case, without accents, punctuation and what nobody sees or machines should read; ids, amounts, days and known names become the name of their kind, so that
 * they never decide where a turn goes. A command that changes something says so in front.
 */
export function createNormaliser(entities: Entities): (text: string) => string {
  const named = Object.entries(entities)
    .map(([kind, names]) => [kind, patternOf(names)] as const)
    .filter((entry): entry is [string, RegExp] => entry[1] !== undefined);
  return (text) => {
    const read = withoutMachineText(simplify(text.slice(0, MOST_READ)));
    let left = read.replaceAll(PADDING, " ").slice(0, MAX_CHARACTERS);
    for (const [kind, pattern] of named) left = left.replace(pattern, ` x${kind} `);
    for (const [form, token] of forms) left = left.replace(form, token);
    const words = left.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
    return wishesChange(words) ? `xchange ${words}` : words;
  };
}

function simplify(text: string): string {
  return plain(text)
    .replaceAll(/[’']s\b/g, " ")
    .replaceAll(/[’']/g, "");
}

function patternOf(names: readonly string[]): RegExp | undefined {
  const spoken = new Set(names.flatMap(shortForms).map(simplify));
  if (spoken.size === 0) return undefined;
  // The longest first, so that "Contoso Retail" is not left as "xcustomer retail".
  const longestFirst = [...spoken].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "gu");
}

/** People leave out the end of a long name: "Fabrikam GmbH" is called Fabrikam. */
function shortForms(name: string): string[] {
  const words = name.trim().split(/\s+/);
  const short = words.slice(0, -1).join(" ");
  // "IT" is a department and a word.
  return [name, short].filter(({ length }) => length >= MIN_NAME);
}
