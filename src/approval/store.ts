import { type Queryable, type Tx, write } from "../store/pool.ts";
import type { Approval, ApprovalStatus, Vote } from "./approval.ts";
import type { Question } from "./questions/store.ts";

const COLUMNS = `approval_id as "approvalId", code, run_id as "runId", step_id as "stepId", action_id as "actionId", kind, digest,
  inputs_version as "inputsVersion", cluster_id as "clusterId", risk, amount::text, requester_id as "requesterId",
  policy_id as "policyId", policy_version as "policyVersion", policy_reason as "policyReason", stages, approver_roles as "approverRoles", stage,
  escalated_to as "escalatedTo", editable, status, version, decided_by as "decidedBy", decided_for as "decidedFor", reason,
  decided_at as "decidedAt", consumed_at as "consumedAt", expires_at as "expiresAt", created_at as "createdAt"`;

/** What is asked, without what the database adds. */
export type NewApproval = Pick<
  Approval,
  | "approvalId"
  | "code"
  | "runId"
  | "stepId"
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
  | "stages"
  | "approverRoles"
  | "editable"
>;

/** @param hours how long it may wait */
export async function insertApproval(
  tx: Tx,
  tenantId: string,
  approval: NewApproval,
  hours: number,
): Promise<Approval> {
  const { rows } = await tx.query<Approval>({
    name: "approval-insert",
    text: `with asked as (
       insert into approval (tenant_id, approval_id, code, run_id, step_id, action_id, kind, digest, cluster_id, risk, amount,
                             requester_id, policy_id, policy_version, policy_reason, stages, editable, status, expires_at, approver_roles)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'pending', now() + $18 * interval '1 hour', $19)
       returning *), event as (
       insert into approval_event (tenant_id, approval_id, seq, type, data)
       values ($1, $2, 1, 'requested', jsonb_build_object('digest', $8::text, 'hours', $18::numeric)))
     select ${COLUMNS} from asked`,
    values: [
      tenantId,
      approval.approvalId,
      approval.code,
      approval.runId,
      approval.stepId,
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
      JSON.stringify(approval.stages),
      JSON.stringify(approval.editable),
      hours,
      approval.approverRoles,
    ],
  });
  return rows[0] as Approval;
}

export async function loadApproval(db: Queryable, tenantId: string, approvalId: string): Promise<Approval | undefined> {
  const { rows } = await db.query<Approval>({
    name: "approval-load",
    text: `select ${COLUMNS} from approval where tenant_id = $1 and approval_id = $2`,
    values: [tenantId, approvalId],
  });
  return rows[0];
}

/** Those that cover any of these actions. */
export async function approvalsOfActions(
  db: Queryable,
  tenantId: string,
  actionIds: readonly string[],
): Promise<Approval[]> {
  const { rows } = await db.query<Approval>({
    name: "approvals-of-actions",
    text: `select ${COLUMNS} from approval where tenant_id = $1 and approval_id in
            (select approval_id from action where tenant_id = $1 and action_id = any($2))`,
    values: [tenantId, actionIds],
  });
  return rows;
}

/**
 * Locks the row; `now` is the database's clock, which alone decides what has expired. Its run is locked before it, always:
 * whoever takes both takes them in this order.
 */
