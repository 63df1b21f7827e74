import { z } from "zod";
import { day } from "../action/values.ts";
import { ORGANISATION, OWN_MEMORY } from "../agent/from-memory.ts";
import type { Answer, Figure } from "../agent/reply.ts";
import type { Conflict } from "../cluster/adjudicate.ts";
import type { TurnReply } from "../turn/turn.ts";
import { Fact, intentName, listed } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const Column = z.strictObject({ title: z.string(), align: z.enum(["Left", "Right"]), width: z.int().positive() });
const Section = z.strictObject({
  agent: z.string(),
  title: z.string(),
  text: z.string(),
  separator: z.boolean(),
  facts: z.array(Fact),
  columns: z.array(Column),
  rows: z.array(
    z.strictObject({ cells: z.array(z.strictObject({ text: z.string(), align: z.enum(["Left", "Right"]) })) }),
  ),
  empty: z.string(),
  quotes: z.array(z.strictObject({ title: z.string(), text: z.string() })),
  source: z.string(),
});
const AnswerCard = z.strictObject({
  speak: z.string(),
  sections: z.array(Section).min(1),
  /** what was stated differently, and what counts */
  conflicts: z.array(z.strictObject({ text: z.string() })),
  why: z.string(),
  /** who is still asked; nothing where this is all */
  pending: z.string(),
  turnId: z.uuid(),
});
const expand = cardTemplate("answer", AnswerCard);

/** How much of an answer is shown; the leanest always fits. */
type Measure = { rows: number; text: number; quotes: number };
const measures: Measure[] = [
  { rows: 15, text: 2_000, quotes: 12 },
  { rows: 8, text: 700, quotes: 5 },
  { rows: 3, text: 200, quotes: 2 },
  { rows: 1, text: 80, quotes: 1 },
];

/**
 * The answer of one agent, or of several side by side, with sources and the reason for the choice of agent.
 * @param stillAsked the rest follows in the same place when these have answered
 */
export function renderAnswer(
  reply: Extract<TurnReply, { kind: "answer" }>,
  turn: { turnId: string; code: string },
  stillAsked: readonly string[] = [],
): Card {
  const card = (measure: Measure) =>
    expand({
      speak: plain(cut(reply.answers[0]?.answer.title ?? "Answer", 200)),
      sections: reply.answers.map(({ agent, answer }, i) =>
        section(agent.displayName, agent.intent, answer, i > 0, measure),
      ),
      conflicts: (reply.conflicts ?? []).slice(0, 5).map((one) => ({ text: plain(cut(inWords(one), measure.text)) })),
      why:
        stillAsked.length > 0
          ? ""
          : `${brief(reply.agent.displayName)} answered because ${plain(cut(reply.why, 200))}. Code ${turn.code}.`,
      pending:
        stillAsked.length > 0
          ? `I am still asking ${names.format(stillAsked.map(brief))}: the rest follows here by itself.`
          : "",
      turnId: turn.turnId,
    });
  return fitting(...measures.map((measure) => () => card(measure)));
}

const names = new Intl.ListFormat("en", { type: "conjunction" });

function section(
  agent: string,
  intent: string,
  answer: Answer,
  separator: boolean,
  measure: Measure,
): z.infer<typeof Section> {
  const { table } = answer;
  const rows = table?.rows ?? [];
  const left = rows.length - measure.rows;
  const align = (right: boolean | undefined) => (right === true ? ("Right" as const) : ("Left" as const));
  const show = (text: string) => plain(cut(text, measure.text));
  return {
    agent: `${brief(agent)} · ${brief(intentName(intent))}`,
    title: plain(cut(answer.title, 200)),
    text: show(answer.text ?? ""),
    separator,
    facts: [
      ...answer.facts
        .filter(({ value }) => value !== "–")
        .slice(0, 20)
        .map(({ label, value }) => ({ label: brief(label), value: show(value) })),
      ...(left > 0 ? [{ label: "Not shown", value: `${left} more rows: narrow the question to see them` }] : []),
    ],
    columns: (table?.columns ?? []).map(({ title, right }, i) => ({
      title: brief(title),
      align: align(right),
      width: i === 0 ? 3 : 2,
    })),
    rows: rows
      .slice(0, measure.rows)
      .map((row) => ({ cells: row.map((text, i) => ({ text: show(text), align: align(table?.columns[i]?.right) })) })),
    empty: show(answer.empty ?? ""),
    quotes: answer.quotes.slice(0, measure.quotes).map(({ title, text }) => ({ title: show(title), text: show(text) })),
    source: `${sourceLine(answer)}${othersIn(answer)}`,
  };
}

const systemNames: Record<string, string> = {
  ...{ crm: "CRM", erp: "ERP", itsm: "service desk", hris: "HR system", docs: "document library" },
};

/** "Annual budget of Finance: 435,300.00 EUR in the ERP of 21 Nov 2026, 448,000.00 EUR in the document “…” of …; the ERP counts." */
function inWords({ about, counts, others }: Conflict): string {
  const stated = [counts, ...others].map((one) => `${one.shown} in ${nameOf(one)} of ${day(one.asOf)}`);
  return `${about}: ${stated.join(", ")}; ${nameOf(counts)} counts.`;
}

function nameOf({ authority, source }: Figure): string {
  return authority === "system" ? `the ${systemNames[source] ?? source}` : `the ${authority} “${source}”`;
}

function memoryOf(source: string): string {
  const system = source.slice(ORGANISATION.length);
  return `organisational memory, from the ${systemNames[system] ?? brief(system)}`;
}

/**
 * Whoever reads a text of others should know that it is one: it may be there to deceive. It stands with the sources and not by
 * itself, since most answers hold some, and a warning under each of them would soon be read by nobody.
 */
function othersIn({ unverified = [] }: Answer): string {
  return unverified.length === 0 ? "" : ` · written by others: ${listed(unverified, 6)}`;
}

function sourceLine({ sources }: Answer): string {
  const seen = new Map(sources.map(({ system, at }) => [system, at]));
  const read = [...seen].map(([system, at]) => {
    if (system === OWN_MEMORY) return "what you had me remember";
    if (system.startsWith(ORGANISATION)) return `${memoryOf(system)} of ${day(at)}`;
    return `${systemNames[system] ?? brief(system)}, {{TIME(${at.replace(/\.\d+Z$/, "Z")})}}`;
  });
  return read.length === 0 ? "No system was read." : `Source: ${read.join(" · ")}`;
}
