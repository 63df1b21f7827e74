import { loadActions, settleUnknown } from "../action/store.ts";
import { appendAudit } from "../audit/store.ts";
import { step, type Workflow } from "../engine/engine.ts";
import type { Person } from "../identity/directory.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { auditAction } from "./action-evidence.ts";
import { decide, type RunCommand } from "./decide.ts";
import { queueUndone } from "./mark-undone.ts";
import { moveOn } from "./move-on.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import type { Run } from "./run.ts";
import { apply, heldRuns, lockRun, movingRunsOf, pauseFleet, saveRun, unpauseFleet } from "./store.ts";

/** Who operates: a person of the directory; `id` is what the audit keeps. */
export type Operator = { person: Person | undefined; id: string };

export type OperatorWish = Exclude<RunCommand, { type: "begin" | "end-superstep" }>;
type WishOf<T> = T extends unknown ? Omit<T, "by"> : never;

export type Operated =
  | { outcome: "done"; run: Run }
  | { outcome: "not-yours"; why: string; run: Run }
  | { outcome: "refused"; why: string; run: Run }
  | { outcome: "unknown-run" };

/** The one place where runs are paused, resumed, cancelled, begun again, raised and settled; refused attempts are evidence too. */
export async function operateRun(
  ports: RunPorts,
  operator: Operator,
  runId: string,
  wish: WishOf<OperatorWish>,
): Promise<Operated> {
  return transaction(ports.pool, async (tx) => {
    const open = await lockRun(tx, ports.tenantId, runId);
    if (open === undefined) return { outcome: "unknown-run" };
    const may = await mayOperate(ports, operator, open.run, wish.type === "cancel" ? "cancelRun" : "operateRun");
    const decided = may.permitted
      ? decide(open.run, { ...wish, by: operator.id } as OperatorWish)
      : { refused: may.reason };
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, {
        ...{ tenantId: ports.tenantId, kind, actor: operator.id, runId, turnId: open.run.turnId },
        data: { ...wish, ...data },
      });
    if ("refused" in decided) {
      await audit("run.attempt-refused", { why: decided.refused, policyId: may.policyId });
      return { outcome: may.permitted ? "refused" : "not-yours", why: decided.refused, run: open.run };
    }
    await audit(`run.${wish.type}`, { policyId: may.policyId });
    if (wish.type === "settle-check")
      await settleAction(tx, ports, open.run, { stepId: wish.stepId, happened: wish.happened, by: operator.id });
    apply(open, decided.events);
    await moveOn(tx, ports, open);
    await saveRun(tx, ports.tenantId, open);
    await ports.announce(tx, { kind: "run", id: runId });
    return { outcome: "done", run: open.run };
  });
}

/** Holds every run of an agent, for a flow that took it out of service; operators let them go on. @returns how many */
export async function holdRunsOf(
  ports: RunPorts,
  agentId: string,
  { by, why }: { by: string; why: string },
): Promise<number> {
  const { pool, tenantId } = ports;
  let held = 0;
  for (const runId of await movingRunsOf(pool, tenantId, agentId))
    held += await transaction(pool, async (tx) => {
      const open = await lockRun(tx, tenantId, runId);
      const decided = open && decide(open.run, { type: "pause", by, why });
      if (open === undefined || decided === undefined || "refused" in decided) return 0;
      await appendAudit(tx, {
        ...{ tenantId, kind: "run.pause", actor: by, runId, turnId: open.run.turnId },
        data: { type: "pause", why },
      });
      apply(open, decided.events);
      await moveOn(tx, ports, open);
      await saveRun(tx, tenantId, open);
      await ports.announce(tx, { kind: "run", id: runId });
      return 1;
    });
  return held;
}

/** Somebody has looked into the system and says what happened. */
async function settleAction(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  { stepId, happened, by }: { stepId: string; happened: boolean; by: string },
): Promise<void> {
  const step = run.state.steps[stepId];
  if (step?.is !== "unknown" || step.actionId === null) return;
  const [action] = await loadActions(tx, ports.tenantId, [step.actionId]);
  if (action === undefined) return;
  await settleUnknown(tx, ports.tenantId, action.actionId, happened);
  await auditAction(tx, ports, run, action, { kind: "action.settled", actor: by, happened });
  if (happened && action.undoes !== null) await queueUndone(tx, ports, action);
}

