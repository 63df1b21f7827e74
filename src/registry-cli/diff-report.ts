import { isEmpty, type RegistryDiff } from "../registry/diff/compare.ts";
import type { Change } from "../registry/diff/pair.ts";
import type { Place } from "../registry/diff/routing.ts";
import type { Finding } from "../registry/finding.ts";
import { count } from "./command.ts";
import { oneLine } from "./table.ts";

export type Compared = RegistryDiff & {
  /** what the files are compared with */
  against: string;
  unreadable: (Finding & { side: "before" | "after" })[];
};

/** "!" is riskier than before. */
type Row = { mark: "+" | "-" | "~" | "!"; where: string; what: string };
type Section = { title: string; rows: Row[] };

/** So many utterances of a place show what it is about. */
const SHOWN = 5;
/** of a text that was changed */
const LONGEST = 400;

export function asText(compared: Compared): string {
  const { sections, title, isSame, hasRisk } = reportOf(compared);
  const blocks = sections.map(({ title: heading, rows }) => {
    const width = Math.max(...rows.map(({ where }) => where.length));
    return `${heading}\n${rows.map(({ mark, where, what }) => `  ${mark} ${where.padEnd(width)}  ${what}`).join("\n")}`;
  });
  return [
    title,
    ...blocks,
    ...(isSame ? ["Nothing changes."] : []),
    ...(hasRisk ? ["! is riskier than before."] : []),
  ].join("\n\n");
}

export function asMarkdown(compared: Compared): string {
  const { sections, title, isSame, hasRisk } = reportOf(compared);
  const blocks = sections.map(
    ({ title: heading, rows }) =>
      `### ${heading}\n\n| | Where | What |\n|---|---|---|\n${rows
        .map(
          ({ mark, where, what }) => `| ${mark === "!" ? "⚠️" : `\`${mark}\``} | ${escaped(where)} | ${escaped(what)} |`,
        )
        .join("\n")}`,
  );
  return [
    `## ${escaped(title)}`,
    ...blocks,
    ...(isSame ? ["Nothing changes."] : []),
    ...(hasRisk ? ["⚠️ is riskier than before."] : []),
  ].join("\n\n");
}

/** Whoever writes a record does not write the comment: nothing of it is a link, an image, a mention or a tag. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~@&:]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function reportOf(compared: Compared) {
  const sections = [
    { title: "Agents", rows: aboutAgents(compared) },
    { title: "Routing", rows: aboutRouting(compared) },
    { title: "Permissions", rows: aboutPermissions(compared) },
    { title: "Risk", rows: compared.risk.map(aboutChange) },
    { title: "Record", rows: compared.record.map(aboutChange) },
    { title: "Left out, since it cannot be read", rows: compared.unreadable.map(aboutUnreadable) },
  ].flatMap(({ title, rows }): Section[] => (rows.length === 0 ? [] : [{ title, rows: rows.map(inOneLine) }]));
  return {
    sections,
    title: `What the files change against ${compared.against}`,
    isSame: isEmpty(compared) && compared.unreadable.length === 0,
    hasRisk: sections.some(({ rows }) => rows.some(({ mark }) => mark === "!")),
  };
}

function inOneLine({ mark, where, what }: Row): Row {
  const line = oneLine(what);
  return { mark, where: oneLine(where), what: line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line };
}

function aboutAgents({ agents: { added, removed, changed } }: RegistryDiff): Row[] {
  const brief = (one: (typeof added)[number]): string =>
    [one.cluster_id, one.capability_mode, one.status, `owner ${one.owner_upn}`].join(", ");
  return [
    ...added.map((one): Row => ({ mark: "+", where: one.name, what: `new: ${brief(one)}` })),
    ...removed.map((one): Row => ({ mark: "-", where: one.name, what: `gone: ${brief(one)}` })),
    ...changed.map(({ name, fields }): Row => ({ mark: "~", where: name, what: `changed: ${fields.join(", ")}` })),
  ];
}

function aboutRouting({ routing: { intents, utterances } }: RegistryDiff): Row[] {
  const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");
  const inPlaces = (mark: "+" | "-", all: readonly (Place & { utterance: string })[]): Row[] =>
    [...Map.groupBy(all, placeOf)].map(([where, some]) => {
      const texts = some.map(({ utterance }) => utterance);
      const more = texts.length > SHOWN ? ` and ${texts.length - SHOWN} more` : "";
      return { mark, where, what: `${count(texts.length, "utterance")}: ${quoted(texts.slice(0, SHOWN))}${more}` };
    });
  return [
    ...intents.added.map((one): Row => ({ mark: "+", where: placeOf(one), what: "new intent" })),
    ...intents.removed.map((one): Row => ({ mark: "-", where: placeOf(one), what: "intent is gone" })),
    ...utterances.moved.map(
      ({ utterance, from, to }): Row => ({
        mark: "~",
        where: placeOf(to),
        what: `${quoted([utterance])}, until now ${placeOf(from)}`,
      }),
    ),
    ...inPlaces("+", utterances.added),
    ...inPlaces("-", utterances.removed),
  ];
}

function placeOf({ name, intent }: Place): string {
  return `${name} / ${intent ?? "counter_examples"}`;
}

function aboutPermissions({ permissions: { tools, writes, scopes, changed } }: RegistryDiff): Row[] {
  type Write = (typeof writes.gained)[number];
  const tool = ({ tool: name, writes: is }: (typeof tools.gained)[number]): string =>
    `tool ${name}${is ? ", which it changes something with" : ""}`;
  const write = ({ tool: name, irreversible }: Write): string =>
    `calls ${name}, which changes something${irreversible ? " that nothing takes back" : ""}`;
  const scope = ({ scope: name, classification, approvedBy }: (typeof scopes.gained)[number]): string =>
    `scope ${name}, ${classification}, approved by ${approvedBy}`;
  return [
    ...writes.gained.map((one): Row => ({ mark: "!", where: `${one.name} / ${one.intent}`, what: write(one) })),
    ...tools.gained.map((one): Row => ({ mark: "+", where: one.name, what: tool(one) })),
    ...scopes.gained.map((one): Row => ({ mark: "+", where: one.name, what: scope(one) })),
    ...writes.lost.map(
      (one): Row => ({ mark: "-", where: `${one.name} / ${one.intent}`, what: `no longer ${write(one)}` }),
    ),
    ...tools.lost.map((one): Row => ({ mark: "-", where: one.name, what: tool(one) })),
    ...scopes.lost.map((one): Row => ({ mark: "-", where: one.name, what: scope(one) })),
    ...changed.map(aboutChange),
  ];
}

function aboutChange({ name, intent, what, from, to, isRiskier }: Change): Row {
  const where = intent === null ? name : `${name} / ${intent}`;
  return { mark: isRiskier ? "!" : "~", where, what: `${what}: ${shownValue(from)} → ${shownValue(to)}` };
}

function shownValue(value: unknown): string {
  if (value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function aboutUnreadable({ file, field, wrong, side }: Compared["unreadable"][number]): Row {
  return { mark: "-", where: `${file} (${side})`, what: `${field}: ${wrong}` };
}
