import { originsOf } from "../action/origins.ts";
import type { Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { isUntrusted, merged, type Origin } from "../trust/label.ts";
import type { ReadStep, WriteStep } from "./plan.ts";

type Tools = readonly Pick<ToolInfo, "name" | "trust">[];
type Origins = Record<string, Origin[]>;

/** Where what a call is made of comes from, by argument; `tool`: what had a say in the choice of the call itself. */
export function originsIn(step: ReadStep | WriteStep, scope: Scope, tools: Tools): Origins {
  const { args, origins: settled = {} } = step;
  const own = originsOfArguments(args, scope, tools);
  const found: Origins = Object.fromEntries(
    Object.entries(own).map(([name, origins]) => [name, merged(settled[name] ?? [], origins)]),
  );
  if (step.kind === "read") return found;
  // The amount that policy judges need not be an argument of the call.
  const amount = merged(found.amount ?? [], settled.amount ?? [], originsOf(step.amount, scope, tools));
  return { ...found, amount, tool: merged(found.tool ?? [], step.chosenBy ?? []) };
}

export function originsOfArguments(args: Readonly<Record<string, unknown>>, scope: Scope, tools: Tools): Origins {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, originsOf(value, scope, tools)]));
}

/** Names of the arguments that derive from untrusted content. */
export function untrustedIn(origins: Readonly<Origins>): string[] {
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
  step: ReadStep | WriteStep,
  scope: Scope,
  tools: Tools,
  isLater: (value: unknown) => boolean,
): Origins {
  const args = Object.fromEntries(Object.entries(step.args).filter(([, value]) => !isLater(value)));
  if (step.kind === "read") return originsIn({ ...step, args }, scope, tools);
  const { amount: given, ...rest } = step;
  const { tool: _, ...origins } = originsIn(
    isLater(given) || given === undefined ? { ...rest, args } : { ...step, args },
    scope,
    tools,
  );
  return origins;
}
