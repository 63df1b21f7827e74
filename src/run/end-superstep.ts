import type { Action } from "../action/action.ts";
import { fillCompensation } from "../action/compensation.ts";
import { revoke } from "../action/elevations/store.ts";
import { loadActions, updateAction } from "../action/store.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { auditAction } from "./action-evidence.ts";
import { decide, type StepResult } from "./decide.ts";
import { queueUndone } from "./mark-undone.ts";
import { moveOn } from "./move-on.ts";
import type { Performed } from "./perform-step.ts";
import type { RunPorts, Which } from "./ports.ts";
import type { Run } from "./run.ts";
import { apply, type KeptOutput, lockRun, saveRun, secondsOfSuperstep, takeOutputs } from "./store.ts";

/** Records a superstep: its effects, what it takes to undo them, and the checkpoint; then the run moves on. */
export async function endSuperstep(ports: RunPorts, which: Which, performed: Record<string, Performed>): Promise<void> {
  const { tenantId } = ports;
  await transaction(ports.pool, async (tx) => {
    const open = await lockRun(tx, tenantId, which.runId);
    if (open === undefined || !open.run.state.isActing || open.run.state.superstep !== which.superstep) return;
    const isWrite = (stepId: string): boolean => {
      const now = open.run.state.steps[stepId];
      return now?.is === "acting" && now.actionId !== null;
    };
    const hasReads = Object.entries(performed).some(([stepId, { is }]) => is === "done" && !isWrite(stepId));
    const [actions, outputs, seconds] = await Promise.all([
      actionsUnderWay(tx, ports, open.run),
      hasReads ? takeOutputs(tx, tenantId, which.runId, which.superstep) : [],
      secondsOfSuperstep(tx, tenantId, which.runId),
    ]);
    const results = Object.fromEntries(
      Object.entries(performed).map(([stepId, one]) => [stepId, resultOf(one, actions.get(stepId), outputs, stepId)]),
    );
    const decided = decide(open.run, { type: "end-superstep", superstep: which.superstep, results, seconds });
    if ("refused" in decided) return;
    for (const [stepId, action] of actions) await recordAction(tx, ports, open.run, action, results[stepId]);
    await revoke(
      tx,
      tenantId,
      [...actions.values()].map(({ actionId }) => actionId),
    );
    apply(open, decided.events);
    await moveOn(tx, ports, open);
    await saveRun(tx, tenantId, open);
    await ports.announce(tx, { kind: "run", id: which.runId });
  });
}

async function actionsUnderWay(tx: Tx, ports: RunPorts, run: Run): Promise<Map<string, Action>> {
  const ids = Object.values(run.state.steps).flatMap((now) =>
    now.is === "acting" && now.actionId !== null ? [now.actionId] : [],
  );
  const actions = ids.length === 0 ? [] : await loadActions(tx, ports.tenantId, ids);
  return new Map(actions.map((action) => [action.stepId, action]));
}

function resultOf(
  performed: Performed,
  action: Action | undefined,
  outputs: readonly KeptOutput[],
  stepId: string,
): StepResult {
  if (performed.is !== "done") return performed;
  if (action !== undefined) return { is: "done", output: action.result ?? {}, tokens: 0, costCents: 0 };
  const found = outputs.find((one) => one.stepId === stepId);
  return found === undefined
    ? { is: "failed", why: "What it found was lost." }
    : { is: "done", output: found.output, tokens: found.tokens, costCents: found.costCents };
}

async function recordAction(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  action: Action,
  result: StepResult | undefined,
): Promise<void> {
  const { tenantId } = ports;
  const { actionId } = action;
  switch (result?.is) {
    case "done": {
      const compensation = fillCompensation(action.compensation, result.output);
      await updateAction(tx, tenantId, actionId, { state: "done", result: result.output, compensation });
      if (action.undoes !== null) await queueUndone(tx, ports, action);
      return auditAction(tx, ports, run, { ...action, result: result.output, compensation }, { kind: "action.done" });
    }
    case "failed":
    case "unknown":
      await updateAction(tx, tenantId, actionId, { state: result.is, failure: result.why });
      return auditAction(tx, ports, run, action, { kind: `action.${result.is}`, why: result.why });
    case "over-budget":
      await updateAction(tx, tenantId, actionId, { state: "proposed" });
      return auditAction(tx, ports, run, action, { kind: "action.over-budget" });
    default:
      return undefined;
  }
}
