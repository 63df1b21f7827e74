import { z } from "zod";
import { fill, resolve, resolveList, type Scope } from "../action/values.ts";
import type { FigureTemplate, PlanTemplate } from "./plan-template.ts";
import type { Answer, Figure, Source } from "./reply.ts";

/** Rows that a card shows at most; the total is said beside them. */
const MAX_ROWS = 15;

/** Fills the answer part of a plan. @param reads what was read by which look-up */
export function answerOf(
  template: NonNullable<PlanTemplate["answer"]>,
  scope: Scope,
  reads: ReadonlyMap<string, Source>,
): Answer {
  const answer: Answer = {
    title: fill(template.title, scope),
    facts: (template.facts ?? []).map(({ label, value }) => ({ label, value: fill(value, scope) })),
    quotes: [],
    sources: [...reads.values()],
  };
  if (template.text !== undefined) answer.text = fill(template.text, scope);
  if (template.table !== undefined) {
    const { columns, empty } = template.table;
    const rows = resolveList(template.table.rows, scope);
    if (rows.length === 0) answer.empty = fill(empty, scope);
    else
      answer.table = {
        columns: columns.map(({ title, align }) => ({ title, right: align === "right" })),
        rows: rows.slice(0, MAX_ROWS).map((row) => columns.map(({ value }) => fill(value, { ...scope, row }))),
      };
    if (rows.length > MAX_ROWS)
      answer.facts.push({
        label: "Shown",
        value: `the first ${MAX_ROWS} of ${rows.length}; narrow the question for the rest`,
      });
  }
  if (template.quotes !== undefined) {
    const { title, text, empty, limit } = template.quotes;
    const rows = resolveList(template.quotes.rows, scope).slice(0, limit);
    if (rows.length === 0) answer.empty = fill(empty, scope);
    answer.quotes = rows.map((row) => ({ title: fill(title, { ...scope, row }), text: fill(text, { ...scope, row }) }));
  }
  if (template.figures !== undefined) answer.figures = template.figures.flatMap((one) => figuresOf(one, scope, reads));
  return answer;
}

const Claim = z.object({ value: z.string(), as_of: z.string(), title: z.string(), kind: z.enum(["document", "mail"]) });

/** The value itself, and what is claimed of it elsewhere. */
function figuresOf(
  { about: template, value: reference, format, from, claims }: FigureTemplate,
  scope: Scope,
  reads: ReadonlyMap<string, Source>,
): Figure[] {
  const about = fill(template, scope);
  const shown = (value: unknown): string =>
    fill(format === undefined ? "{row.it}" : `{row.it|${format}}`, { ...scope, row: { it: value } });
  const value = resolve(reference, scope);
  const source = reads.get(from);
  if (value === undefined || value === null || source === undefined) return [];
  const claimed = z.array(Claim).catch([]).parse(resolve(claims, scope));
  return [
    {
      ...{ about, value: String(value), shown: shown(value) },
      ...{ authority: "system", source: source.system, asOf: source.at.slice(0, 10) },
    },
    ...claimed.map(
      (one): Figure => ({
        ...{ about, value: one.value, shown: shown(one.value) },
        ...{ authority: one.kind, source: one.title, asOf: one.as_of },
      }),
    ),
  ];
}