export async function lockApproval(
  tx: Tx,
  tenantId: string,
  approvalId: string,
): Promise<{ approval: Approval; votes: Vote[]; now: Date } | undefined> {
  const { rows } = await tx.query<Approval & { now: Date; votes: Vote[] }>({
    name: "approval-lock",
    text: `select ${COLUMNS}, clock_timestamp() as now,
            (select coalesce(json_agg(json_build_object('actorId', v.actor_id, 'holderId', v.holder_id, 'stage', v.stage)), '[]')
               from approval_vote v where v.tenant_id = $1 and v.approval_id = $2
                and v.inputs_version = approval.inputs_version) as votes
       from approval where tenant_id = $1 and approval_id = $2 for update`,
    values: [tenantId, approvalId],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { now, votes, ...approval } = row;
  return { approval, votes, now };
}

/** An approval with what people have said on it so far. */
export type Discussed = Approval & { votes: Vote[]; questions: Question[] };

/** All approvals of a run, in the order in which they were asked. */
export async function approvalsOfRun(db: Queryable, tenantId: string, runId: string): Promise<Discussed[]> {
  const { rows } = await db.query<Discussed>({
    name: "approvals-of-run",
    text: `select ${COLUMNS},
            (select coalesce(json_agg(json_build_object('actorId', v.actor_id, 'holderId', v.holder_id, 'stage', v.stage)
                       order by v.voted_at), '[]')
               from approval_vote v where v.tenant_id = $1 and v.approval_id = a.approval_id
                and v.inputs_version = a.inputs_version) as votes,
            (select coalesce(json_agg(json_build_object('number', q.number, 'askedBy', q.asked_by, 'question', q.question,
                       'answer', q.answer) order by q.number), '[]')
               from approval_question q where q.tenant_id = $1 and q.approval_id = a.approval_id) as questions
       from approval a where tenant_id = $1 and run_id = $2 order by created_at, code`,
    values: [tenantId, runId],
  });
  return rows;
}

/** The approval with this code, whatever became of it. */
export async function approvalByCode(db: Queryable, tenantId: string, code: string): Promise<Approval | undefined> {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approval where tenant_id = $1 and code = $2
      order by created_at desc limit 1`,
    [tenantId, code],
  );
  return rows[0];
}

export async function insertVote(
  tx: Tx,
  tenantId: string,
  approval: Pick<Approval, "approvalId" | "inputsVersion" | "stage">,
  vote: { actorId: string; holderId: string; via: string },
): Promise<void> {
  await write(tx, {
    name: "approval-vote",
    text: `insert into approval_vote (tenant_id, approval_id, inputs_version, actor_id, holder_id, stage, via, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7,
       (select seen_at from approval_asked where tenant_id = $1 and approval_id = $2 and person_id = $4))`,
    values: [
      tenantId,
      approval.approvalId,
      approval.inputsVersion,
      vote.actorId,
      vote.holderId,
      approval.stage,
      vote.via,
    ],
  });
}

/** Opens the next stage. */
export async function nextStage(tx: Tx, tenantId: string, approvalId: string): Promise<void> {
  await write(tx, {
    name: "approval-next-stage",
    text: "update approval set stage = stage + 1, escalated_to = '{}', version = version + 1 where tenant_id = $1 and approval_id = $2",
    values: [tenantId, approvalId],
  });
}

/** Something about it has changed: its cards show it. */
export async function touchApproval(tx: Tx, tenantId: string, approvalId: string): Promise<void> {
  await write(tx, {
    name: "approval-touch",
    text: "update approval set version = version + 1 where tenant_id = $1 and approval_id = $2",
    values: [tenantId, approvalId],
  });
}

/** What would run has changed: earlier says and clicks on the earlier inputs count no more. */
export async function changeInputs(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  to: Pick<Approval, "digest" | "amount" | "stages" | "editable" | "policyId" | "policyReason">,
): Promise<void> {
  await write(tx, {
    name: "approval-change",
    text: `update approval set digest = $3, amount = $4, stages = $5, editable = $6, policy_id = $7, policy_reason = $8, stage = 0,
            inputs_version = inputs_version + 1, version = version + 1
      where tenant_id = $1 and approval_id = $2`,
    values: [
      tenantId,
      approvalId,
      to.digest,
      to.amount,
      JSON.stringify(to.stages),
      JSON.stringify(to.editable),
      to.policyId,
      to.policyReason,
    ],
  });
}

/** Ends a pending approval, once. False when it was no longer pending. */
export async function settleApproval(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  to: { status: Exclude<ApprovalStatus, "pending">; by: string | null; forId?: string | null; reason: string | null },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: "approval-settle",
    text: `with settled as (
       update approval set status = $3, decided_by = $4, decided_for = $5, reason = $6, decided_at = now(), version = version + 1
        where tenant_id = $1 and approval_id = $2 and status = 'pending' returning 1)
     insert into approval_event (tenant_id, approval_id, seq, type, data)
     select $1, $2, (select coalesce(max(seq), 0) + 1 from approval_event where tenant_id = $1 and approval_id = $2), $3,
            jsonb_build_object('by', $4::text, 'for', $5::text, 'reason', $6::text) from settled`,
    values: [tenantId, approvalId, to.status, to.by, to.forId ?? null, to.reason],
  });
  return rowCount === 1;
}

/** Uses an approval up, once: the moment at which its effect starts. */
export async function consumeApproval(tx: Tx, tenantId: string, approvalId: string): Promise<void> {
  await write(tx, {
    name: "approval-consume",
    text: `with consumed as (
       update approval set consumed_at = now(), version = version + 1
        where tenant_id = $1 and approval_id = $2 and status = 'approved' and consumed_at is null returning 1)
     insert into approval_event (tenant_id, approval_id, seq, type, data)
     select $1, $2, (select coalesce(max(seq), 0) + 1 from approval_event where tenant_id = $1 and approval_id = $2), 'consumed', '{}'
       from consumed`,
    values: [tenantId, approvalId],
  });
}

/** An approved action that could not start: told apart from a rejection, everywhere. */
export async function failToResume(tx: Tx, tenantId: string, approvalId: string, reason: string): Promise<void> {
  await write(tx, {
    name: "approval-fail",
    text: `update approval set status = 'failed-to-resume', reason = $3, version = version + 1
      where tenant_id = $1 and approval_id = $2 and status = 'approved'`,
    values: [tenantId, approvalId, reason],
  });
  await appendApprovalEvent(tx, tenantId, approvalId, "failed-to-resume", { reason });
}

export async function appendApprovalEvent(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  await write(tx, {
    name: "approval-event",
    text: `insert into approval_event (tenant_id, approval_id, seq, type, data)
     select $1, $2, coalesce(max(seq), 0) + 1, $3, $4 from approval_event where tenant_id = $1 and approval_id = $2`,
    values: [tenantId, approvalId, type, JSON.stringify(data)],
  });
}

/** It went to the next in line: they may decide from now on. */
export async function escalate(tx: Tx, tenantId: string, approvalId: string, to: readonly string[]): Promise<void> {
  await write(tx, {
    name: "approval-escalate",
    text: `update approval set escalated_to = (select array_agg(distinct id) from unnest(escalated_to || $3::text[]) as id)
      where tenant_id = $1 and approval_id = $2 and cardinality($3::text[]) > 0`,
    values: [tenantId, approvalId, to],
  });
}
