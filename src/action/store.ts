import { type Queryable, type Tx, write } from "../store/pool.ts";
import type { Action } from "./action.ts";

const COLUMNS = `action_id as "actionId", run_id as "runId", step_id as "stepId", tool, args, digest, risk, reversal, compensation,
  proposal, idempotency_key as "idempotencyKey", state, result, failure, approval_id as "approvalId", agent_id as "agentId",
  agent_version as "agentVersion", undone_by as "undoneBy", undoes, replays`;

export async function insertAction(tx: Tx, tenantId: string, action: Action): Promise<void> {
  await write(tx, {
    name: "action-insert",
    text: `insert into action (tenant_id, action_id, run_id, step_id, tool, args, digest, risk, reversal, compensation, proposal,
                         idempotency_key, state, approval_id, agent_id, agent_version, undoes, replays)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    values: [
      tenantId,
      action.actionId,
      action.runId,
      action.stepId,
      action.tool,
      JSON.stringify(action.args),
      action.digest,
      action.risk,
      action.reversal,
      action.compensation === null ? null : JSON.stringify(action.compensation),
      JSON.stringify(action.proposal),
      action.idempotencyKey,
      action.state,
      action.approvalId,
      action.agentId,
      action.agentVersion,
      action.undoes,
      action.replays,
    ],
  });
}

export async function loadAction(db: Queryable, tenantId: string, actionId: string): Promise<Action | undefined> {
  const { rows } = await db.query<Action>({
    name: "action-load",
    text: `select ${COLUMNS} from action where tenant_id = $1 and action_id = $2`,
    values: [tenantId, actionId],
  });
  return rows[0];
}

export async function actionsOfRun(db: Queryable, tenantId: string, runId: string): Promise<Action[]> {
  const { rows } = await db.query<Action>({
    name: "actions-of-run",
    text: `select ${COLUMNS} from action where tenant_id = $1 and run_id = $2 order by created_at, step_id`,
    values: [tenantId, runId],
  });
  return rows;
}

export async function loadActions(db: Queryable, tenantId: string, ids: readonly string[]): Promise<Action[]> {
  const { rows } = await db.query<Action>({
    name: "actions-load",
    text: `select ${COLUMNS} from action where tenant_id = $1 and action_id = any($2)`,
    values: [tenantId, ids],
  });
  return rows;
}

/** Every action that an approval covers. */
export async function actionsUnder(db: Queryable, tenantId: string, approvalId: string): Promise<Action[]> {
  const { rows } = await db.query<Action>(`select ${COLUMNS} from action where tenant_id = $1 and approval_id = $2`, [
    tenantId,
    approvalId,
  ]);
  return rows;
}

/** Moves an action on; the result and the filled compensation are kept with it. */
export async function updateAction(
  tx: Queryable,
  tenantId: string,
  actionId: string,
  change: Pick<Action, "state"> & Partial<Pick<Action, "result" | "failure" | "compensation">>,
): Promise<void> {
  await write(tx, {
    name: "action-update",
    text: `update action set state = $3, result = coalesce($4, result), failure = coalesce($5, failure),
            compensation = coalesce($6, compensation), updated_at = now()
      where tenant_id = $1 and action_id = $2`,
    values: [
      tenantId,
      actionId,
      change.state,
      change.result === undefined ? null : JSON.stringify(change.result),
      change.failure ?? null,
      change.compensation === undefined ? null : JSON.stringify(change.compensation),
    ],
  });
}

/** Written before the effect is tried: after a crash it tells that something may have happened. Gives the attempt's number. */
export async function startAttempt(db: Queryable, tenantId: string, actionId: string): Promise<number> {
  const { rows } = await db.query<{ attempt: number }>({
    name: "attempt-start",
    text: `insert into action_attempt (tenant_id, action_id, attempt)
     select $1, $2, coalesce(max(attempt), 0) + 1 from action_attempt where tenant_id = $1 and action_id = $2
     returning attempt`,
    values: [tenantId, actionId],
  });
  return rows[0]?.attempt ?? 1;
}

/** Ends an attempt; what the effect gave is kept with the action at once, since no second call may be needed to know it. */
export async function endAttempt(
  db: Queryable,
  tenantId: string,
  actionId: string,
  attempt: number,
  ended: { outcome: "done" | "refused" | "not-done" | "unknown"; error?: string; result?: Record<string, unknown> },
): Promise<void> {
  await write(db, {
    name: "attempt-end",
    text: `with ended as (
       update action_attempt set ended_at = now(), outcome = $4, error = $5
        where tenant_id = $1 and action_id = $2 and attempt = $3)
     update action set result = $6 where tenant_id = $1 and action_id = $2 and $6::jsonb is not null`,
    values: [
      tenantId,
      actionId,
      attempt,
      ended.outcome,
      ended.error ?? null,
      ended.result === undefined ? null : JSON.stringify(ended.result),
    ],
  });
}

/** What is known of the attempts at an effect. */
export type Attempts = {
  /** how the last one ended; null when it never came back */
  outcome: string | null;
  /** one of them, the last or an earlier one, may have reached its system without an answer */
  mayHaveArrived: boolean;
  /** one of them was answered: it is done */
  isDone: boolean;
};

/** @returns undefined where none was made */
export async function attemptsAt(db: Queryable, tenantId: string, actionId: string): Promise<Attempts | undefined> {
  const { rows } = await db.query<Attempts>({
    name: "attempts-at",
    text: `select outcome, bool_or(outcome is null or outcome = 'unknown') over all_of as "mayHaveArrived",
                  bool_or(coalesce(outcome = 'done', false)) over all_of as "isDone"
       from action_attempt where tenant_id = $1 and action_id = $2
     window all_of as (partition by action_id) order by attempt desc limit 1`,
    values: [tenantId, actionId],
  });
  return rows[0];
}

/** Somebody has looked and says whether it happened. */
export async function settleUnknown(tx: Tx, tenantId: string, actionId: string, happened: boolean): Promise<void> {
  await tx.query(
    `update action set state = $3, failure = $4, updated_at = now()
      where tenant_id = $1 and action_id = $2 and state = 'unknown'`,
    [tenantId, actionId, happened ? "done" : "failed", happened ? null : "A person looked: it did not happen."],
  );
}

/** Another call takes the place of a proposed one that people have changed. */
export async function replaceProposal(
  tx: Tx,
  tenantId: string,
  actionId: string,
  to: Pick<Action, "args" | "digest" | "proposal" | "compensation" | "idempotencyKey">,
): Promise<void> {
  await tx.query(
    `update action set args = $3, digest = $4, proposal = $5, compensation = $6, idempotency_key = $7, updated_at = now()
      where tenant_id = $1 and action_id = $2 and state = 'proposed'`,
    [
      tenantId,
      actionId,
      JSON.stringify(to.args),
      to.digest,
      JSON.stringify(to.proposal),
      to.compensation === null ? null : JSON.stringify(to.compensation),
      to.idempotencyKey,
    ],
  );
}

/**
 * The effects of an agent since a version, newest first, that stand and that nobody is taking back at this moment.
 * @param after effects of later versions than this one
 */
export async function effectsAfter(
  tx: Tx,
  tenantId: string,
  which: { agentId: string; after: number } | { runId: string },
): Promise<Action[]> {
  const [condition, values] =
    "runId" in which
      ? ["run_id = $2", [tenantId, which.runId]]
      : [
          "agent_id = $2 and agent_version ~ '^[0-9]+$' and agent_version::int > $3",
          [tenantId, which.agentId, which.after],
        ];
  const { rows } = await tx.query<Action>(
    `select ${COLUMNS} from action a
      where tenant_id = $1 and ${condition} and state = 'done' and undoes is null
        and not exists (select 1 from action u where u.tenant_id = $1 and u.undoes = a.action_id
                           and u.state in ('proposed', 'started', 'done', 'unknown'))
      order by updated_at desc, action_id`,
    values,
  );
  return rows;
}

/** Is any of these effects being taken back, or was it? */
export async function isAnyBeingUndone(tx: Tx, tenantId: string, actionIds: readonly string[]): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select 1 from action where tenant_id = $1 and undoes = any($2) and state in ('proposed', 'started', 'done', 'unknown') limit 1`,
    [tenantId, actionIds],
  );
  return rowCount === 1;
}

/** It was taken back. @returns false where that was known already */
export async function markUndone(tx: Tx, tenantId: string, actionId: string, byRun: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    "update action set state = 'undone', undone_by = $3, updated_at = now() where tenant_id = $1 and action_id = $2 and state = 'done'",
    [tenantId, actionId, byRun],
  );
  return rowCount === 1;
}
