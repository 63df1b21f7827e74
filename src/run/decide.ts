import { type Calls, crossedBy } from "../policy/spending.ts";
import type { Budgets, PlanStep } from "./plan.ts";
import {
  downstreamOf,
  type Hold,
  type Outcome,
  type Run,
  type RunEvent,
  type RunState,
  statusOf,
  stepsOf,
} from "./run.ts";

/** What somebody or something wants of a run. `by` is an aadObjectId, an operator's name or "signalbox". */
export type RunCommand =
  | {
      type: "begin";
      superstep: number;
      hold: Hold | undefined;
      /** what each step may take at most: reserved before it begins, so that steps side by side never go over together */
      calls: Record<string, Calls>;
      /** why a step that was cleared must not start after all */
      objections: Record<string, string>;
    }
  | { type: "end-superstep"; superstep: number; results: Record<string, StepResult>; seconds: number }
  | { type: "pause"; by: string; why: string }
  | { type: "resume"; by: string }
  | { type: "cancel"; by: string; why: string }
  | { type: "rerun"; by: string; from: string }
  | { type: "raise"; by: string }
  | { type: "wrap-up"; by: string }
  | { type: "settle-check"; by: string; stepId: string; happened: boolean };

/** What became of a step of a superstep. */
export type StepResult =
  | { is: "done"; output: Record<string, unknown>; tokens: number; costCents: number }
  | { is: "failed" | "unknown"; why: string }
  | { is: "handed-over"; to: string; steps: PlanStep[] }
  /** it was not tried, or not again: its try did not fit into the budget */
  | { is: "over-budget" };

export type Decided = { events: RunEvent[] } | { refused: string };

/** What a command leads to: pure, total; an illegal wish is an answer, not an exception. */
export function decide(run: Pick<Run, "plan" | "state">, command: RunCommand): Decided {
  const { state } = run;
  switch (command.type) {
    case "begin":
      return begin(run, command);
    case "end-superstep":
      return endSuperstep(run, command);
    case "pause":
      if (isOver(state)) return { refused: over(state) };
      if (state.hold !== null) return { refused: "It is paused already." };
      return { events: [{ type: "held", data: { why: "operator", by: command.by, text: command.why } }] };
    case "resume":
      if (isOver(state)) return { refused: over(state) };
      if (state.hold === null) return { refused: "It is not paused." };
      if (state.hold.why === "budget")
        return { refused: "It has used up its budget: raise it, finish with what is there, or stop it." };
      return { events: [{ type: "resumed", data: { by: command.by } }] };
    case "cancel":
      if (isOver(state)) return { refused: over(state) };
      if (state.closing !== null) return { refused: "It is being ended already." };
      return { events: [{ type: "cancelled", data: { by: command.by, why: command.why } }] };
    case "wrap-up":
      if (isOver(state)) return { refused: over(state) };
      if (state.closing !== null) return { refused: "It is being ended already." };
      return { events: [{ type: "wrapped-up", data: { by: command.by } }] };
    case "raise":
      if (state.hold?.why !== "budget") return { refused: "It has not used up its budget." };
      return {
        events: [
          { type: "budget-raised", data: { by: command.by, budgets: doubled(run.plan.budgets, state.budgets) } },
        ],
      };
    case "rerun":
      return rerun(run, command);
    case "settle-check":
      if (state.steps[command.stepId]?.is !== "unknown") return { refused: "That step does not wait for a check." };
      return {
        events: [
          { type: "check-settled", data: { stepId: command.stepId, by: command.by, happened: command.happened } },
        ],
      };
  }
}

function begin(run: Pick<Run, "plan" | "state">, command: Extract<RunCommand, { type: "begin" }>): Decided {
  const { state } = run;
  const { superstep } = command;
  if (superstep !== state.superstep || !state.isQueued) return { refused: "This superstep was begun already." };
  if (command.hold !== undefined) return { events: [{ type: "held", data: command.hold }] };
  const cleared = startable(run).map(({ id }) => id);
  const steps = cleared.filter((id) => command.objections[id] === undefined);
  const failed = cleared
    .filter((id) => command.objections[id] !== undefined)
    .map((stepId) => ({ type: "step-failed", data: { stepId, why: command.objections[stepId] ?? "" } }) as const);
  if (steps.length === 0) {
    const nothing = { type: "superstep-started", data: { superstep, steps, turns: 0, toolCalls: 0 } } as const;
    return { events: [...failed, nothing, { type: "superstep-ended", data: { superstep, seconds: 0 } }] };
  }
  const sum = (what: keyof Calls): number => steps.reduce((total, id) => total + (command.calls[id]?.[what] ?? 0), 0);
  const wanted = { turns: 1 + sum("turns"), toolCalls: sum("toolCalls") };
  const crossed = crossing(state, wanted);
  if (crossed.length > 0) return { events: [...failed, ...crossed] };
  return { events: [...failed, { type: "superstep-started", data: { superstep, steps, ...wanted } }] };
}

