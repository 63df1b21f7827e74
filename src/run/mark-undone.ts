import type { Action } from "../action/action.ts";
import { loadAction, markUndone } from "../action/store.ts";
import { appendAudit } from "../audit/store.ts";
import { step, type Workflow } from "../engine/engine.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { auditAction } from "./action-evidence.ts";
import { moveOn } from "./move-on.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import { startRun } from "./start-run.ts";
import { apply, loadRun, lockRun, runByCode, saveRun } from "./store.ts";

/**
 * An effect was taken back: its own run learns of it in a transaction of its own, because nobody ever holds the locks of two
 * runs at once.
 */
export async function queueUndone(tx: Tx, ports: Pick<RunPorts, "engine">, compensation: Action): Promise<void> {
  await ports.engine.enqueue(tx, {
    workflow: workflowNames.markUndone,
    id: `undone:${compensation.actionId}`,
    queue: "actions",
    args: [compensation.actionId],
  });
}

export function markUndoneLater(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.markUndone,
    async run(compensationId = "") {
      await step("mark", () => mark(ports(), compensationId));
      await step("replay", () => replayWish(ports(), compensationId));
    },
  };
}

async function mark(ports: RunPorts, compensationId: string): Promise<void> {
  const { tenantId, pool } = ports;
  const compensation = await loadAction(pool, tenantId, compensationId);
  const undone = compensation?.undoes == null ? undefined : await loadAction(pool, tenantId, compensation.undoes);
  if (compensation === undefined || undone === undefined) return;
  await transaction(pool, async (tx) => {
    const open = await lockRun(tx, tenantId, undone.runId);
    if (open === undefined || !(await markUndone(tx, tenantId, undone.actionId, compensation.runId))) return;
    apply(open, [{ type: "step-undone", data: { stepId: undone.stepId, byRun: compensation.runId } }]);
    const { outcome, closing } = open.run.state;
    // What was still to come built on what has been taken back.
    if (outcome === null && closing === null) {
      apply(open, [{ type: "cancelled", data: { by: "signalbox", why: "An effect of it was taken back." } }]);
      await moveOn(tx, ports, open);
    }
    await saveRun(tx, tenantId, open);
    const by = { by: compensation.actionId, byRun: compensation.runId };
    await auditAction(tx, ports, open.run, undone, { kind: "action.undone", actor: compensation.agentId, ...by });
    await ports.announce(tx, { kind: "run", id: undone.runId });
  });
}

/** Event-sourced wishes can be carried out anew by the version that serves now: proposed like any other, once. */
async function replayWish(ports: RunPorts, compensationId: string): Promise<void> {
  const { tenantId, pool } = ports;
  const compensation = await loadAction(pool, tenantId, compensationId);
  if (compensation?.undoes == null || !compensation.replays) return;
  const undone = await loadAction(pool, tenantId, compensation.undoes);
  const run = undone === undefined ? undefined : await loadRun(pool, tenantId, undone.runId);
  if (run === undefined || undone === undefined) return;
  const { agentId, requesterId, conversationId, turnId, clusterId } = run;
  const version = ports.servingVersion(agentId);
  const { runId, plan: former } = run;
  const plan = await ports.replan({
    ...{ agentId, agentVersion: version, plan: former, requesterId, runId, turnId, changes: {} },
  });
  const code = `${run.code}R`;
  await transaction(pool, async (tx) => {
    const audit = { tenantId, actor: agentId, runId, turnId };
    if ("refused" in plan) {
      await appendAudit(tx, {
        ...audit,
        kind: "action.replay-refused",
        data: { actionId: undone.actionId, why: plan.refused },
      });
      return;
    }
    const lock = await lockRun(tx, tenantId, runId);
    if (lock === undefined || (await runByCode(tx, tenantId, code)) !== undefined) return;
    const agent = { agentId, version, clusterId };
    const origin = { code, turnId, conversationId, requesterId, confidence: run.confidence };
    const asRun = await startRun(tx, ports, { plan, ...origin, agent });
    await appendAudit(tx, { ...audit, kind: "action.replayed", data: { actionId: undone.actionId, asRun } });
  });
}
