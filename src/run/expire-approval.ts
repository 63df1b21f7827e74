import { lockApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { step, type Workflow } from "../engine/engine.ts";
import { transaction } from "../store/pool.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import { expire } from "./resolve-approval.ts";

/** The timer of an approval: it looks at the state when it fires, and does nothing where people were faster. */
export function expireApproval(ports: () => RunPorts): Workflow {
  return {
    name: workflowNames.expire,
    run: (approvalId) => step("expire", () => expireIfOverdue(ports(), approvalId ?? "")),
  };
}

async function expireIfOverdue(ports: RunPorts, approvalId: string): Promise<void> {
  await transaction(ports.pool, async (tx) => {
    const locked = await lockApproval(tx, ports.tenantId, approvalId);
    if (locked === undefined) return;
    const { approval, now } = locked;
    if (approval.status !== "pending" || now < approval.expiresAt) return;
    await appendAudit(tx, {
      tenantId: ports.tenantId,
      kind: "approval.expired",
      actor: "signalbox",
      runId: approval.runId,
      data: { approvalId },
    });
    await expire(tx, ports, approval);
  });
}
