import { takeTurns } from "../store/advisory-lock.ts";
import type { Queryable, Tx } from "../store/pool.ts";

/** A conversation that the bot is part of: what is needed to speak there unasked. */
export type Conversation = {
  conversationId: string;
  channelId: string;
  serviceUrl: string;
  kind: "personal" | "groupChat" | "channel";
  botId: string;
  personId: string | null;
  userId: string | null;
  clusterId: string | null;
};

const COLUMNS = `conversation_id as "conversationId", channel_id as "channelId", service_url as "serviceUrl", kind,
  bot_id as "botId", person_id as "personId", user_id as "userId", cluster_id as "clusterId"`;

/** Stores a reference for good, or refreshes it: the service URL may change from one activity to the next. */
export async function saveConversation(
  db: Queryable,
  tenantId: string,
  conversation: Omit<Conversation, "clusterId"> & { name: string | null },
): Promise<void> {
  await db.query({
    name: "save-conversation",
    text: `insert into conversation (tenant_id, conversation_id, channel_id, service_url, kind, bot_id, person_id, user_id, name)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, conversation_id) do update
        set channel_id = excluded.channel_id, service_url = excluded.service_url, bot_id = excluded.bot_id,
            person_id = coalesce(excluded.person_id, conversation.person_id),
            user_id = coalesce(excluded.user_id, conversation.user_id),
            name = coalesce(excluded.name, conversation.name), removed_at = null, seen_at = now()`,
    values: [
      tenantId,
      conversation.conversationId,
      conversation.channelId,
      conversation.serviceUrl,
      conversation.kind,
      conversation.botId,
      conversation.personId,
      conversation.userId,
      conversation.name,
    ],
  });
}

export async function removeConversation(db: Queryable, tenantId: string, conversationId: string): Promise<void> {
  await db.query("update conversation set removed_at = now() where tenant_id = $1 and conversation_id = $2", [
    tenantId,
    conversationId,
  ]);
}

/** The personal chat that somebody used last. */
export async function personalChatOf(
  db: Queryable,
  tenantId: string,
  personId: string,
): Promise<Conversation | undefined> {
  const { rows } = await db.query<Conversation>({
    name: "personal-chat",
    text: `select ${COLUMNS} from conversation
      where tenant_id = $1 and person_id = $2 and kind = 'personal' and removed_at is null
      order by seen_at desc limit 1`,
    values: [tenantId, personId],
  });
  return rows[0];
}

/** Where a chat with somebody new can be opened: the service on which somebody last had a chat with us. */
export async function latestService(db: Queryable, tenantId: string): Promise<Conversation | undefined> {
  const { rows } = await db.query<Conversation>(
    `select ${COLUMNS} from conversation where tenant_id = $1 and removed_at is null
      order by kind = 'personal' desc, seen_at desc limit 1`,
    [tenantId],
  );
  return rows[0];
}

export async function channelOfCluster(
  db: Queryable,
  tenantId: string,
  clusterId: string,
): Promise<Conversation | undefined> {
  const { rows } = await db.query<Conversation>(
    `select ${COLUMNS} from conversation where tenant_id = $1 and cluster_id = $2 and removed_at is null`,
    [tenantId, clusterId],
  );
  return rows[0];
}

/**
 * Says that the people of a cluster meet in this channel.
 * @param taken what happens when the cluster has a channel already: keep that one, or move here
 */
export async function bindChannel(
  tx: Tx,
  tenantId: string,
  conversationId: string,
  clusterId: string,
  taken: "keep" | "move",
): Promise<void> {
  // A cluster has one channel: who binds it at the same moment waits.
  await takeTurns(tx, `channel:${tenantId}:${clusterId}`);
  if (taken === "move")
    await tx.query("update conversation set cluster_id = null where tenant_id = $1 and cluster_id = $2", [
      tenantId,
      clusterId,
    ]);
  await tx.query(
    `update conversation set cluster_id = $3 where tenant_id = $1 and conversation_id = $2
        and not exists (select 1 from conversation where tenant_id = $1 and cluster_id = $3)`,
    [tenantId, conversationId, clusterId],
  );
}
