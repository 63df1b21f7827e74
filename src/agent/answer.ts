import { fill, resolveList, type Scope } from "../action/values.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { Answer, Source } from "./reply.ts";

/** Rows that a card shows at most; the total is said beside them. */
const MAX_ROWS = 15;

/** Fills the answer part of a plan. */
export function answerOf(template: NonNullable<PlanTemplate["answer"]>, scope: Scope, sources: Source[]): Answer {
  const answer: Answer = {
    title: fill(template.title, scope),
    facts: (template.facts ?? []).map(({ label, value }) => ({ label, value: fill(value, scope) })),
    quotes: [],
    sources,
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
  return answer;
}
