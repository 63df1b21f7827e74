import { Decimal } from "decimal.js";
import type { Proposal } from "../action/proposal.ts";
import { fill, fillPartly, quoted, resolve, resolveAll, type Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { digestOf } from "../connector/digest.ts";
import { isAmount, wrongArguments } from "./check-arguments.ts";
import type { Plan, PlanStep, WriteStep } from "./plan.ts";
import { type Run, stepsOf } from "./run.ts";
import { originsIn, settledOrigins, shownOrigins } from "./step-origins.ts";

/** What the steps of a run can refer to: what it began with, and what its steps have given so far. */
export function scopeOf({ plan, state }: Pick<Run, "plan" | "state">): Scope {
  const outputs = Object.entries(state.steps).flatMap(([id, step]) => (step.is === "done" ? [[id, step.output]] : []));
  const { scope } = state.replanned ?? plan;
  const { slots = {}, computed = {}, steps, ...model } = scope.origins ?? {};
  const origins = { ...model, slots, computed, steps: { ...steps, ...gaveBy({ plan, state }) } };
  return { ...scope, steps: { ...scope.steps, ...Object.fromEntries(outputs) }, origins };
}

/** Which tool gave the output of a step. What agents say in a discussion comes from no tool, and so from nobody known. */
function gaveBy(run: Pick<Run, "plan" | "state">): Record<string, { tool: string }> {
  const calling = stepsOf(run).filter((step) => step.kind === "read" || step.kind === "write");
  return Object.fromEntries(calling.map(({ id, tool }) => [id, { tool }]));
}

/**
 * A write as it would run now: every reference resolved, every text filled. What is shown and what runs come from here, and
 * from here only.
 * @returns why there is none, where an amount is no amount, a reference leads nowhere, or the tool takes no such arguments
 */
export function proposalOf(step: WriteStep, scope: Scope, tools: readonly ToolInfo[]): Proposal | { wrong: string } {
  const missing = Object.entries(step.args).find(
    ([, value]) => typeof value === "string" && value.startsWith("$steps.") && resolve(value, scope) === undefined,
  );
  if (missing !== undefined)
    return { wrong: `${missing[0]} needs ${String(missing[1])}, which earlier steps did not give.` };
  const given = resolve(step.amount, scope);
  if (given !== undefined && given !== null && !isAmount(given)) return { wrong: `${String(given)} is not an amount.` };
  const args = resolveAll(step.args, scope);
  const info = tools.find(({ name }) => name === step.tool);
  // One that no system offers at the moment is refused by policy, and before its call.
  const wrong = info === undefined ? undefined : wrongArguments(args, info);
  if (wrong !== undefined) return { wrong };
  const { texts, undo } = step;
  return {
    stepId: step.id,
    tool: step.tool,
    args,
    digest: digestOf(step.tool, args),
    risk: step.risk,
    reversal: undo.reversal,
    amount: given === undefined || given === null ? undefined : new Decimal(String(given)).toFixed(2),
    compensation: compensationOf(undo, scope),
    summary: fill(texts.summary, scope),
    target: fill(texts.target, scope),
    inputs: step.inputs.map(({ label, value }) => ({ label, value: fill(value, scope) })),
    changes: texts.changes.map(({ label, from, to }) => ({
      label: fill(label, scope),
      from: fill(from, scope),
      to: fill(to, scope),
    })),
    impact: fill(texts.impact, scope),
    undo: fill(texts.undo, scope),
    otherwise: fill(texts.otherwise, scope),
    done: texts.done,
    sources: step.sources,
    untrusted: shownOrigins(originsIn(step, scope, tools)),
  };
}

function compensationOf(undo: WriteStep["undo"], scope: Scope): Proposal["compensation"] {
  if (undo.reversal === "non-reversible" || undo.tool === undefined) return undefined;
  return { tool: undo.tool, args: keepResults(undo.args ?? {}, scope) };
}

/** References to the effect's result stay as they are: they are filled when the effect is recorded. */
function keepResults(args: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" && value.startsWith("$result.") ? value : quoted(resolve(value, scope)),
    ]),
  );
}

export function stepOf(run: Pick<Run, "plan" | "state">, stepId: string): PlanStep | undefined {
  return stepsOf(run).find(({ id }) => id === stepId);
}

/**
 * The steps of a plan as part of another run: their places are filled and their references settled, since the scope of that run
 * is another. They are named after `prefix`, and so are the references among them.
 */
export function settledSteps({ steps, scope }: Plan, prefix: string, tools: readonly ToolInfo[]): PlanStep[] {
  const own = new Set(steps.map(({ id }) => id));
  const named = (id: string): string => `${prefix}${id}`;
  /** "steps.read.total" → "steps.<prefix>read.total", where it is one of these steps */
  const later = (path: string): string | undefined => {
    const [root, id = "", ...rest] = path.split(".");
    if (root === "result") return path;
    return root === "steps" && own.has(id) ? ["steps", named(id), ...rest].join(".") : undefined;
  };
  const keptOf = (value: unknown) =>
    typeof value === "string" && value.startsWith("$") ? later(value.slice(1)) : undefined;
  const isLater = (value: unknown): boolean => keptOf(value) !== undefined;
  const settle = (value: unknown): unknown => {
    const kept = keptOf(value);
    return kept === undefined ? quoted(resolve(value, scope)) : `$${kept}`;
  };
  const settleAll = (args: Record<string, unknown>): WriteStep["args"] =>
    Object.fromEntries(
      Object.entries(args).flatMap(([name, value]) => {
        const settled = settle(value);
        return settled === undefined ? [] : [[name, settled]];
      }),
    ) as WriteStep["args"];
  const text = (given: string): string => fillPartly(given, scope, later);
  return steps.map((step) => {
    const link = { id: named(step.id), after: step.after.map(named) };
    if (step.kind === "read")
      return { ...step, ...link, args: settleAll(step.args), origins: settledOrigins(step, scope, tools, isLater) };
    if (step.kind !== "write") return { ...step, ...link };
    const { undo, texts } = step;
    return {
      ...step,
      ...link,
      args: settleAll(step.args),
      origins: settledOrigins(step, scope, tools, isLater),
      ...(step.amount === undefined ? {} : { amount: settle(step.amount) as WriteStep["amount"] }),
      undo: undo.reversal === "non-reversible" ? undo : { ...undo, args: settleAll(undo.args ?? {}) },
      texts: {
        ...texts,
        ...{
          summary: text(texts.summary),
          target: text(texts.target),
          impact: text(texts.impact),
          undo: text(texts.undo),
        },
        otherwise: text(texts.otherwise),
        changes: texts.changes.map(({ label, from, to }) => ({ label: text(label), from: text(from), to: text(to) })),
      },
      inputs: step.inputs.map(({ label, value }) => ({ label, value: text(value) })),
      editable: [],
    };
  });
}
