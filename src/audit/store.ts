import { type Queryable, writeLast } from "../store/pool.ts";
import { type AuditEntry, bodyOf } from "./link.ts";

export type AuditRow = {
  seq: number;
  at: Date;
  kind: string;
  actor: string;
  turn_id: string | null;
  run_id: string | null;
  data: Record<string, unknown>;
  hash: string;
};

/**
 * Appends a link to the tenant's chain. Inside a transaction the link stands and falls with what it records; all links of a
 * transaction are sent in one statement with the commit, because all writers take turns at the head of the chain.
 */
export async function appendAudit(db: Queryable, { tenantId, ...entry }: AuditEntry): Promise<void> {
  await writeLast(db, {
    key: `audit ${tenantId}`,
    item: bodyOf(entry),
    statement: (bodies) => ({
      name: "audit-append",
      text: "select audit_append($1, $2::text[])",
      values: [tenantId, bodies],
    }),
  });
}

/** The evidence of one turn and of the run that came of it, oldest first. */
export async function auditOfTurn(db: Queryable, tenantId: string, turnId: string): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select seq, at, kind, actor, turn_id, run_id, data, hash from audit_log
      where tenant_id = $1 and pruned is null
        and (turn_id = $2 or run_id in (select run_id from run where tenant_id = $1 and turn_id = $2))
      order by seq`,
    [tenantId, turnId],
  );
  return rows;
}
