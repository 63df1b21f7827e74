import type { Approval } from "../approval/approval.ts";
import { appendApprovalEvent, approvalByCode, loadApproval, lockApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { step, type Workflow } from "../engine/engine.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { askWhoMayDecide, goToNextInLine } from "./ask-people.ts";
import { expireLater, nextTimer, type TimerKind, timerKinds } from "./next-timer.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import { expire } from "./resolve-approval.ts";
import { lockRun } from "./store.ts";

/**
 * The timer of an approval. It looks at the state when it fires and does nothing where people were faster: half-way it
 * reminds those who have it before them, then it goes to the next in line, and at last it ends.
 */
export function approvalTimer(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.approvalTimer,
    run: (approvalId = "", kind = "") => {
      const known = timerKinds.find((one) => one === kind);
      return known === undefined
        ? Promise.resolve()
        : step(known, () => fire(ports(), approvalId, known)).then(() => undefined);
    },
  };
}

/** The timer of questions that were asked before there were reminders. */
export function expireApproval(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.expire,
    run: (approvalId = "") => step("expire", () => fire(ports(), approvalId, "expire")),
  };
}

/** The same at once, for the question with this code. */
export async function fireTimerByCode(ports: RunPorts, code: string, kind: TimerKind): Promise<void> {
  const approval = await approvalByCode(ports.pool, ports.tenantId, code);
  if (approval !== undefined) await fire(ports, approval.approvalId, kind);
}

async function fire(ports: RunPorts, approvalId: string, kind: TimerKind): Promise<void> {
  const { tenantId } = ports;
  await transaction(ports.pool, async (tx) => {
    const known = await loadApproval(tx, tenantId, approvalId);
    const open = known === undefined ? undefined : await lockRun(tx, tenantId, known.runId);
    const locked = open === undefined ? undefined : await lockApproval(tx, tenantId, approvalId);
    if (open === undefined || locked === undefined || locked.approval.status !== "pending") return;
    const { approval, now } = locked;
    const secondsLeft = (approval.expiresAt.getTime() - now.getTime()) / 1_000;
    if (kind === "expire") {
      if (secondsLeft > 0) return expireLater(tx, ports, approvalId, secondsLeft);
      await audit(tx, ports, approval, "approval.expired", {});
      return expire(tx, ports, open, approval);
    }
    if (kind === "remind") await remind(tx, ports, approval);
    else await goToNextInLine(tx, ports, approval);
    await nextTimer(tx, ports, approvalId, kind, secondsLeft);
    await ports.announce(tx, { kind: "run", id: approval.runId, nudge: { approvalId, kind } });
  });
}

/** Asks again, and asks those for the first time who may decide only now: people come, go and change their roles. */
async function remind(tx: Tx, ports: RunPorts, approval: Approval): Promise<void> {
  const people = await askWhoMayDecide(tx, ports, approval);
  await appendApprovalEvent(tx, ports.tenantId, approval.approvalId, "reminded", {});
  await audit(tx, ports, approval, "approval.reminded", { newlyAsked: people });
}

async function audit(
  tx: Tx,
  { tenantId }: RunPorts,
  { approvalId, runId }: Approval,
  kind: string,
  data: Record<string, unknown>,
): Promise<void> {
  await appendAudit(tx, { tenantId, kind, actor: "signalbox", runId, data: { approvalId, ...data } });
}
