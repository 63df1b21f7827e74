import { type Queryable, type Tx, write } from "../store/pool.ts";
import { evolve, type Run, type RunEvent, statusOf } from "./run.ts";

const COLUMNS = `run_id as "runId", code, turn_id as "turnId", conversation_id as "conversationId", requester_id as "requesterId",
  agent_id as "agentId", agent_version as "agentVersion", cluster_id as "clusterId", plan, policy_version as "policyVersion",
  confidence, status, state, version, created_at as "createdAt"`;

export async function loadRun(db: Queryable, tenantId: string, runId: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>({
    name: "run-load",
    text: `select ${COLUMNS} from run where tenant_id = $1 and run_id = $2`,
    values: [tenantId, runId],
  });
  return rows[0];
}

export async function runByCode(db: Queryable, tenantId: string, code: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>(`select ${COLUMNS} from run where tenant_id = $1 and code = $2`, [
    tenantId,
    code,
  ]);
  return rows[0];
}

export async function runOfTurn(db: Queryable, tenantId: string, turnId: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>(
    `select ${COLUMNS} from run where tenant_id = $1 and turn_id = $2 order by created_at limit 1`,
    [tenantId, turnId],
  );
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

/** Runs that are not over, the longest untouched first. */
export async function openRuns(db: Queryable, tenantId: string, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${COLUMNS} from run
      where tenant_id = $1 and status in ('waiting', 'cleared', 'acting', 'paused', 'needs-check')
      order by updated_at limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** The codes of runs that this agent began and that are not over, the oldest first. */
export async function openRunsOf(db: Queryable, tenantId: string, agentId: string): Promise<string[]> {
  const { rows } = await db.query<{ code: string }>(
    `select code from run
      where tenant_id = $1 and agent_id = $2 and status in ('waiting', 'cleared', 'acting', 'paused', 'needs-check')
      order by created_at`,
    [tenantId, agentId],
  );
  return rows.map(({ code }) => code);
}

/** Runs that a person must look at: an effect of which nobody knows, or a budget that was crossed; the oldest first. */
export async function stuckRuns(db: Queryable, tenantId: string, limit: number): Promise<Run[]> {
  const { rows } = await db.query<Run>(
    `select ${COLUMNS} from run
      where tenant_id = $1 and (status = 'needs-check' or status = 'paused' and state -> 'hold' ->> 'why' = 'budget')
      order by updated_at limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** Runs of an agent that are not over and that nobody holds yet. */
export async function movingRunsOf(db: Queryable, tenantId: string, agentId: string): Promise<string[]> {
  const { rows } = await db.query<{ runId: string }>(
    `select run_id as "runId" from run
      where tenant_id = $1 and agent_id = $2 and status in ('waiting', 'cleared', 'acting', 'needs-check') order by updated_at`,
    [tenantId, agentId],
  );
  return rows.map(({ runId }) => runId);
}

/** Runs that the kill switch holds. */
export async function heldRuns(db: Queryable, tenantId: string): Promise<string[]> {
  const { rows } = await db.query<{ runId: string }>(
    `select run_id as "runId" from run
      where tenant_id = $1 and status = 'paused' and state -> 'hold' ->> 'why' = 'kill-switch' order by updated_at`,
    [tenantId],
  );
  return rows.map(({ runId }) => runId);
}

/** A run under lock, with the events that this transaction adds to it. */
export type OpenRun = { run: Run; events: RunEvent[] };

/** Locks a run: who changes it or anything of it does this first. */
export async function lockRun(tx: Tx, tenantId: string, runId: string): Promise<OpenRun | undefined> {
  const { rows } = await tx.query<Run>({
    name: "run-lock",
    text: `select ${COLUMNS} from run where tenant_id = $1 and run_id = $2 for update`,
    values: [tenantId, runId],
  });
  return rows[0] === undefined ? undefined : { run: rows[0], events: [] };
}

export function apply(open: OpenRun, events: readonly RunEvent[]): void {
  for (const event of events) {
    const version = open.run.version + 1;
    const state = evolve(open.run.state, event, version);
    open.run = { ...open.run, state, version, status: statusOf(state) };
    open.events.push(event);
  }
}

/** Writes what was added: the events, and the row along with them. */
export async function saveRun(tx: Tx, tenantId: string, { run, events }: OpenRun): Promise<void> {
  if (events.length === 0) return;
  await write(tx, {
    name: "run-save",
    text: `with event as (
       insert into run_event (tenant_id, run_id, seq, type, data)
       select $1, $2, seq, type, data from unnest($3::int[], $4::text[], $5::jsonb[]) as added (seq, type, data))
     update run set status = $6, state = $7, version = $8, updated_at = now() where tenant_id = $1 and run_id = $2`,
    values: [
      tenantId,
      run.runId,
      events.map((_, i) => run.version - events.length + 1 + i),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
      run.status,
      JSON.stringify(run.state),
      run.version,
    ],
  });
}

/** A new run, with its first events. */
export async function insertRun(tx: Tx, tenantId: string, { run, events }: OpenRun): Promise<void> {
  await write(tx, {
    name: "run-insert",
    text: `with run as (
       insert into run (tenant_id, run_id, code, turn_id, conversation_id, requester_id, agent_id, agent_version, cluster_id, plan,
                        policy_version, status, state, version, confidence)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $18))
     insert into run_event (tenant_id, run_id, seq, type, data)
     select $1, $2, seq, type, data from unnest($15::int[], $16::text[], $17::jsonb[]) as added (seq, type, data)`,
    values: [
      tenantId,
      run.runId,
      run.code,
      run.turnId,
      run.conversationId,
      run.requesterId,
      run.agentId,
      run.agentVersion,
      run.clusterId,
      JSON.stringify(run.plan),
      run.policyVersion,
      run.status,
      JSON.stringify(run.state),
      run.version,
      events.map((_, i) => i + 1),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
      run.confidence,
    ],
  });
}

export async function eventsOfRun(
  db: Queryable,
  tenantId: string,
  runId: string,
): Promise<{ seq: number; event: RunEvent; at: Date }[]> {
  const { rows } = await db.query<{ seq: number; type: string; data: unknown; at: Date }>(
    "select seq, type, data, at from run_event where tenant_id = $1 and run_id = $2 order by seq",
    [tenantId, runId],
  );
  return rows.map(({ seq, type, data, at }) => ({ seq, event: { type, data } as RunEvent, at }));
}

/** Seconds since the superstep that is under way began, by the database's clock. */
export async function secondsOfSuperstep(tx: Tx, tenantId: string, runId: string): Promise<number> {
  const { rows } = await tx.query<{ seconds: number }>({
    name: "superstep-seconds",
    text: `select extract(epoch from clock_timestamp() - max(at))::float8 as seconds from run_event
      where tenant_id = $1 and run_id = $2 and type = 'superstep-started'`,
    values: [tenantId, runId],
  });
  return rows[0]?.seconds ?? 0;
}

/** Keeps what a reading step has found until its superstep is recorded. */
export async function keepOutput(
  db: Queryable,
  tenantId: string,
  which: { runId: string; stepId: string; superstep: number },
  found: { output: Record<string, unknown>; tokens: number; costCents: number },
): Promise<void> {
  await write(db, {
    name: "output-keep",
    text: `insert into step_output (tenant_id, run_id, step_id, superstep, output, tokens, cost_cents) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, run_id, step_id, superstep) do nothing`,
    values: [
      tenantId,
      which.runId,
      which.stepId,
      which.superstep,
      JSON.stringify(found.output),
      found.tokens,
      found.costCents,
    ],
  });
}

export type KeptOutput = { stepId: string; output: Record<string, unknown>; tokens: number; costCents: number };

/** Takes what the reading steps of a superstep have found. */
export async function takeOutputs(tx: Tx, tenantId: string, runId: string, superstep: number): Promise<KeptOutput[]> {
  const { rows } = await tx.query<KeptOutput>(
    `delete from step_output where tenant_id = $1 and run_id = $2 and superstep = $3
     returning step_id as "stepId", output, tokens, cost_cents as "costCents"`,
    [tenantId, runId, superstep],
  );
  return rows;
}

/**
 * Is the fleet stopped? Read in the transaction that would start an action, so that it holds for every process at once. The
 * row stays locked until then: whoever releases the fleet finds every run that it held.
 */
export async function fleetPause(tx: Tx, tenantId: string): Promise<{ by: string; reason: string } | undefined> {
  const { rows } = await tx.query<{ by: string; reason: string }>({
    name: "fleet-pause",
    text: "select paused_by as by, reason from fleet_pause where tenant_id = $1 and resumed_at is null for share",
    values: [tenantId],
  });
  return rows[0];
}

/** @returns false where it is stopped already */
export async function pauseFleet(tx: Tx, tenantId: string, pause: { by: string; reason: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into fleet_pause (tenant_id, paused_by, reason) values ($1, $2, $3)
     on conflict (tenant_id) where resumed_at is null do nothing`,
    [tenantId, pause.by, pause.reason],
  );
  return rowCount === 1;
}

/** @returns the pause that ended; undefined where there was none */
export async function unpauseFleet(tx: Tx, tenantId: string, by: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ pause_id: string }>(
    `update fleet_pause set resumed_at = now(), resumed_by = $2 where tenant_id = $1 and resumed_at is null returning pause_id`,
    [tenantId, by],
  );
  return rows[0]?.pause_id;
}
