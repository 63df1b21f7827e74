import type { Queryable, Tx } from "../store/pool.ts";
import { nextChange } from "./clock.ts";
import type { StoredActivity } from "./message-store.ts";

/** A message as one person sees it. */
export type SeenMessage = {
  conversationId: string;
  messageId: string;
  position: number;
  change: number;
  authorId: string;
  sentAt: Date;
  editedAt: Date | null;
  deleted: boolean;
  delivery: "not-for-bot" | "pending" | "delivered" | "failed";
  clientId: string | null;
  activity: StoredActivity;
  /** stands in for the card of the activity */
  ownCard: unknown;
};

const SEEN = `select m.conversation_id as "conversationId", m.message_id as "messageId", m.position,
    greatest(m.change, own.change) as change, m.author_id as "authorId", m.sent_at as "sentAt", m.edited_at as "editedAt",
    m.deleted_at is not null as deleted, m.delivery, m.client_id as "clientId", m.activity,
    case when own.version = m.version then own.card end as "ownCard"
  from desk.message m
  join desk.member on member.tenant_id = m.tenant_id and member.conversation_id = m.conversation_id and member.person_id = $2
  left join desk.own_card own on own.tenant_id = m.tenant_id and own.conversation_id = m.conversation_id
    and own.message_id = m.message_id and own.person_id = $2
  where m.tenant_id = $1`;

/** The newest messages before a position, oldest first. */
export async function messagesBefore(
  db: Queryable,
  tenantId: string,
  personId: string,
  conversationId: string,
  before: number,
  limit: number,
): Promise<SeenMessage[]> {
  const { rows } = await db.query<SeenMessage>(
    `${SEEN} and m.conversation_id = $3 and m.position < $4 order by m.position desc limit $5`,
    [tenantId, personId, conversationId, before, limit],
  );
  return rows.reverse();
}

/** What changed for a person after one number and up to another, in order. */
export async function messagesChangedBetween(
  db: Queryable,
  tenantId: string,
  personId: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<SeenMessage[]> {
  const { rows } = await db.query<SeenMessage>(
    `${SEEN} and greatest(m.change, own.change) > $3 and greatest(m.change, own.change) <= $4
      order by greatest(m.change, own.change) limit $5`,
    [tenantId, personId, after, upTo, limit],
  );
  return rows;
}

export async function currentChange(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ change: number }>("select change from desk.clock where tenant_id = $1", [tenantId]);
  return rows[0]?.change ?? 0;
}

export async function markRead(
  tx: Tx,
  tenantId: string,
  personId: string,
  conversationId: string,
  position: number,
): Promise<void> {
  await tx.query(
    `insert into desk.read_mark (tenant_id, conversation_id, person_id, position, change) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, conversation_id, person_id) do update set position = excluded.position, change = excluded.change
      where read_mark.position < excluded.position`,
    [tenantId, conversationId, personId, position, await nextChange(tx, tenantId)],
  );
}

export type Unread = { conversationId: string; unread: number; change: number };

/** What of each conversation a person has not seen; `change` is that of the person's mark. */
export async function unreadOf(db: Queryable, tenantId: string, personId: string): Promise<Unread[]> {
  const { rows } = await db.query<Unread>(
    `select conversation_id as "conversationId", coalesce(mark.change, 0) as change,
        (select count(*) from desk.message m
          where m.tenant_id = $1 and m.conversation_id = member.conversation_id and m.position > coalesce(mark.position, 0)
            and m.author_id <> $2 and m.deleted_at is null) as unread
       from desk.member left join desk.read_mark mark using (tenant_id, conversation_id, person_id)
      where tenant_id = $1 and person_id = $2`,
    [tenantId, personId],
  );
  return rows;
}
