import type { Queryable, Tx } from "../../store/pool.ts";
import type { Kind } from "../alerts/alert.ts";
import type { Incident } from "./incident.ts";

const COLUMNS = `incident_id as "incidentId", agent_id as "agentId", kind, state, metric_value as "metricValue",
  opened_at as "openedAt", heard_at as "heardAt", heard, resolved_at as "resolvedAt", answer_by as "answerBy",
  silent_at as "silentAt", runs_held as "runsHeld", acknowledged_by as "acknowledgedBy", acknowledged_at as "acknowledgedAt",
  closed_by as "closedBy", closed_at as "closedAt", why, version`;

/** Opens an incident, or adds to the one that is open. @returns its id */
export async function hear(
  tx: Tx,
  tenantId: string,
  alert: {
    incidentId: string;
    agentId: string;
    kind: Kind;
    metricValue: number | null;
    now: Date;
    answerBy: Date | null;
  },
): Promise<string> {
  const { rows } = await tx.query<{ incidentId: string }>(
    `insert into incident as i (tenant_id, incident_id, agent_id, kind, state, metric_value, opened_at, heard_at, answer_by)
     values ($1, $2, $3, $4, 'open', $5, $6, $6, $7)
     on conflict (tenant_id, agent_id, kind) where state <> 'closed' do update
       set heard = i.heard + 1, heard_at = greatest(i.heard_at, excluded.heard_at), version = i.version + 1,
           metric_value = excluded.metric_value, resolved_at = null
     returning incident_id as "incidentId"`,
    [tenantId, alert.incidentId, alert.agentId, alert.kind, alert.metricValue, alert.now, alert.answerBy],
  );
  return rows[0]?.incidentId ?? alert.incidentId;
}

/** Monitoring says that it is over. @returns the incident; undefined where none is open */
export async function noteResolved(
  tx: Tx,
  tenantId: string,
  { agentId, kind, now }: { agentId: string; kind: Kind; now: Date },
): Promise<string | undefined> {
  const { rows } = await tx.query<{ incidentId: string }>(
    `update incident set resolved_at = $4, version = version + 1
      where tenant_id = $1 and agent_id = $2 and kind = $3 and state <> 'closed' returning incident_id as "incidentId"`,
    [tenantId, agentId, kind, now],
  );
  return rows[0]?.incidentId;
}

export async function loadIncident(db: Queryable, tenantId: string, incidentId: string): Promise<Incident | undefined> {
  const { rows } = await db.query<Incident>(
    `select ${COLUMNS} from incident where tenant_id = $1 and incident_id = $2`,
    [tenantId, incidentId],
  );
  return rows[0];
}

export async function lockIncident(tx: Tx, tenantId: string, incidentId: string): Promise<Incident | undefined> {
  const { rows } = await tx.query<Incident>(
    `select ${COLUMNS} from incident where tenant_id = $1 and incident_id = $2 for update`,
    [tenantId, incidentId],
  );
  return rows[0];
}

/** Those that are not closed, the oldest first. @param agentId of this agent only */
export async function openIncidents(db: Queryable, tenantId: string, agentId?: string): Promise<Incident[]> {
  const { rows } = await db.query<Incident>(
    `select ${COLUMNS} from incident
      where tenant_id = $1 and state <> 'closed' and ($2::uuid is null or agent_id = $2) order by opened_at`,
    [tenantId, agentId ?? null],
  );
  return rows;
}

export async function acknowledge(
  tx: Tx,
  tenantId: string,
  incidentId: string,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  await tx.query(
    `update incident set state = 'acknowledged', acknowledged_by = $3, acknowledged_at = $4, version = version + 1
      where tenant_id = $1 and incident_id = $2`,
    [tenantId, incidentId, by, now],
  );
}

export async function noteSilent(tx: Tx, tenantId: string, incidentId: string, now: Date): Promise<void> {
  await tx.query(
    "update incident set silent_at = $3, version = version + 1 where tenant_id = $1 and incident_id = $2",
    [tenantId, incidentId, now],
  );
}

export async function noteRunsHeld(tx: Tx, tenantId: string, incidentId: string, runs: number): Promise<void> {
  await tx.query(
    `update incident set runs_held = $3, version = version + 1
      where tenant_id = $1 and incident_id = $2 and runs_held is null`,
    [tenantId, incidentId, runs],
  );
}

export async function closeIncident(
  tx: Tx,
  tenantId: string,
  incidentId: string,
  { by, why, now }: { by: string; why: string; now: Date },
): Promise<void> {
  await tx.query(
    `update incident set state = 'closed', closed_by = $3, why = $4, closed_at = $5, version = version + 1
      where tenant_id = $1 and incident_id = $2`,
    [tenantId, incidentId, by, why, now],
  );
}