/** What happens to a run whose next part does not fit into its budget any more; nothing where it fits. */
export function crossing(state: RunState, wanted: Calls): RunEvent[] {
  const crossed = crossedBy(state.spent, state.budgets, wanted);
  return crossed === undefined ? [] : cross(state, crossed);
}

function cross({ budgets }: RunState, crossed: string): RunEvent[] {
  const text = `The next steps would go over its budget of ${crossed}.`;
  switch (budgets.onCrossing) {
    case "ask":
      return [{ type: "held", data: { why: "budget", by: "signalbox", text } }];
    case "finish":
      return [
        { type: "held", data: { why: "budget", by: "signalbox", text } },
        { type: "wrapped-up", data: { by: "signalbox" } },
      ];
    case "stop":
      return [
        { type: "held", data: { why: "budget", by: "signalbox", text } },
        { type: "cancelled", data: { by: "signalbox", why: text } },
      ];
  }
}

/** Raising gives what the plan began with once more. */
function doubled(first: Budgets, now: Budgets): Budgets {
  return {
    maxTurns: now.maxTurns + first.maxTurns,
    maxToolCalls: now.maxToolCalls + first.maxToolCalls,
    maxRuntimeSeconds: now.maxRuntimeSeconds + first.maxRuntimeSeconds,
    maxTokens: now.maxTokens + first.maxTokens,
    maxCostCents: now.maxCostCents + first.maxCostCents,
    onCrossing: now.onCrossing,
  };
}

function endSuperstep({ state }: Pick<Run, "state">, command: Extract<RunCommand, { type: "end-superstep" }>): Decided {
  const { superstep, seconds } = command;
  if (superstep !== state.superstep || !state.isActing) return { refused: "This superstep was ended already." };
  const events: RunEvent[] = [];
  let isOverBudget = false;
  for (const [stepId, result] of Object.entries(command.results)) {
    switch (result.is) {
      case "done": {
        const { output, tokens, costCents } = result;
        events.push({ type: "step-done", data: { stepId, output, tokens, costCents } });
        break;
      }
      case "failed":
        events.push({ type: "step-failed", data: { stepId, why: result.why } });
        break;
      case "unknown":
        events.push({ type: "step-unknown", data: { stepId, why: result.why } });
        break;
      case "handed-over":
        events.push({ type: "handed-over", data: { stepId, to: result.to, steps: result.steps } });
        break;
      case "over-budget": {
        const now = state.steps[stepId];
        const actionId = now !== undefined && "actionId" in now ? now.actionId : null;
        isOverBudget = true;
        events.push({ type: "step-cleared", data: { stepId, actionId, by: "signalbox", policyId: "budget" } });
        break;
      }
    }
  }
  events.push({ type: "superstep-ended", data: { superstep, seconds } });
  if (isOverBudget) events.push(...cross(state, `${state.budgets.maxToolCalls} tool calls`));
  return { events };
}

/**
 * Begins again with a step: it and what depends on it. What was done and stands is never done again: its effect stays, and
 * steps that only looked are looked at afresh.
 */
function rerun(run: Pick<Run, "plan" | "state">, command: Extract<RunCommand, { type: "rerun" }>): Decided {
  const { state } = run;
  const { by } = command;
  const all = stepsOf(run);
  // By its name, or by its number on the cards.
  const from = all.find(({ id }, i) => id === command.from || String(i + 1) === command.from)?.id;
  if (from === undefined) {
    const named = all.map(({ id }, i) => `${i + 1} (${id})`).join(", ");
    return { refused: `It has no step ${command.from}. Its steps: ${named}.` };
  }
  if (state.isActing || state.isQueued) return { refused: "It is at work: pause it first." };
  const unclear = Object.keys(state.steps).find((id) => state.steps[id]?.is === "unknown");
  if (unclear !== undefined) return { refused: `Nobody has said yet whether ${unclear} happened: settle that first.` };
  const reach = downstreamOf(run, from);
  const steps = all
    .filter((step) => {
      const is = state.steps[step.id]?.is;
      const stands = is === "done" && step.kind !== "read";
      return reach.has(step.id) && !stands;
    })
    .map(({ id }) => id);
  if (steps.length === 0)
    return { refused: "Everything from there on is done and stands: nothing is left to do again." };
  return { events: [{ type: "rerun", data: { by, from, steps } }] };
}

