import { appendAudit } from "../../audit/store.ts";
import type { Conflict } from "../../cluster/adjudicate.ts";
import type { Tx } from "../../store/pool.ts";

/** Keeps that an answer stood on statements that differ, and which of them counted (R2.5). */
export async function recordConflict(
  tx: Tx,
  turn: { tenantId: string; turnId: string; personId: string; clusterId: string },
  { about, counts, others }: Conflict,
): Promise<void> {
  const { tenantId, turnId, personId, clusterId } = turn;
  await tx.query(
    `insert into conflict_event (tenant_id, turn_id, cluster_id, about, counts, others) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, turn_id, about) do nothing`,
    [tenantId, turnId, clusterId, about, JSON.stringify(counts), JSON.stringify(others)],
  );
  await appendAudit(tx, { tenantId, kind: "turn.conflict", actor: personId, turnId, data: { about, counts, others } });
}
