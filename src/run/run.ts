import type { ApprovalStatus } from "../approval/approval.ts";
import type { Spent } from "../policy/spending.ts";
import { type Budgets, descendantsOf, type Plan, type PlanStep } from "./plan.ts";

/**
 * A run carries out one plan, from the proposal to its end. Its state is what its events say (`evolve`); the row in `run`
 * repeats it for queries. A superstep is all steps that are ready at one moment; its end is a checkpoint.
 */
export type RunStatus =
  | "waiting" // for people
  | "cleared" // may go on, has not yet
  | "acting"
  | "paused" // by an operator, the kill switch or a budget
  | "needs-check" // sent, and nobody can say whether it happened
  | Outcome;

/** How a run ends; partly-done: some of its effects stand, and not all of its steps were done. */
export type Outcome = "completed" | "partly-done" | "failed" | "rejected" | "expired" | "cancelled" | "undone";

export type StepState =
  | { is: "waiting" }
  | { is: "asking"; approvalId: string; actionId: string }
  | { is: "cleared"; actionId: string | null }
  | { is: "acting"; actionId: string | null }
  | { is: "done"; actionId: string | null; output: Record<string, unknown> }
  | { is: "unknown"; actionId: string | null; why: string }
  | { is: "undone"; actionId: string | null; output: Record<string, unknown> }
  | { is: "failed" | "rejected" | "expired" | "skipped"; why: string };

/** Why a run stands still, and who may let it go on. */
export type Hold = { why: "operator" | "kill-switch" | "budget"; by: string; text: string };

export type RunState = {
  steps: Record<string, StepState>;
  /** how often a step was begun anew after its effect was undone: part of the identity of the next one */
  generations: Record<string, number>;
  /** the plan as it was made again after somebody changed what it was filled with */
  replanned: Plan | null;
  /** steps that a hand-over has added to the plan */
  added: PlanStep[];
  budgets: Budgets;
  spent: Spent;
  /** number of the last superstep that was queued; `acting` while it is under way */
  superstep: number;
  /** how many questions to people it has led to */
  asked: number;
  isQueued: boolean;
  isActing: boolean;
  hold: Hold | null;
  checkpoints: { superstep: number; seq: number }[];
  /** nothing further is begun: the run hands in what is there, or was called off */
  closing: "wrapped-up" | "cancelled" | null;
  outcome: Outcome | null;
};

type OfStep<T = unknown> = { stepId: string } & T;
export type RunEvent =
  | {
      type: "planned";
      data: { plan: string; version: number; pattern: Plan["pattern"]; steps: string[]; budgets: Budgets };
    }
  | { type: "step-asked"; data: OfStep<{ approvalId: string; actionId: string; kind: string; policyId: string }> }
  | { type: "step-cleared"; data: OfStep<{ actionId: string | null; by: string; policyId: string }> }
  | { type: "step-rejected"; data: OfStep<{ by: string; reason: string }> }
  | { type: "step-expired"; data: OfStep<{ approvalId: string }> }
  | { type: "step-superseded"; data: OfStep<{ why: string }> }
  | { type: "replanned"; data: { by: string; plan: Plan } }
  | { type: "step-skipped"; data: OfStep<{ why: string }> }
  | { type: "superstep-queued"; data: { superstep: number } }
  | { type: "superstep-started"; data: { superstep: number; steps: string[]; turns: number; toolCalls: number } }
  | { type: "step-retried"; data: OfStep }
  | { type: "step-done"; data: OfStep<{ output: Record<string, unknown>; tokens: number; costCents: number }> }
  | { type: "step-failed"; data: OfStep<{ why: string }> }
  | { type: "step-unknown"; data: OfStep<{ why: string }> }
  | { type: "handed-over"; data: OfStep<{ to: string; steps: PlanStep[] }> }
  | { type: "superstep-ended"; data: { superstep: number; seconds: number } }
  | { type: "held"; data: Hold }
  | { type: "resumed"; data: { by: string } }
  | { type: "budget-raised"; data: { by: string; budgets: Budgets } }
  | { type: "wrapped-up"; data: { by: string } }
  | { type: "cancelled"; data: { by: string; why: string } }
  | { type: "check-settled"; data: OfStep<{ by: string; happened: boolean }> }
  | { type: "rerun"; data: { by: string; from: string; steps: string[] } }
  | { type: "step-undone"; data: OfStep<{ byRun: string }> }
  | { type: "ended"; data: { outcome: Outcome } };

