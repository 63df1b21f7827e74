import { originsOf, originsOfColumn, originsOfCount } from "../action/origins.ts";
import type { Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { merged, type Origin } from "../trust/label.ts";
import type { Compute } from "./plan-template.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];

/**
 * Where a computed value comes from: from all that it was computed of. Of a list the columns that count, or the whole list.
 * @param rules of the same plan
 */
export function originsOfComputed(rule: Compute, scope: Scope, tools: Tools, rules: readonly Compute[]): Origin[] {
  switch (rule.op) {
    case "sum":
      return originsOfListColumn(rule.of, rule.field ?? "amount", rules, scope, tools);
    case "count":
      return originsOfRows(rule.of, rules, scope, tools);
    case "values":
      return originsOfListColumn(rule.of, rule.field, rules, scope, tools);
    case "where":
      return merged(originsOf(rule.of, scope, tools), originsOf(rule.value, scope, tools));
    case "join":
      return merged(originsOf(rule.of, scope, tools), originsOf(rule.with, scope, tools));
    case "sort":
    case "group":
      return originsOf(rule.of, scope, tools);
    case "each": {
      // What a column takes from its own row is among what the list holds.
      const others = Object.values(rule.set)
        .flatMap(({ args }) => args)
        .filter((arg) => !String(arg).startsWith("$row."));
      return merged(originsOf(rule.of, scope, tools), ...others.map((arg) => originsOf(arg, scope, tools)));
    }
    default:
      return merged(...rule.args.map((arg) => originsOf(arg, scope, tools)));
  }
}

/**
 * Of one column of a list, also of one that was computed: what is filtered, sorted, joined, grouped or widened keeps for each
 * column where that came from. What rows were chosen by has a say in all of them: whoever writes it chooses what is summed up.
 * @param rules of the same plan
 */
export function originsOfListColumn(
  reference: string,
  column: string,
  rules: readonly Compute[],
  scope: Scope,
  tools: Tools,
): Origin[] {
  const rule = rules.find(({ as }) => reference === `$computed.${as}`);
  const of = (list: string, name: string): Origin[] => originsOfListColumn(list, name, rules, scope, tools);
  switch (rule?.op) {
    case "where":
      return merged(of(rule.of, column), of(rule.of, rule.field), originsOf(rule.value, scope, tools));
    case "sort":
      return of(rule.of, column);
    case "join":
      return rule.take.includes(column)
        ? merged(of(rule.with, column), of(rule.of, rule.on), of(rule.with, rule.on))
        : of(rule.of, column);
    case "group":
      if (column === "key") return of(rule.of, rule.by);
      return column === "total" ? of(rule.of, rule.sum ?? "") : originsOfRows(rule.of, rules, scope, tools);
    case "each": {
      const made = rule.set[column];
      if (made === undefined) return of(rule.of, column);
      const columns = made.args.map((arg) => {
        const own = /^\$row\.(\w+)/.exec(String(arg))?.[1];
        if (own === undefined) return originsOf(arg, scope, tools);
        return own === column || rule.set[own] === undefined ? of(rule.of, own) : of(reference, own);
      });
      return merged(...columns);
    }
    default:
      return originsOfColumn(reference, column, scope, tools);
  }
}

/** Of how many rows a list has: of the system that gave them, and of what they were chosen by. */
function originsOfRows(reference: string, rules: readonly Compute[], scope: Scope, tools: Tools): Origin[] {
  const rule = rules.find(({ as }) => reference === `$computed.${as}`);
  if (rule === undefined || !("of" in rule)) return originsOfCount(reference, scope, tools);
  const rows = originsOfRows(rule.of, rules, scope, tools);
  if (rule.op === "where")
    return merged(
      rows,
      originsOfListColumn(rule.of, rule.field, rules, scope, tools),
      originsOf(rule.value, scope, tools),
    );
  return rule.op === "group" ? merged(rows, originsOfListColumn(rule.of, rule.by, rules, scope, tools)) : rows;
}