export async function mayOperate(
  ports: Pick<RunPorts, "policies" | "directory" | "agentAt">,
  operator: Operator,
  run: Run,
  action: "cancelRun" | "operateRun",
) {
  const agent = await ports.agentAt(run.agentId, run.agentVersion);
  return ports.policies.ask({
    principal: operator.person,
    action,
    resource: { type: "Run", id: run.runId },
    context: {
      clusterId: run.clusterId,
      requester: ports.directory.byId(run.requesterId)?.upn ?? "",
      owner: agent?.owner ?? "",
    },
  });
}

type SwitchPorts = Pick<RunPorts, "pool" | "tenantId" | "policies" | "engine">;
export type Switched = { outcome: "done"; runs: number } | { outcome: "not-yours" | "refused"; why: string };

/**
 * The kill switch for all actions of the fleet. It is a row that every process reads in the transaction that would start an
 * action: it holds at once and everywhere, also for what was approved and has not started.
 */
export async function stopFleet(ports: SwitchPorts, operator: Operator, reason: string): Promise<Switched> {
  return transaction(ports.pool, async (tx) => {
    const refusal = await fleetRefusal(tx, ports, operator, "fleet.stop");
    if (refusal !== undefined) return refusal;
    if (!(await pauseFleet(tx, ports.tenantId, { by: operator.id, reason })))
      return { outcome: "refused", why: "All actions are stopped already." };
    await appendAudit(tx, { tenantId: ports.tenantId, kind: "fleet.stop", actor: operator.id, data: { reason } });
    return { outcome: "done", runs: 0 };
  });
}

/** Lets the fleet act again, and every run that was held go on: the latter is durable work of its own. */
export async function releaseFleet(ports: SwitchPorts, operator: Operator): Promise<Switched> {
  return transaction(ports.pool, async (tx) => {
    const refusal = await fleetRefusal(tx, ports, operator, "fleet.release");
    if (refusal !== undefined) return refusal;
    const pauseId = await unpauseFleet(tx, ports.tenantId, operator.id);
    if (pauseId === undefined) return { outcome: "refused", why: "Nothing is stopped." };
    await appendAudit(tx, { tenantId: ports.tenantId, kind: "fleet.release", actor: operator.id, data: {} });
    await ports.engine.enqueue(tx, {
      workflow: workflowNames.releaseHeld,
      id: `release:${pauseId}`,
      queue: "actions",
      args: [operator.id],
    });
    return { outcome: "done", runs: (await heldRuns(tx, ports.tenantId)).length };
  });
}

/** Both ways of the switch, for whoever has no more than a database: the command line. */
export function switchFleetDirectly(
  ports: SwitchPorts,
  operator: Operator,
  wish: { stop: true; reason: string } | { stop: false },
): Promise<Switched> {
  return wish.stop ? stopFleet(ports, operator, wish.reason) : releaseFleet(ports, operator);
}

export function releaseHeld(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.releaseHeld,
    run: (by = "") =>
      step("release", async () => {
        for (const runId of await heldRuns(ports().pool, ports().tenantId)) await resumeHeld(ports(), by, runId);
      }),
  };
}

async function resumeHeld(ports: RunPorts, by: string, runId: string): Promise<void> {
  await transaction(ports.pool, async (tx) => {
    const open = await lockRun(tx, ports.tenantId, runId);
    if (open?.run.state.hold?.why !== "kill-switch") return;
    apply(open, [{ type: "resumed", data: { by } }]);
    await moveOn(tx, ports, open);
    await saveRun(tx, ports.tenantId, open);
    await ports.announce(tx, { kind: "run", id: runId });
  });
}

async function fleetRefusal(
  tx: Tx,
  ports: SwitchPorts,
  operator: Operator,
  kind: string,
): Promise<{ outcome: "not-yours"; why: string } | undefined> {
  const may = mayOperateFleet(ports, operator.person);
  if (may.permitted) return undefined;
  await appendAudit(tx, {
    ...{ tenantId: ports.tenantId, kind: "fleet.attempt-refused", actor: operator.id },
    data: { wish: kind, policyId: may.policyId },
  });
  return { outcome: "not-yours", why: "The platform team and security stop and release the fleet." };
}