export type Run = {
  runId: string;
  code: string;
  turnId: string;
  conversationId: string;
  /** aadObjectId */
  requesterId: string;
  agentId: string;
  agentVersion: string;
  clusterId: string;
  /** the plan that it began with; it keeps this one */
  plan: Plan;
  policyVersion: string;
  status: RunStatus;
  state: RunState;
  /** number of its last event */
  version: number;
  createdAt: Date;
};

const NOTHING_SPENT: Spent = { turns: 0, toolCalls: 0, seconds: 0, tokens: 0, costCents: 0 };

/** The state after an event: pure, and the only place that knows which event leads where. `seq` is the event's number. */
export function evolve(state: RunState | undefined, event: RunEvent, seq: number): RunState {
  if (event.type === "planned") return begun(event.data.steps, event.data.budgets);
  if (state === undefined) throw new RangeError(`a run cannot begin with ${event.type}`);
  const step = (stepId: string, next: StepState): RunState => ({ ...state, steps: { ...state.steps, [stepId]: next } });
  const actionOf = (stepId: string): string | null => {
    const now = state.steps[stepId];
    return now !== undefined && "actionId" in now ? now.actionId : null;
  };
  const { type, data } = event;
  switch (type) {
    case "step-asked":
      return {
        ...step(data.stepId, { is: "asking", approvalId: data.approvalId, actionId: data.actionId }),
        asked: state.asked + 1,
      };
    case "step-cleared":
      return step(data.stepId, { is: "cleared", actionId: data.actionId });
    case "step-rejected":
      return step(data.stepId, { is: "rejected", why: data.reason });
    case "step-expired":
      return step(data.stepId, { is: "expired", why: "Nobody decided in time." });
    case "step-superseded":
      return step(data.stepId, { is: "waiting" });
    case "replanned":
      return { ...state, replanned: data.plan };
    case "step-skipped":
      return step(data.stepId, { is: "skipped", why: data.why });
    case "superstep-queued":
      return { ...state, superstep: data.superstep, isQueued: true };
    case "superstep-started": {
      const steps = { ...state.steps };
      for (const id of data.steps) steps[id] = { is: "acting", actionId: actionOf(id) };
      const spent = {
        ...state.spent,
        turns: state.spent.turns + data.turns,
        toolCalls: state.spent.toolCalls + data.toolCalls,
      };
      return { ...state, steps, spent, isQueued: false, isActing: true };
    }
    case "step-retried":
      return { ...state, spent: { ...state.spent, toolCalls: state.spent.toolCalls + 1 } };
    case "step-done": {
      const { output, tokens, costCents } = data;
      const spent = {
        ...state.spent,
        tokens: state.spent.tokens + tokens,
        costCents: state.spent.costCents + costCents,
      };
      return { ...step(data.stepId, { is: "done", actionId: actionOf(data.stepId), output }), spent };
    }
    case "step-failed":
      return step(data.stepId, { is: "failed", why: data.why });
    case "step-unknown":
      return step(data.stepId, { is: "unknown", actionId: actionOf(data.stepId), why: data.why });
    case "handed-over": {
      const steps = { ...state.steps, [data.stepId]: { is: "done", actionId: null, output: {} } as StepState };
      for (const { id } of data.steps) steps[id] = { is: "waiting" };
      return { ...state, steps, added: [...state.added, ...data.steps] };
    }
    case "superstep-ended":
      return {
        ...state,
        isActing: false,
        spent: { ...state.spent, seconds: state.spent.seconds + data.seconds },
        checkpoints: [...state.checkpoints, { superstep: data.superstep, seq }],
      };
    case "held":
      return { ...state, isQueued: false, hold: data };
    case "resumed":
      return { ...state, hold: null };
    case "budget-raised":
      return { ...state, budgets: data.budgets, hold: null };
    case "wrapped-up":
      return { ...state, closing: "wrapped-up", hold: null };
    case "cancelled":
      return { ...state, closing: "cancelled", hold: null };
    case "check-settled":
      return step(
        data.stepId,
        data.happened
          ? { is: "done", actionId: actionOf(data.stepId), output: {} }
          : { is: "failed", why: "A person looked: it did not happen." },
      );
    case "rerun": {
      const steps = { ...state.steps };
      for (const id of data.steps) steps[id] = { is: "waiting" };
      return { ...state, steps, generations: raised(state, data.steps), closing: null, hold: null, outcome: null };
    }
    case "step-undone": {
      const now = state.steps[data.stepId];
      const undone = step(data.stepId, {
        is: "undone",
        actionId: actionOf(data.stepId),
        output: now?.is === "done" ? now.output : {},
      });
      // A run that still goes on ends by itself.
      if (state.outcome === null) return undone;
      const stands = Object.values(undone.steps).some(({ is }) => is === "done");
      return { ...undone, outcome: stands ? "partly-done" : "undone" };
    }
    case "ended":
      return { ...state, outcome: data.outcome };
    default:
      event satisfies never;
      return state;
  }
}

