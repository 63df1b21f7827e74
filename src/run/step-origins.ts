import { originsOf } from "../action/origins.ts";
import type { Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { isUntrusted, merged, type Origin } from "../trust/label.ts";
import type { PlanStep, WriteStep } from "./plan.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];
type Origins = Record<string, Origin[]>;

/** Where what a call is made of comes from, by argument; `tool`: what had a say in the choice of the call itself. */
export function originsIn(step: Extract<PlanStep, { kind: "read" | "write" }>, scope: Scope, tools: Tools): Origins {
  const settled = step.kind === "write" ? step.origins : undefined;
  const found: Origins = Object.fromEntries(
    Object.entries(step.args).map(([name, value]) => [
      name,
      merged(settled?.[name] ?? [], originsOf(value, scope, tools)),
    ]),
  );
  if (step.kind === "read") return found;
  // The amount that policy judges need not be an argument of the call.
  const amount = merged(found.amount ?? [], settled?.amount ?? [], originsOf(step.amount, scope, tools));
  return { ...found, amount, tool: merged(found.tool ?? [], step.chosenBy ?? []) };
}

/** Names of the arguments that derive from untrusted content. */
function untrustedIn(origins: Readonly<Origins>): string[] {
  return Object.keys(origins).filter((name) => isUntrusted(origins[name] ?? []));
}

/** The same for people: which argument, and where the text was read that it derives from. */
export function shownOrigins(origins: Readonly<Origins>): { argument: string; from: string[] }[] {
  return untrustedIn(origins).map((argument) => {
    const untrusted = (origins[argument] ?? []).filter(({ label }) => label === "untrusted");
    return { argument, from: [...new Set(untrusted.map(inWords))] };
  });
}

function inWords({ source, tool, field }: Origin): string {
  return [tool ?? source, field?.replaceAll("_", " ")].filter((part) => part !== undefined).join(", ");
}

/**
 * The same for a step whose references are settled in this scope. A reference to a step of its own graph stays one, and says
 * then where it comes from.
 */
export function settledOrigins(
  step: WriteStep,
  scope: Scope,
  tools: Tools,
  isLater: (value: unknown) => boolean,
): Origins {
  const args = Object.fromEntries(Object.entries(step.args).filter(([, value]) => !isLater(value)));
  const { amount: given, ...rest } = step;
  const { tool: _, ...origins } = originsIn(
    isLater(given) || given === undefined ? { ...rest, args } : { ...step, args },
    scope,
    tools,
  );
  return origins;
}
