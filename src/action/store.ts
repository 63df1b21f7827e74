import type { Queryable, Tx } from "../store/pool.ts";
import type { Action } from "./action.ts";

const COLUMNS = `action_id as "actionId", run_id as "runId", step_id as "stepId", tool, args, digest, risk, reversal, compensation,
  proposal, idempotency_key as "idempotencyKey", state, result, failure`;

export async function insertAction(tx: Tx, tenantId: string, action: Action): Promise<void> {
  await tx.query(
    `insert into action (tenant_id, action_id, run_id, step_id, tool, args, digest, risk, reversal, compensation, proposal,
                         idempotency_key, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
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
    ],
  );
}

export async function loadAction(db: Queryable, tenantId: string, actionId: string): Promise<Action | undefined> {
  const { rows } = await db.query<Action>(`select ${COLUMNS} from action where tenant_id = $1 and action_id = $2`, [
    tenantId,
    actionId,
  ]);
  return rows[0];
}

export async function lockAction(tx: Tx, tenantId: string, actionId: string): Promise<Action | undefined> {
  const { rows } = await tx.query<Action>(
    `select ${COLUMNS} from action where tenant_id = $1 and action_id = $2 for update`,
    [tenantId, actionId],
  );
  return rows[0];
}

export async function actionsOfRun(db: Queryable, tenantId: string, runId: string): Promise<Action[]> {
  const { rows } = await db.query<Action>(
    `select ${COLUMNS} from action where tenant_id = $1 and run_id = $2 order by created_at, step_id`,
    [tenantId, runId],
  );
  return rows;
}

/** Moves an action on; the result and the filled compensation are kept with it. */
export async function updateAction(
  tx: Tx,
  tenantId: string,
  actionId: string,
  change: Pick<Action, "state"> & Partial<Pick<Action, "result" | "failure" | "compensation">>,
): Promise<void> {
  await tx.query(
    `update action set state = $3, result = coalesce($4, result), failure = coalesce($5, failure),
            compensation = coalesce($6, compensation), updated_at = now()
      where tenant_id = $1 and action_id = $2`,
    [
      tenantId,
      actionId,
      change.state,
      change.result === undefined ? null : JSON.stringify(change.result),
      change.failure ?? null,
      change.compensation === undefined ? null : JSON.stringify(change.compensation),
    ],
  );
}

/** Written before the effect is tried: after a crash it tells that something may have happened. Gives the attempt's number. */
export async function startAttempt(db: Queryable, tenantId: string, actionId: string): Promise<number> {
  const { rows } = await db.query<{ attempt: number }>(
    `insert into action_attempt (tenant_id, action_id, attempt)
     select $1, $2, coalesce(max(attempt), 0) + 1 from action_attempt where tenant_id = $1 and action_id = $2
     returning attempt`,
    [tenantId, actionId],
  );
  return rows[0]?.attempt ?? 1;
}

export async function endAttempt(
  db: Queryable,
  tenantId: string,
  actionId: string,
  attempt: number,
  outcome: "done" | "refused" | "not-done" | "unknown",
  error?: string,
): Promise<void> {
  await db.query(
    `update action_attempt set ended_at = now(), outcome = $4, error = $5
      where tenant_id = $1 and action_id = $2 and attempt = $3`,
    [tenantId, actionId, attempt, outcome, error ?? null],
  );
}

/** How the last attempt ended; null when it never came back. */
export async function lastAttempt(
  db: Queryable,
  tenantId: string,
  actionId: string,
): Promise<{ attempt: number; outcome: string | null; error: string | null } | undefined> {
  const { rows } = await db.query<{ attempt: number; outcome: string | null; error: string | null }>(
    `select attempt, outcome, error from action_attempt where tenant_id = $1 and action_id = $2
      order by attempt desc limit 1`,
    [tenantId, actionId],
  );
  return rows[0];
}
