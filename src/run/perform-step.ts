import type { Action } from "../action/action.ts";
import { extend } from "../action/elevations/store.ts";
import { type Attempts, attemptsAt, endAttempt, loadAction, startAttempt } from "../action/store.ts";
import { resolveAll } from "../action/values.ts";
import { ConnectorError } from "../connector/client.ts";
import { messageOf } from "../errors.ts";
import { crossedBy } from "../policy/spending.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { type Begun, ELEVATION_SECONDS } from "./begin-superstep.ts";
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

const NEVER_ANSWERED = "The system did not answer. Nobody can say yet whether it happened.";

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
      const { to, text, known, origins } = step;
      // Named after the step that handed over, so that no two steps of a run have one name.
      const prefix = `${stepId}_`;
      const { runId, turnId, requesterId } = run;
      const planned = await ports.planFor({ ...to, text, known, origins, requesterId, runId, turnId, prefix });
      if ("refused" in planned) return { is: "failed", why: planned.refused };
      const steps = planned.steps.map((one) => (one.after.length === 0 ? { ...one, after: [stepId] } : one));
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
      by: { agentId: run.agentId, version: run.agentVersion },
      ...{ personId: run.requesterId, runId: run.runId },
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
  const { action, attempt, isKeyed, before } = begun;
  const { actionId, tool, args, idempotencyKey, digest, agentId, agentVersion } = action;
  const end = (ended: Parameters<typeof endAttempt>[4]): Promise<void> =>
    endAttempt(ports.pool, ports.tenantId, actionId, attempt, ended);
  try {
    const by = { agentId, version: agentVersion };
    const call = { tool, args, by, runId: which.runId, idempotencyKey, elevation: { actionId, digest } };
    const { data: result } = await ports.connectors.call(call);
    await end({ outcome: "done", result });
    return { is: "done" };
  } catch (error) {
    const outcome = error instanceof ConnectorError ? error.outcome : "unknown";
    await end({ outcome, error: messageOf(error) });
    if (error instanceof ConnectorError && outcome === "refused") {
      // A system that knows keys says no only to what it has not done. Our own no, before the call, says nothing of that.
      if (error.isOurs && before?.mayHaveArrived === true) return { is: "unknown", why: NEVER_ANSWERED };
      return { is: "failed", why: error.told ?? error.message };
    }
    if (!isKeyed && outcome === "unknown")
      return { is: "unknown", why: "The system did not answer, and it cannot tell a repeat from a second order." };
    throw error;
  }
}

type Write = { stepId: string; actionId: string };
type Attempt = { action: Action; attempt: number; isKeyed: boolean; before: Attempts | undefined };

/** A row before the effect: after a crash it tells that something may have happened. */
async function beginAttempt(
  ports: RunPorts,
  { runId }: Which,
  { stepId, actionId }: Write,
): Promise<Performed | Attempt> {
  const { tenantId } = ports;
  return transaction(ports.pool, async (tx) => {
    const [run, action, before] = await Promise.all([
      loadRun(tx, tenantId, runId),
      loadAction(tx, tenantId, actionId),
      attemptsAt(tx, tenantId, actionId),
    ]);
    const now = run?.state.steps[stepId];
    if (now?.is !== "acting" || now.actionId !== actionId) return endedElsewhere;
    if (action?.state !== "started") return { is: "failed", why: `The action is ${action?.state ?? "gone"}.` };
    if (before?.isDone === true) return { is: "done" };
    const isKeyed = ports.connectors.tools().find(({ name }) => name === action.tool)?.isIdempotent ?? false;
    // Its system cannot tell a repeat from a second wish: what may have happened is for a person to say.
    if (!isKeyed && before?.mayHaveArrived === true)
      return {
        is: "unknown",
        why: "It was sent once and the answer never came. Its system cannot tell a repeat from a second order.",
      };
    if (before !== undefined && !(await reserveCall(tx, tenantId, runId, stepId)))
      // What may have happened is not called off as if it had not.
      return before.mayHaveArrived ? { is: "unknown", why: NEVER_ANSWERED } : { is: "over-budget" };
    // A wait or an outage may have been longer than the right that the superstep was given.
    await extend(tx, tenantId, actionId, ELEVATION_SECONDS);
    return { action, attempt: await startAttempt(tx, tenantId, actionId), isKeyed, before };
  });
}

const ONE_CALL = { turns: 0, toolCalls: 1 };

/** A repeat is one more call: it counts before it is made. False where it does not fit into the budget. */
async function reserveCall(tx: Tx, tenantId: string, runId: string, stepId: string): Promise<boolean> {
  const open = await lockRun(tx, tenantId, runId);
  if (open === undefined || crossedBy(open.run.state.spent, open.run.state.budgets, ONE_CALL) !== undefined)
    return false;
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
  const attempts = await attemptsAt(ports.pool, ports.tenantId, now.actionId);
  if (attempts?.isDone === true) return { is: "done" };
  // One that surely did not arrive says nothing of those before it.
  return attempts?.mayHaveArrived === true
    ? { is: "unknown", why: NEVER_ANSWERED }
    : { is: "failed", why: "The system could not be reached. Nothing was changed." };
}
