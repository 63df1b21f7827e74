import { type Queryable, writeLast } from "../store/pool.ts";

/** One line of evidence. `actor` is an aadObjectId, an agent id or "signalbox"; `data` holds no more of people than ids. */
export type AuditEntry = {
  tenantId: string;
  kind: string;
  actor: string;
  turnId?: string;
  runId?: string;
  data: Record<string, unknown>;
};

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
 * Appends a link to the tenant's chain. Inside a transaction the link stands and falls with what it records; it is sent with
 * the commit, because all writers take turns at the head of the chain.
 */
export async function appendAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  const { tenantId, kind, actor, turnId = null, runId = null, data } = entry;
  const values = [tenantId, kind, actor, turnId, runId, JSON.stringify(data)];
  await writeLast(db, { name: "audit-append", text: "select audit_append($1, $2, $3, $4, $5, $6)", values });
}

/** The evidence of one turn and of the run that came of it, oldest first. */
export async function auditOfTurn(db: Queryable, tenantId: string, turnId: string): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select seq, at, kind, actor, turn_id, run_id, data, hash from audit_log
      where tenant_id = $1
        and (turn_id = $2 or run_id in (select run_id from run where tenant_id = $1 and turn_id = $2))
      order by seq`,
    [tenantId, turnId],
  );
  return rows;
}

/** What is wrong with a chain: the first link that does not follow from the one before it, or a head that does not match. */
export type ChainReport = {
  tenantId: string;
  links: number;
  head: string;
  broken: { seq: number; why: string } | undefined;
};

/** Recomputes every link. A cut tail is seen by comparing the last link with the head row, and `head` with an anchor kept elsewhere. */
export async function verifyChain(db: Queryable, tenantId: string): Promise<ChainReport> {
  const { rows } = await db.query<{ seq: number; why: string }>(
    `select seq, case when seq <> expected_seq then 'a link is missing before it'
                      when prev_hash <> expected_prev then 'it does not follow from the link before it'
                      else 'its content was changed' end as why
       from (select l.*, row_number() over (order by seq) as expected_seq,
                    coalesce(lag(hash) over (order by seq), 'genesis') as expected_prev
               from audit_log l where tenant_id = $1) link
      where seq <> expected_seq or prev_hash <> expected_prev
         or hash <> audit_hash(prev_hash, tenant_id, seq, at, kind, actor, turn_id, run_id, data)
      order by seq limit 1`,
    [tenantId],
  );
  const last = await db.query<{ seq: number; hash: string; head_seq: number | null; head: string | null }>(
    `select coalesce(max(l.seq), 0) as seq, (array_agg(l.hash order by l.seq desc))[1] as hash,
            h.seq as head_seq, h.hash as head
       from audit_head h left join audit_log l using (tenant_id) where h.tenant_id = $1 group by h.seq, h.hash`,
    [tenantId],
  );
  const end = last.rows[0];
  const cut = end !== undefined && (end.seq !== end.head_seq || (end.seq > 0 && end.hash !== end.head));
  const broken = rows[0] ?? (cut ? { seq: end.seq + 1, why: "links are missing at the end" } : undefined);
  return { tenantId, links: end?.seq ?? 0, head: end?.head ?? "genesis", broken };
}