function begun(steps: readonly string[], budgets: Budgets): RunState {
  return {
    steps: Object.fromEntries(steps.map((id) => [id, { is: "waiting" }])),
    ...{
      generations: {},
      replanned: null,
      added: [],
      budgets,
      spent: NOTHING_SPENT,
      superstep: 0,
      asked: 0,
      isQueued: false,
      isActing: false,
    },
    ...{ hold: null, checkpoints: [], closing: null, outcome: null },
  };
}

function raised({ generations, steps }: RunState, given: readonly string[]): Record<string, number> {
  const ids = given.filter((id) => steps[id]?.is === "undone");
  return { ...generations, ...Object.fromEntries(ids.map((id) => [id, (generations[id] ?? 0) + 1])) };
}

/** The status that people and queries see. */
export function statusOf(state: RunState): RunStatus {
  if (state.outcome !== null) return state.outcome;
  const are = new Set(Object.values(state.steps).map(({ is }) => is));
  if (state.isActing) return "acting";
  if (state.hold !== null) return "paused";
  if (are.has("asking")) return "waiting";
  if (are.has("unknown") && !are.has("cleared")) return "needs-check";
  return "cleared";
}

/** All steps of a run: those of its plan and those that hand-overs have added. */
export function stepsOf({ plan, state }: Pick<Run, "plan" | "state">): PlanStep[] {
  return [...(state.replanned ?? plan).steps, ...state.added];
}

/** A step and what depends on it, in the whole run. */
export function downstreamOf(run: Pick<Run, "plan" | "state">, stepId: string): Set<string> {
  return descendantsOf({ steps: stepsOf(run) }, stepId);
}

/** The steps that wait for this approval: one, or all of a plan that is passed as a whole. */
export function stepsUnder({ state }: Pick<Run, "state">, approvalId: string): string[] {
  return Object.entries(state.steps).flatMap(([stepId, step]) =>
    step.is === "asking" && step.approvalId === approvalId ? [stepId] : [],
  );
}

/** What became of the question, in words that are the same on cards, in chat and in the audit. */
export const approvalWords: Record<ApprovalStatus, string> = {
  pending: "waiting",
  approved: "approved",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
  superseded: "superseded",
  void: "void",
  "failed-to-resume": "approved, but could not start",
};
