import { Decimal } from "decimal.js";
import { type Approval, type ApprovalOutcome, decide } from "../approval/approval.ts";
import { lockApproval, settleApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { SignalboxError } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import { type Matter, mayDecide } from "../policy/may-decide.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import { appendRunEvents } from "./store.ts";

/** A wish to decide, whatever the path. `actor` is the authenticated person; undefined when the directory does not know them. */
export type Wish = {
  approvalId: string;
  verb: "approve" | "reject";
  reason: string | undefined;
  seenVersion: number | undefined;
  actor: Person | undefined;
  /** the channel's id of the actor, for the audit of strangers */
  actorId: string;
  via: "card" | "message" | "command";
};

export type Resolution = ApprovalOutcome & { approval: Approval };

/**
 * The one place where approvals are decided: card, message with value and typed command all end here. The decision, the
 * run's event, the start of the effect and the evidence are one transaction; a refused attempt is evidence too.
 * @returns undefined when there is no such approval
 */
export async function resolveApproval(ports: RunPorts, wish: Wish): Promise<Resolution | undefined> {
  return transaction(ports.pool, async (tx) => {
    const locked = await lockApproval(tx, ports.tenantId, wish.approvalId);
    if (locked === undefined) return undefined;
    const { approval, now } = locked;
    const may = mayDecide(ports.policies, wish.actor, matterOf(approval, ports));
    const { verb, reason, seenVersion, actorId } = wish;
    const outcome = decide(approval, { verb, actorId, may, reason, seenVersion, now });
    await appendAudit(tx, {
      tenantId: ports.tenantId,
      kind: settled.includes(outcome.outcome) ? `approval.${outcome.outcome}` : "approval.attempt-refused",
      actor: actorId,
      runId: approval.runId,
      data: { ...outcome, approvalId: approval.approvalId, wish: verb, via: wish.via, digest: approval.digest, may },
    });
    if (outcome.outcome === "approved") await clear(tx, ports, approval, actorId, may.policyId);
    if (outcome.outcome === "rejected") await refuse(tx, ports, approval, actorId, outcome.reason);
    if (outcome.outcome === "expired") await expire(tx, ports, approval);
    return { ...outcome, approval };
  });
}

/** Outcomes that change the approval; all others are attempts that change nothing. */
const settled: readonly string[] = ["approved", "rejected", "expired"];

async function clear(tx: Tx, ports: RunPorts, approval: Approval, by: string, policyId: string): Promise<void> {
  await settle(tx, ports, approval, "approved", by, null);
  await appendRunEvents(tx, ports.tenantId, approval.runId, [{ type: "cleared", data: { by, policyId } }]);
  await ports.engine.enqueue(tx, {
    workflow: workflowNames.advance,
    id: `advance:${approval.actionId}`,
    queue: "actions",
    args: [approval.actionId],
  });
  await announceBoth(tx, ports, approval);
}

async function refuse(tx: Tx, ports: RunPorts, approval: Approval, by: string, reason: string): Promise<void> {
  await settle(tx, ports, approval, "rejected", by, reason);
  await appendRunEvents(tx, ports.tenantId, approval.runId, [{ type: "rejected", data: { by, reason } }]);
  await announceBoth(tx, ports, approval);
}

/** Ends a question that nobody answered in time; used by its timer, and by a click that comes too late. */
export async function expire(tx: Tx, ports: RunPorts, approval: Approval): Promise<void> {
  await settle(tx, ports, approval, "expired", null, null);
  await appendRunEvents(tx, ports.tenantId, approval.runId, [
    { type: "expired", data: { approvalId: approval.approvalId } },
  ]);
  await announceBoth(tx, ports, approval);
}

async function settle(
  tx: Tx,
  ports: RunPorts,
  approval: Approval,
  status: "approved" | "rejected" | "expired",
  by: string | null,
  reason: string | null,
): Promise<void> {
  // The row is locked and was pending: anything else is a fault of ours, and must undo the transaction.
  if (!(await settleApproval(tx, ports.tenantId, approval.approvalId, { status, by, reason })))
    throw new SignalboxError("approval-lost", `Approval ${approval.approvalId} changed while it was locked.`);
}

async function announceBoth(tx: Tx, ports: RunPorts, approval: Approval): Promise<void> {
  await ports.announce(tx, { kind: "approval", id: approval.approvalId });
  await ports.announce(tx, { kind: "run", id: approval.runId });
}

/** What policy needs to know of an approval to say who may decide. */
export function matterOf(approval: Approval, ports: Pick<RunPorts, "directory">): Matter {
  return {
    approvalId: approval.approvalId,
    kind: approval.kind,
    risk: approval.risk,
    clusterId: approval.clusterId,
    amountCents: new Decimal(approval.amount ?? 0).times(100).round().toNumber(),
    requester: ports.directory.byId(approval.requesterId)?.upn ?? "",
  };
}
