import { originsOf, originsOfColumn, originsOfCount } from "../action/origins.ts";
import type { Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { merged, type Origin } from "../trust/label.ts";
import type { Compute } from "./plan-template.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];

/** Where a computed value comes from: from all that it was computed of. Of a list the columns that count, or the whole list. */
export function originsOfComputed(rule: Compute, scope: Scope, tools: Tools): Origin[] {
  switch (rule.op) {
    case "sum":
      return originsOfColumn(rule.of, rule.field ?? "amount", scope, tools);
    case "count":
      return originsOfCount(rule.of, scope, tools);
    case "values":
      return originsOfColumn(rule.of, rule.field, scope, tools);
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
