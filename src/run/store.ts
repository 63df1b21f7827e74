import type { Queryable, Tx } from "../store/pool.ts";
import { evolve, type Run, type RunEvent } from "./run.ts";

const COLUMNS = `run_id as "runId", code, turn_id as "turnId", conversation_id as "conversationId", requester_id as "requesterId",
  agent_id as "agentId", agent_version as "agentVersion", plan, policy_version as "policyVersion", status, version,
  created_at as "createdAt"`;

export async function insertRun(
  tx: Tx,
  tenantId: string,
  run: Omit<Run, "status" | "version" | "createdAt">,
): Promise<void> {
  await tx.query(
    `insert into run (tenant_id, run_id, code, turn_id, conversation_id, requester_id, agent_id, agent_version, plan,
                      policy_version, status, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0)`,
    [
      tenantId,
      run.runId,
      run.code,
      run.turnId,
      run.conversationId,
      run.requesterId,
      run.agentId,
      run.agentVersion,
      JSON.stringify(run.plan),
      run.policyVersion,
    ],
  );
}

export async function loadRun(db: Queryable, tenantId: string, runId: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>(`select ${COLUMNS} from run where tenant_id = $1 and run_id = $2`, [
    tenantId,
    runId,
  ]);
  return rows[0];
}

export async function runOfTurn(db: Queryable, tenantId: string, turnId: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>(`select ${COLUMNS} from run where tenant_id = $1 and turn_id = $2`, [
    tenantId,
    turnId,
  ]);
  return rows[0];
}

/** The requester's latest runs, newest first. */
export async function runsOfRequester(db: Queryable, tenantId: string, requesterId: string): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${COLUMNS} from run where tenant_id = $1 and requester_id = $2 order by created_at desc limit 25`,
    [tenantId, requesterId],
  );
  return rows;
}

/** Appends events and moves the row along with them; the row's lock gives the events their order. */
export async function appendRunEvents(tx: Tx, tenantId: string, runId: string, events: RunEvent[]): Promise<void> {
  const { rows } = await tx.query<Pick<Run, "status" | "version">>(
    "select status, version from run where tenant_id = $1 and run_id = $2 for update",
    [tenantId, runId],
  );
  let status = rows[0]?.status;
  let version = rows[0]?.version ?? 0;
  for (const event of events) {
    status = evolve(status, event);
    version += 1;
    await tx.query("insert into run_event (tenant_id, run_id, seq, type, data) values ($1, $2, $3, $4, $5)", [
      tenantId,
      runId,
      version,
      event.type,
      JSON.stringify(event.data),
    ]);
  }
  await tx.query("update run set status = $3, version = $4, updated_at = now() where tenant_id = $1 and run_id = $2", [
    tenantId,
    runId,
    status,
    version,
  ]);
}
