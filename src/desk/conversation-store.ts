import { randomUUID } from "node:crypto";
import type { Queryable, Tx } from "../store/pool.ts";
import type { Channel } from "./channels.ts";

export type Conversation = {
  conversationId: string;
  kind: "personal" | "channel";
  name: string;
  team: { id: string; name: string } | null;
  personId: string | null;
  /** the address of this desk when the bot was last told of the conversation; null: it was never told */
  greetedUrl: string | null;
};

const COLUMNS = `conversation_id as "conversationId", kind, name, team, person_id as "personId", greeted_url as "greetedUrl"`;

export async function loadConversation(
  db: Queryable,
  tenantId: string,
  conversationId: string,
): Promise<Conversation | undefined> {
  const { rows } = await db.query<Conversation>(
    `select ${COLUMNS} from desk.conversation where tenant_id = $1 and conversation_id = $2`,
    [tenantId, conversationId],
  );
  return rows[0];
}

export async function conversationsOf(db: Queryable, tenantId: string, personId: string): Promise<Conversation[]> {
  const { rows } = await db.query<Conversation>(
    `select ${COLUMNS} from desk.conversation
      where tenant_id = $1
        and conversation_id in (select conversation_id from desk.member where tenant_id = $1 and person_id = $2)
      order by kind desc, name`,
    [tenantId, personId],
  );
  return rows;
}

/** Channels, and the personal chats of which the bot was told before. */
export async function knownToBot(db: Queryable, tenantId: string): Promise<Conversation[]> {
  const { rows } = await db.query<Conversation>(
    `select ${COLUMNS} from desk.conversation
      where tenant_id = $1 and (kind = 'channel' or greeted_url is not null) order by created_at, conversation_id`,
    [tenantId],
  );
  return rows;
}

/** The chat of a person with the bot: made when it is first asked for, and the same one ever after. */
export async function openPersonalChat(tx: Tx, tenantId: string, personId: string): Promise<Conversation> {
  await tx.query(
    `with made as (
       insert into desk.conversation (tenant_id, conversation_id, kind, name, person_id)
       values ($1, $2, 'personal', 'Signalbox', $3)
       on conflict (tenant_id, person_id) where kind = 'personal' do nothing
       returning tenant_id, conversation_id, person_id)
     insert into desk.member (tenant_id, conversation_id, person_id) select * from made`,
    [tenantId, `a:${randomUUID()}`, personId],
  );
  const { rows } = await tx.query<Conversation>(
    `select ${COLUMNS} from desk.conversation where tenant_id = $1 and person_id = $2 and kind = 'personal'`,
    [tenantId, personId],
  );
  const [chat] = rows;
  if (chat === undefined) throw new Error(`The personal chat of ${personId} was neither made nor found.`);
  return chat;
}

/** Makes the channel and its members what the file says. */
export async function saveChannel(tx: Tx, tenantId: string, channel: Channel, memberIds: string[]): Promise<void> {
  await tx.query(
    `insert into desk.conversation (tenant_id, conversation_id, kind, name, team) values ($1, $2, 'channel', $3, $4)
     on conflict (tenant_id, conversation_id) do update set name = excluded.name, team = excluded.team`,
    [tenantId, channel.channelId, channel.name, JSON.stringify(channel.team)],
  );
  await tx.query(
    "delete from desk.member where tenant_id = $1 and conversation_id = $2 and person_id <> all ($3::text[])",
    [tenantId, channel.channelId, memberIds],
  );
  await tx.query(
    `insert into desk.member (tenant_id, conversation_id, person_id) select $1, $2, unnest($3::text[])
     on conflict do nothing`,
    [tenantId, channel.channelId, memberIds],
  );
}

export async function membersOf(db: Queryable, tenantId: string, conversationId: string): Promise<string[]> {
  const { rows } = await db.query<{ person_id: string }>(
    "select person_id from desk.member where tenant_id = $1 and conversation_id = $2 order by person_id",
    [tenantId, conversationId],
  );
  return rows.map((row) => row.person_id);
}

export async function markGreeted(db: Queryable, tenantId: string, conversationId: string, url: string): Promise<void> {
  await db.query("update desk.conversation set greeted_url = $3 where tenant_id = $1 and conversation_id = $2", [
    tenantId,
    conversationId,
    url,
  ]);
}
