import type { Queryable, Tx } from "../store/pool.ts";
import type { Approval, ApprovalStatus } from "./approval.ts";

const COLUMNS = `approval_id as "approvalId", code, run_id as "runId", action_id as "actionId", kind, digest,
  cluster_id as "clusterId", risk, amount::text, requester_id as "requesterId", policy_id as "policyId",
  policy_version as "policyVersion", policy_reason as "policyReason", status, version, decided_by as "decidedBy", reason,
  decided_at as "decidedAt", consumed_at as "consumedAt", expires_at as "expiresAt", created_at as "createdAt"`;

/** What is asked, without what the database adds; `hours` is how long it may wait. */
export type NewApproval = Pick<
  Approval,
  | "approvalId"
  | "code"
  | "runId"
  | "actionId"
  | "kind"
  | "digest"
  | "clusterId"
  | "risk"
  | "amount"
  | "requesterId"
  | "policyId"
  | "policyVersion"
  | "policyReason"
>;

export async function insertApproval(
  tx: Tx,
  tenantId: string,
  approval: NewApproval,
  hours: number,
): Promise<Approval> {
  const { rows } = await tx.query<Approval>(
    `insert into approval (tenant_id, approval_id, code, run_id, action_id, kind, digest, cluster_id, risk, amount, requester_id,
                           policy_id, policy_version, policy_reason, status, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'pending', now() + $15 * interval '1 hour')
     returning ${COLUMNS}`,
    [
      tenantId,
      approval.approvalId,
      approval.code,
      approval.runId,
      approval.actionId,
      approval.kind,
      approval.digest,
      approval.clusterId,
      approval.risk,
      approval.amount,
      approval.requesterId,
      approval.policyId,
      approval.policyVersion,
      approval.policyReason,
      hours,
    ],
  );
  await appendApprovalEvent(tx, tenantId, approval.approvalId, "requested", { digest: approval.digest, hours });
  return rows[0] as Approval;
}

export async function loadApproval(db: Queryable, tenantId: string, approvalId: string): Promise<Approval | undefined> {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approval where tenant_id = $1 and approval_id = $2`,
    [tenantId, approvalId],
  );
  return rows[0];
}

/** Locks the row; `now` is the database's clock, which alone decides what has expired. */
export async function lockApproval(
  tx: Tx,
  tenantId: string,
  approvalId: string,
): Promise<{ approval: Approval; now: Date } | undefined> {
  const { rows } = await tx.query<Approval & { now: Date }>(
    `select ${COLUMNS}, clock_timestamp() as now from approval where tenant_id = $1 and approval_id = $2 for update`,
    [tenantId, approvalId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { now, ...approval } = row;
  return { approval, now };
}

export async function approvalOfRun(db: Queryable, tenantId: string, runId: string): Promise<Approval | undefined> {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approval where tenant_id = $1 and run_id = $2 order by created_at desc limit 1`,
    [tenantId, runId],
  );
  return rows[0];
}

/** The latest approval with this code, whatever became of it. */
export async function approvalByCode(db: Queryable, tenantId: string, code: string): Promise<Approval | undefined> {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approval where tenant_id = $1 and code = $2 order by created_at desc limit 1`,
    [tenantId, code],
  );
  return rows[0];
}

/** All that waits for anybody, the most urgent first; who may decide on which is for policy to say. */
export async function pendingApprovals(db: Queryable, tenantId: string): Promise<Approval[]> {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approval where tenant_id = $1 and status = 'pending' and expires_at > now()
      order by expires_at, approval_id limit 500`,
    [tenantId],
  );
  return rows;
}

/** Ends a pending approval, once. False when it was no longer pending. */
export async function settleApproval(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  to: { status: Exclude<ApprovalStatus, "pending">; by: string | null; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update approval set status = $3, decided_by = $4, reason = $5, decided_at = now(), version = version + 1
      where tenant_id = $1 and approval_id = $2 and status = 'pending'`,
    [tenantId, approvalId, to.status, to.by, to.reason],
  );
  if (rowCount === 1) await appendApprovalEvent(tx, tenantId, approvalId, to.status, { by: to.by, reason: to.reason });
  return rowCount === 1;
}

/** Uses an approval up, once: the moment at which its effect starts. */
export async function consumeApproval(tx: Tx, tenantId: string, approvalId: string): Promise<void> {
  const { rowCount } = await tx.query(
    `update approval set consumed_at = now(), version = version + 1
      where tenant_id = $1 and approval_id = $2 and status = 'approved' and consumed_at is null`,
    [tenantId, approvalId],
  );
  if (rowCount === 1) await appendApprovalEvent(tx, tenantId, approvalId, "consumed", {});
}

/** An approved action that could not start: told apart from a rejection, everywhere. */
export async function failToResume(tx: Tx, tenantId: string, approvalId: string, reason: string): Promise<void> {
  await tx.query(
    `update approval set status = 'failed-to-resume', reason = $3, version = version + 1
      where tenant_id = $1 and approval_id = $2 and status = 'approved'`,
    [tenantId, approvalId, reason],
  );
  await appendApprovalEvent(tx, tenantId, approvalId, "failed-to-resume", { reason });
}

async function appendApprovalEvent(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `insert into approval_event (tenant_id, approval_id, seq, type, data)
     select $1, $2, coalesce(max(seq), 0) + 1, $3, $4 from approval_event where tenant_id = $1 and approval_id = $2`,
    [tenantId, approvalId, type, JSON.stringify(data)],
  );
}
