import type { Action } from "../action/action.ts";
import { endAttempt, lastAttempt, loadAction, startAttempt } from "../action/store.ts";
import { resolveAll } from "../action/values.ts";
import { ConnectorError } from "../connector/client.ts";
import { messageOf } from "../errors.ts";
import { type Tx, transaction } from "../store/pool.ts";
import type { Begun } from "./begin-superstep.ts";
import { crossedBy } from "./decide.ts";
import { discuss } from "./discuss.ts";
import type { PlanStep } from "./plan.ts";
import type { RunPorts, Which } from "./ports.ts";
import type { Run } from "./run.ts";
import { scopeOf, stepOf } from "./step-proposal.ts";
import { apply, keepOutput, loadRun, lockRun, saveRun } from "./store.ts";

/** What became of one step; what it gave is kept in our own tables, not here. */
export type Performed =
  | { is: "done" }
  | { is: "failed" | "unknown"; why: string }
  | { is: "handed-over"; to: string; steps: PlanStep[] }
  | { is: "over-budget" };

/** Ended by a faster process: this one was taken for dead. */
const endedElsewhere: Performed = { is: "failed", why: "The step was ended by another process." };

/** Tries a step once. An answer from its system, yes or no, ends it; no answer is tried again by the engine. */
export async function performStep(
  ports: RunPorts,
  which: Which,
  { stepId, actionId }: Pick<Begun, "stepId" | "actionId">,
): Promise<Performed> {
  if (actionId !== null) return performWrite(ports, which, { stepId, actionId });
  const run = await loadRun(ports.pool, ports.tenantId, which.runId);
  const step = run === undefined ? undefined : stepOf(run, stepId);
  if (run === undefined || step === undefined) return { is: "failed", why: "The step is gone." };
  const now = run.state.steps[stepId];
  if (now?.is !== "acting") return endedElsewhere;
  switch (step.kind) {
    case "write":
      return { is: "failed", why: "The action is gone." };
    case "read":
      return read(ports, run, which, step);
    case "discuss": {
      const found = await discuss(ports, run, step);
      await keepOutput(ports.pool, ports.tenantId, { ...which, stepId }, found);
      return { is: "done" };
    }
    case "hand-over": {
      const { to, text, known } = step;
      const planned = await ports.planFor({ ...to, text, known, requesterId: run.requesterId });
      if ("refused" in planned) return { is: "failed", why: planned.refused };
      // Named after the step that handed over, so that no two steps of a run have one name.
      const steps = planned.steps.map((one) => ({
        ...one,
        id: `${stepId}_${one.id}`,
        after: one.after.length === 0 ? [stepId] : one.after.map((id) => `${stepId}_${id}`),
      }));
      return { is: "handed-over", to: planned.name, steps };
    }
  }
}

async function read(
  ports: RunPorts,
  run: Run,
  which: Which,
  step: Extract<PlanStep, { kind: "read" }>,
): Promise<Performed> {
  try {
    const { data } = await ports.connectors.call({
      tool: step.tool,
      args: resolveAll(step.args, scopeOf(run)),
      runId: run.runId,
    });
    await keepOutput(
      ports.pool,
      ports.tenantId,
      { ...which, stepId: step.id },
      { output: data, tokens: 0, costCents: 0 },
    );
    return { is: "done" };
  } catch (error) {
    if (error instanceof ConnectorError && error.outcome === "refused")
      return { is: "failed", why: error.told ?? error.message };
    throw error;
  }
}

async function performWrite(ports: RunPorts, which: Which, write: Write): Promise<Performed> {
  const begun = await beginAttempt(ports, which, write);
  if ("is" in begun) return begun;
  const { action, attempt, isKeyed } = begun;
  const { actionId, tool, args, idempotencyKey, digest } = action;
  const end = (ended: Parameters<typeof endAttempt>[4]): Promise<void> =>
    endAttempt(ports.pool, ports.tenantId, actionId, attempt, ended);
  try {
    const call = { tool, args, runId: which.runId, idempotencyKey, elevation: { actionId, digest } };
    const { data: result } = await ports.connectors.call(call);
    await end({ outcome: "done", result });
    return { is: "done" };
  } catch (error) {
    const outcome = error instanceof ConnectorError ? error.outcome : "unknown";
    await end({ outcome, error: messageOf(error) });
    if (error instanceof ConnectorError && outcome === "refused")
      return { is: "failed", why: error.told ?? error.message };
    if (!isKeyed && outcome === "unknown")
      return { is: "unknown", why: "The system did not answer, and it cannot tell a repeat from a second order." };
    throw error;
  }
}

type Write = { stepId: string; actionId: string };

/** A row before the effect: after a crash it tells that something may have happened. */
async function beginAttempt(
  ports: RunPorts,
  { runId }: Which,
  { stepId, actionId }: Write,
): Promise<Performed | { action: Action; attempt: number; isKeyed: boolean }> {
  const { tenantId } = ports;
  return transaction(ports.pool, async (tx) => {
    const [run, action, before] = await Promise.all([
      loadRun(tx, tenantId, runId),
      loadAction(tx, tenantId, actionId),
      lastAttempt(tx, tenantId, actionId),
    ]);
    const now = run?.state.steps[stepId];
    if (now?.is !== "acting" || now.actionId !== actionId) return endedElsewhere;
    if (action?.state !== "started") return { is: "failed", why: `The action is ${action?.state ?? "gone"}.` };
    if (before?.outcome === "done") return { is: "done" };
    const isKeyed = ports.connectors.tools().find(({ name }) => name === action.tool)?.isIdempotent ?? false;
    // Its system cannot tell a repeat from a second wish: what may have happened is for a person to say.
    if (!isKeyed && before !== undefined && before.outcome !== "not-done")
      return {
        is: "unknown",
        why: "It was sent once and the answer never came. Its system cannot tell a repeat from a second order.",
      };
    if (before !== undefined && !(await reserveCall(tx, tenantId, runId, stepId))) return { is: "over-budget" };
    return { action, attempt: await startAttempt(tx, tenantId, actionId), isKeyed };
  });
}

/** A repeat is one more call: it counts before it is made. False where it does not fit into the budget. */
async function reserveCall(tx: Tx, tenantId: string, runId: string, stepId: string): Promise<boolean> {
  const open = await lockRun(tx, tenantId, runId);
  if (open === undefined || crossedBy(open.run.state, { turns: 0, toolCalls: 1 }) !== undefined) return false;
  apply(open, [{ type: "step-retried", data: { stepId } }]);
  await saveRun(tx, tenantId, open);
  return true;
}

/** All tries are used up: if any of them may have arrived, only a person can say what happened. */
export async function giveUp(ports: RunPorts, { runId }: Which, stepId: string, why: string): Promise<Performed> {
  const run = await loadRun(ports.pool, ports.tenantId, runId);
  const now = run?.state.steps[stepId];
  ports.log.error({ runId, stepId, why }, "a step could not be carried out");
  if (now?.is !== "acting" || now.actionId === null)
    return { is: "failed", why: "A system that it needs could not be reached. Nothing was changed." };
  const last = await lastAttempt(ports.pool, ports.tenantId, now.actionId);
  if (last?.outcome === "done") return { is: "done" };
  return last === undefined || last.outcome === "not-done"
    ? { is: "failed", why: "The system could not be reached. Nothing was changed." }
    : { is: "unknown", why: "The system did not answer. Nobody can say yet whether it happened." };
}
