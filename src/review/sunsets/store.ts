import type { Queryable, Tx } from "../../store/pool.ts";
import type { Day } from "../day.ts";
import type { Stage, Sunset } from "./sunset.ts";

const COLUMNS = `sunset_id as "sunsetId", agent_id as "agentId", ends_on as "endsOn", stage, stage_at as "stageAt",
  successor_id as "successorId", acknowledged_by as "acknowledgedBy", acknowledged_at as "acknowledgedAt", version`;

export async function loadSunset(db: Queryable, tenantId: string, sunsetId: string): Promise<Sunset | undefined> {
  const { rows } = await db.query<Sunset>(`select ${COLUMNS} from sunset where tenant_id = $1 and sunset_id = $2`, [
    tenantId,
    sunsetId,
  ]);
  return rows[0];
}

export async function lockSunset(tx: Tx, tenantId: string, sunsetId: string): Promise<Sunset | undefined> {
  const { rows } = await tx.query<Sunset>(
    `select ${COLUMNS} from sunset where tenant_id = $1 and sunset_id = $2 for update`,
    [tenantId, sunsetId],
  );
  return rows[0];
}

/** Those of which the end has not come. */
export async function comingSunsets(db: Queryable, tenantId: string): Promise<Sunset[]> {
  const { rows } = await db.query<Sunset>(
    `select ${COLUMNS} from sunset where tenant_id = $1 and stage in ('warned', 'final') order by ends_on`,
    [tenantId],
  );
  return rows;
}

/** Locks the sunset of an agent on a day, after making it where there is none. @returns its stage before */
export async function begin(
  tx: Tx,
  tenantId: string,
  {
    sunsetId,
    agentId,
    endsOn,
    stage,
    now,
  }: { sunsetId: string; agentId: string; endsOn: Day; stage: Stage; now: Date },
): Promise<{ sunsetId: string; before: Sunset["stage"] | undefined }> {
  const { rowCount } = await tx.query(
    `insert into sunset (tenant_id, sunset_id, agent_id, ends_on, stage, stage_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, agent_id, ends_on) do nothing`,
    [tenantId, sunsetId, agentId, endsOn, stage, now],
  );
  if (rowCount === 1) return { sunsetId, before: undefined };
  const { rows } = await tx.query<{ sunsetId: string; before: Sunset["stage"] }>(
    `select sunset_id as "sunsetId", stage as before from sunset
      where tenant_id = $1 and agent_id = $2 and ends_on = $3 for update`,
    [tenantId, agentId, endsOn],
  );
  return rows[0] ?? { sunsetId, before: undefined };
}

export async function moveSunset(
  tx: Tx,
  tenantId: string,
  sunsetId: string,
  { stage, now, successorId }: { stage: Sunset["stage"]; now: Date; successorId?: string | undefined },
): Promise<void> {
  await tx.query(
    `update sunset set stage = $3, stage_at = $4, successor_id = coalesce($5, successor_id), version = version + 1
      where tenant_id = $1 and sunset_id = $2`,
    [tenantId, sunsetId, stage, now, successorId ?? null],
  );
}

export async function acknowledgeSunset(
  tx: Tx,
  tenantId: string,
  sunsetId: string,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  await tx.query(
    `update sunset set acknowledged_by = $3, acknowledged_at = $4, version = version + 1
      where tenant_id = $1 and sunset_id = $2`,
    [tenantId, sunsetId, by, now],
  );
}
