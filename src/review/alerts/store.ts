import type { Queryable, Tx } from "../../store/pool.ts";
import type { Alert, Kind } from "./alert.ts";

export type AlertState = "received" | "acted" | "noted" | "unknown-agent" | "unreadable";

/** An alert as it is kept; `kind` is null where it could not be read. */
export type KeptAlert = Omit<Alert, "sourceId" | "kind"> & {
  alertId: string;
  kind: Kind | null;
  state: AlertState;
  receivedAt: Date;
};

const COLUMNS = `alert_id as "alertId", condition, kind, agent_named as "agentNamed", metric_value as "metricValue", state,
  received_at as "receivedAt"`;

/**
 * @returns whether it is new; the same request is a replay, the same alert in another request is known, until the incident that
 *   it led to is closed: what fires on after that is heard again
 */
export async function keepAlert(
  tx: Tx,
  tenantId: string,
  alert: KeptAlert & { sourceId: string; signature: string; payload: unknown },
): Promise<"new" | "replayed" | "known"> {
  const { alertId, sourceId, condition, signature, kind, agentNamed, metricValue, payload, state, receivedAt } = alert;
  const { rowCount } = await tx.query(
    `insert into alert (tenant_id, alert_id, source_id, condition, signature, kind, agent_named, metric_value, payload, state, received_at, round)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce((
       select case when i.state = 'closed' then a.round + 1 else a.round end
         from alert a left join incident i using (tenant_id, incident_id)
        where a.tenant_id = $1 and a.source_id = $3 and a.condition = $4 order by a.round desc limit 1), 0)
     on conflict do nothing`,
    [
      ...[tenantId, alertId, sourceId, condition, signature, kind, agentNamed, metricValue],
      ...[JSON.stringify(payload), state, receivedAt],
    ],
  );
  if (rowCount === 1) return "new";
  const same = await tx.query("select 1 from alert where tenant_id = $1 and signature = $2", [tenantId, signature]);
  return same.rowCount === 0 ? "known" : "replayed";
}

export async function loadAlert(db: Queryable, tenantId: string, alertId: string): Promise<KeptAlert | undefined> {
  const { rows } = await db.query<KeptAlert>(`select ${COLUMNS} from alert where tenant_id = $1 and alert_id = $2`, [
    tenantId,
    alertId,
  ]);
  return rows[0];
}

/** Locks an alert that nothing was done about yet. */
export async function lockReceived(tx: Tx, tenantId: string, alertId: string): Promise<KeptAlert | undefined> {
  const { rows } = await tx.query<KeptAlert>(
    `select ${COLUMNS} from alert where tenant_id = $1 and alert_id = $2 and state = 'received' for update`,
    [tenantId, alertId],
  );
  return rows[0];
}

/** Those that were taken and not acted on: a process died, or the database went away. */
export async function receivedAlerts(db: Queryable, tenantId: string): Promise<string[]> {
  const { rows } = await db.query<{ alertId: string }>(
    `select alert_id as "alertId" from alert where tenant_id = $1 and state = 'received' order by received_at`,
    [tenantId],
  );
  return rows.map(({ alertId }) => alertId);
}

/** The latest first. */
export async function latestAlerts(db: Queryable, tenantId: string, limit: number): Promise<KeptAlert[]> {
  const { rows } = await db.query<KeptAlert>(
    `select ${COLUMNS} from alert where tenant_id = $1 order by received_at desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}

export async function settleAlert(
  tx: Tx,
  tenantId: string,
  alertId: string,
  { state, incidentId }: { state: AlertState; incidentId: string | null },
): Promise<void> {
  await tx.query("update alert set state = $3, incident_id = $4 where tenant_id = $1 and alert_id = $2", [
    tenantId,
    alertId,
    state,
    incidentId,
  ]);
}

/** Those that came before a moment, except what belongs to an incident that is not closed. @returns how many */
export async function removeAlerts(
  db: Queryable,
  tenantId: string,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from alert where tenant_id = $1 and alert_id in (
       select a.alert_id from alert a left join incident i using (tenant_id, incident_id)
        where a.tenant_id = $1 and a.received_at < $2 and a.state <> 'received' and coalesce(i.state, 'closed') = 'closed'
        order by a.received_at limit $3)`,
    [tenantId, before, limit],
  );
  return rowCount ?? 0;
}
