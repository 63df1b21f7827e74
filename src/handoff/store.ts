import type { Queryable, Tx } from "../store/pool.ts";
import type { Handoff, HandoffStatus } from "./handoff.ts";

const COLUMNS = `handoff_id as "handoffId", code, turn_id as "turnId", conversation_id as "conversationId",
  requester_id as "requesterId", requester_name as "requesterName", cluster_id as "clusterId", summary, status, version,
  claimed_by as "claimedBy", note, created_at as "createdAt"`;

export type NewHandoff = Omit<Handoff, "status" | "version" | "claimedBy" | "note" | "createdAt">;

/** Opens a handoff, or gives the one that is already open for this person in this conversation. */
export async function openHandoff(
  tx: Tx,
  tenantId: string,
  handoff: NewHandoff,
): Promise<{ handoffId: string; isNew: boolean }> {
  const { rowCount } = await tx.query(
    `insert into handoff (tenant_id, handoff_id, code, turn_id, conversation_id, requester_id, requester_name, cluster_id,
                          summary, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting') on conflict do nothing`,
    [
      tenantId,
      handoff.handoffId,
      handoff.code,
      handoff.turnId,
      handoff.conversationId,
      handoff.requesterId,
      handoff.requesterName,
      handoff.clusterId,
      JSON.stringify(handoff.summary),
    ],
  );
  if (rowCount === 1) {
    await appendHandoffEvent(tx, tenantId, handoff.handoffId, "opened", { clusterId: handoff.clusterId });
    return { handoffId: handoff.handoffId, isNew: true };
  }
  const { rows } = await tx.query<{ id: string }>(
    `select handoff_id as id from handoff
      where tenant_id = $1 and conversation_id = $2 and requester_id = $3 and status in ('waiting', 'claimed')`,
    [tenantId, handoff.conversationId, handoff.requesterId],
  );
  return { handoffId: rows[0]?.id ?? handoff.handoffId, isNew: false };
}

export async function loadHandoff(db: Queryable, tenantId: string, handoffId: string): Promise<Handoff | undefined> {
  const { rows } = await db.query<Handoff>(`select ${COLUMNS} from handoff where tenant_id = $1 and handoff_id = $2`, [
    tenantId,
    handoffId,
  ]);
  return rows[0];
}

export async function lockHandoff(tx: Tx, tenantId: string, handoffId: string): Promise<Handoff | undefined> {
  const { rows } = await tx.query<Handoff>(
    `select ${COLUMNS} from handoff where tenant_id = $1 and handoff_id = $2 for update`,
    [tenantId, handoffId],
  );
  return rows[0];
}

export async function handoffByCode(db: Queryable, tenantId: string, code: string): Promise<Handoff | undefined> {
  const { rows } = await db.query<Handoff>(
    `select ${COLUMNS} from handoff where tenant_id = $1 and code = $2 order by created_at desc limit 1`,
    [tenantId, code],
  );
  return rows[0];
}

/** The claimed handoff in which this person speaks here: as the requester who waits, or as the responder in their own chat. */
export async function claimedHandoffOf(
  db: Queryable,
  tenantId: string,
  personId: string,
  conversationId: string,
  isPersonalChat: boolean,
): Promise<Handoff | undefined> {
  const { rows } = await db.query<Handoff>(
    `select ${COLUMNS} from handoff where tenant_id = $1 and status = 'claimed'
        and ((requester_id = $2 and conversation_id = $3) or (claimed_by = $2 and $4))
      order by created_at desc limit 1`,
    [tenantId, personId, conversationId, isPersonalChat],
  );
  return rows[0];
}

/** Handoffs that wait for somebody of these clusters, the oldest first. */
export async function waitingHandoffs(db: Queryable, tenantId: string, clusterIds: string[]): Promise<Handoff[]> {
  const { rows } = await db.query<Handoff>(
    `select ${COLUMNS} from handoff where tenant_id = $1 and status = 'waiting' and cluster_id = any($2)
      order by created_at limit 100`,
    [tenantId, clusterIds],
  );
  return rows;
}

/** Moves a locked handoff on. */
export async function moveHandoff(
  tx: Tx,
  tenantId: string,
  handoffId: string,
  to: { status: HandoffStatus; actorId: string; claimedBy?: string; note?: string | null },
): Promise<void> {
  await tx.query(
    `update handoff set status = $3, claimed_by = coalesce($4, claimed_by), note = coalesce($5, note),
            version = version + 1, updated_at = now()
      where tenant_id = $1 and handoff_id = $2`,
    [tenantId, handoffId, to.status, to.claimedBy ?? null, to.note ?? null],
  );
  await appendHandoffEvent(tx, tenantId, handoffId, to.status, { by: to.actorId, note: to.note ?? null });
}

export async function appendHandoffEvent(
  tx: Tx,
  tenantId: string,
  handoffId: string,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `insert into handoff_event (tenant_id, handoff_id, seq, type, data)
     select $1, $2, coalesce(max(seq), 0) + 1, $3, $4 from handoff_event where tenant_id = $1 and handoff_id = $2`,
    [tenantId, handoffId, type, JSON.stringify(data)],
  );
}
