import { type Finding, match, type Utterance } from "./utterance.ts";

/** The longest known name in the text; else one that starts with a word of it ("Adventure" for "Adventure Works", "Fatima's"). */
export function name(text: string, names: readonly string[]): Finding {
  const lower = text.toLowerCase();
  const whole = names
    .map((value) => ({ value, start: lower.indexOf(value.toLowerCase()) }))
    .filter(({ value, start }) => start >= 0 && isNamed(lower, start, start + value.length))
    .sort((a, b) => b.value.length - a.value.length)[0];
  if (whole !== undefined) return { ...whole, end: whole.start + whole.value.length };
  const words = [...text.matchAll(/[\p{L}\p{N}&']{4,}/gu)];
  for (const word of words) {
    const said = word[0].toLowerCase();
    const near = names.filter((value) =>
      [said, said.replace(/'s$/, "")].includes(value.toLowerCase().split(/\s+/)[0] ?? ""),
    );
    const [only] = near;
    if (near.length === 1 && only !== undefined)
      return { value: only, start: word.index, end: word.index + word[0].length };
    if (near.length > 1) return { choices: near.slice(0, 5) };
  }
  return undefined;
}

/** A word of its own, or several of it: "40 sensor kits". */
function isNamed(text: string, start: number, end: number): boolean {
  return isWord(text, start, end) || (text[end] === "s" && isWord(text, start, end + 1));
}

function isWord(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text[start - 1] ?? " ") && !/[\p{L}\p{N}]/u.test(text[end] ?? " ");
}

/** "Show me …" speaks to the bot: whom it is about is said elsewhere. */
const ME = /(?<!\b(?:show|tell|give|send|get|help|let|list|remind|bring)\s)\b(i|me|my|mine|myself)\b/i;

/** "IT" is a department, "it" is not, unless nothing else is said. */
export function department(text: string, departments: readonly string[]): Finding {
  const isAlone = /^\s*\p{L}+[.!]?\s*$/u.test(text);
  const isSaid = (value: string): boolean => value !== value.toUpperCase() || isAlone || text.includes(value);
  return name(text, departments.filter(isSaid));
}

export function person(utterance: Utterance): Finding {
  const { directory } = utterance.vocabulary;
  const people = directory.people.filter((one) => one.kind === "person" && one.enabled);
  const full = name(
    utterance.text,
    people.map((one) => one.name),
  );
  if (full !== undefined && "value" in full) {
    const named = people.find((one) => one.name === full.value);
    if (named !== undefined) return { ...full, value: named.upn };
  }
  if (full !== undefined) return full;
  for (const part of ["surname", "givenName"] as const) {
    const said = name(
      utterance.text,
      people.map((one) => one[part]),
    );
    if (said === undefined || !("value" in said)) continue;
    const bearers = people.filter((one) => one[part] === said.value);
    const [only] = bearers;
    if (bearers.length === 1 && only !== undefined) return { ...said, value: only.upn };
    return { choices: bearers.slice(0, 5).map((one) => one.name) };
  }
  const me = match(utterance.text, ME, () => utterance.requester?.upn);
  return me?.value === undefined ? undefined : me;
}

/** The value whose words come first; of several that begin there, the one with the longest. */
export function choice(choices: Readonly<Record<string, readonly string[]>>, text: string): Finding {
  const found = Object.entries(choices).flatMap(([value, words]) => {
    const said = name(text, [...words]);
    return said !== undefined && "value" in said ? [{ ...said, value }] : [];
  });
  return found.sort((a, b) => a.start - b.start || b.end - a.end)[0];
}
