import { originsOf, originsOfText } from "../action/origins.ts";
import type { Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { isUntrusted, merged, type Origin } from "../trust/label.ts";
import { originsOfListColumn } from "./compute-origins.ts";
import type { PlanTemplate } from "./plan-template.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];

/**
 * What of an answer is text that others wrote, by the names under which it is shown: facts, columns, quotes, the text itself.
 * @returns nothing where all of it is data of a system of record, or the person's own
 */
export function unverifiedIn({ answer, compute = [] }: PlanTemplate, scope: Scope, tools: Tools): string[] {
  if (answer === undefined) return [];
  const { title, text, facts = [], table, quotes } = answer;
  const inRows = (reference: string, shown: string): Origin[] => {
    const columns = [...shown.matchAll(/\{row\.(\w+)/g)].map(([, column = ""]) =>
      originsOfListColumn(reference, column, compute, scope, tools),
    );
    return merged(originsOfText(shown.replaceAll(/\{row\.[^}]*\}/g, ""), scope, tools), ...columns);
  };
  const shown: [name: string, origins: Origin[]][] = [
    ["the heading", originsOfText(title, scope, tools)],
    ["the text", originsOfText(text ?? "", scope, tools)],
    ...facts.map(({ label, value }): [string, Origin[]] => [label, originsOfText(value, scope, tools)]),
    ...(table?.columns ?? []).map(({ title: column, value }): [string, Origin[]] => [
      column,
      inRows(table?.rows ?? "", value),
    ]),
    ...(quotes === undefined ? [] : [["the quotes", originsOf(quotes.rows, scope, tools)] as [string, Origin[]]]),
  ];
  return shown.filter(([, origins]) => isUntrusted(origins)).map(([name]) => name);
}