const failures = ["failed", "rejected", "expired", "skipped"] as const;
const isFailure = (is: string | undefined): boolean => failures.some((one) => one === is);

/** What follows of itself from a state: steps that can no longer come about, and the end. Pure. */
export function follow(run: Pick<Run, "plan" | "state">): RunEvent[] {
  const { state, plan } = run;
  if (isOver(state)) return [];
  const events: RunEvent[] = [];
  const all = stepsOf(run);
  const failed = all.find(({ id }) => isFailure(state.steps[id]?.is));
  const open = all.filter(({ id }) => ["waiting", "asking", "cleared"].includes(state.steps[id]?.is ?? ""));
  const skip = (ids: readonly PlanStep[], why: string): void => {
    events.push(...ids.map(({ id }) => ({ type: "step-skipped", data: { stepId: id, why } }) as const));
  };
  // Numbered as on the cards.
  const notDone = (id: string): string => `step ${all.findIndex((step) => step.id === id) + 1} was not done.`;
  if (state.closing === "cancelled") skip(open, "The run was cancelled.");
  else if (state.closing === "wrapped-up") skip(open, "The run was finished with what was there.");
  else if (failed !== undefined && plan.onFailure === "stop") skip(open, notDone(failed.id));
  else if (plan.onFailure !== "go-on")
    for (const step of open) {
      const missing = step.after.find((id) => isFailure(state.steps[id]?.is));
      if (missing !== undefined) skip([step], notDone(missing));
    }
  const skipped = new Set(events.map((event) => ("stepId" in event.data ? event.data.stepId : "")));
  const isOpen = all.some(
    ({ id }) => !skipped.has(id) && !["done", "undone", ...failures].includes(state.steps[id]?.is ?? ""),
  );
  // A second look: what depends on a step that was just skipped is skipped too.
  if (isOpen || state.isActing) return events;
  return [...events, { type: "ended", data: { outcome: outcomeOf(run) } }];
}

function outcomeOf(run: Pick<Run, "plan" | "state">): Outcome {
  const { state } = run;
  const all = stepsOf(run);
  const is = (step: PlanStep): string | undefined => state.steps[step.id]?.is;
  if (all.every((step) => is(step) === "done")) return "completed";
  if (all.some((step) => step.kind !== "read" && is(step) === "done")) return "partly-done";
  if (all.some((step) => is(step) === "undone")) return "undone";
  if (state.closing === "cancelled") return "cancelled";
  if (state.closing === "wrapped-up") return "partly-done";
  for (const one of ["failed", "rejected", "expired"] as const) if (all.some((step) => is(step) === one)) return one;
  return "cancelled";
}

/** Steps whose predecessors are done and that nobody has judged yet. */
export function readySteps(run: Pick<Run, "plan" | "state">): PlanStep[] {
  const { state } = run;
  if (isOver(state) || state.closing !== null || state.hold !== null) return [];
  return stepsOf(run).filter((step) => state.steps[step.id]?.is === "waiting" && mayFollow(run, step));
}

/** Has all that this step waits for come to the end that it needs? */
function mayFollow({ plan, state }: Pick<Run, "plan" | "state">, { after }: PlanStep): boolean {
  const ends = plan.onFailure === "go-on" ? ["done", "undone", "unknown", ...failures] : ["done"];
  return after.every((before) => ends.includes(state.steps[before]?.is ?? ""));
}

/** Steps that may begin at this moment. */
export function startable(run: Pick<Run, "plan" | "state">): PlanStep[] {
  return stepsOf(run).filter((step) => run.state.steps[step.id]?.is === "cleared" && mayFollow(run, step));
}

/** Is there something to be done that nobody does yet? */
export function wantsSuperstep(run: Pick<Run, "plan" | "state">): boolean {
  const { state } = run;
  return (
    startable(run).length > 0 &&
    !state.isActing &&
    !state.isQueued &&
    state.hold === null &&
    state.closing === null &&
    !isOver(state)
  );
}

function isOver(state: RunState): boolean {
  return state.outcome !== null;
}

function over(state: RunState): string {
  return `It is over: ${statusOf(state)}.`;
}
