import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Queryable, Tx } from "../store/pool.ts";
import { nextChange } from "./clock.ts";
import type { DeskMessage } from "./wire.ts";

/** What somebody said, as it was sent. */
export type StoredActivity = Record<string, unknown>;
export type Delivery = DeskMessage["delivery"];

export type Message = {
  conversationId: string;
  messageId: string;
  authorId: string;
  version: number;
  activity: StoredActivity;
  delivery: Delivery;
  sentAt: Date;
};

const COLUMNS = `conversation_id as "conversationId", message_id as "messageId", author_id as "authorId", version, activity,
  delivery, sent_at as "sentAt"`;

/** Adds a message; one whose author used the same `clientId` before is given back instead. */
export async function addMessage(
  tx: Tx,
  tenantId: string,
  message: Pick<Message, "conversationId" | "authorId" | "activity" | "delivery"> & { clientId: string | null },
): Promise<{ message: Message; isNew: boolean }> {
  const { conversationId, authorId, activity, delivery, clientId } = message;
  // Taken first: two that send the same at once wait for each other here.
  const change = await nextChange(tx, tenantId);
  const seen = await tx.query<Message>(
    `select ${COLUMNS} from desk.message
      where tenant_id = $1 and conversation_id = $2 and author_id = $3 and client_id = $4`,
    [tenantId, conversationId, authorId, clientId],
  );
  const [before] = seen.rows;
  if (before !== undefined) return { message: before, isNew: false };
  const { rows } = await tx.query<Message>(
    `insert into desk.message
       (tenant_id, conversation_id, message_id, position, change, author_id, activity, client_id, delivery)
     values ($1, $2, $3, $4, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
    [tenantId, conversationId, randomUUID(), change, authorId, JSON.stringify(activity), clientId, delivery],
  );
  const [added] = rows;
  if (added === undefined) throw new Error("A message was inserted, and none came back.");
  return { message: added, isNew: true };
}

/** A message that was not deleted. */
export async function findMessage(
  db: Queryable,
  tenantId: string,
  conversationId: string,
  messageId: string,
): Promise<Message | undefined> {
  const { rows } = await db.query<Message>(
    `select ${COLUMNS} from desk.message
      where tenant_id = $1 and conversation_id = $2 and message_id = $3 and deleted_at is null`,
    [tenantId, conversationId, messageId],
  );
  return rows[0];
}

/** Replaces what a message says; the same again is no edit. */
export async function editMessage(tx: Tx, tenantId: string, message: Message, activity: StoredActivity): Promise<void> {
  if (isDeepStrictEqual(shown(message.activity), shown(activity))) return;
  await tx.query(
    `update desk.message set activity = $4, change = $5, version = version + 1, edited_at = now()
      where tenant_id = $1 and conversation_id = $2 and message_id = $3`,
    [tenantId, message.conversationId, message.messageId, JSON.stringify(activity), await nextChange(tx, tenantId)],
  );
}

function shown({ text, textFormat, attachments, entities }: StoredActivity): StoredActivity {
  return { text, textFormat, attachments, entities };
}

export async function deleteMessage(tx: Tx, tenantId: string, message: Message): Promise<void> {
  await tx.query(
    `update desk.message set deleted_at = now(), activity = '{}', change = $4, version = version + 1
      where tenant_id = $1 and conversation_id = $2 and message_id = $3`,
    [tenantId, message.conversationId, message.messageId, await nextChange(tx, tenantId)],
  );
}

export async function setDelivery(tx: Tx, tenantId: string, message: Message, delivery: Delivery): Promise<void> {
  await tx.query(
    "update desk.message set delivery = $4, change = $5 where tenant_id = $1 and conversation_id = $2 and message_id = $3",
    [tenantId, message.conversationId, message.messageId, delivery, await nextChange(tx, tenantId)],
  );
}

/** Messages of which nobody knows whether the bot got them, oldest first. */
export async function pendingMessages(db: Queryable, tenantId: string): Promise<Message[]> {
  const { rows } = await db.query<Message>(
    `select ${COLUMNS} from desk.message where tenant_id = $1 and delivery = 'pending' order by position`,
    [tenantId],
  );
  return rows;
}

/** Shows one person another card in place of a message's own, unless the message was edited since `message` was read. */
export async function setOwnCard(
  tx: Tx,
  tenantId: string,
  message: Message,
  personId: string,
  card: unknown,
): Promise<void> {
  await tx.query(
    `insert into desk.own_card (tenant_id, conversation_id, message_id, person_id, version, card, change)
     select $1, $2, $3, $4, $5, $6, $7 from desk.message
      where tenant_id = $1 and conversation_id = $2 and message_id = $3 and version = $5 and deleted_at is null
     on conflict (tenant_id, conversation_id, message_id, person_id)
       do update set version = excluded.version, card = excluded.card, change = excluded.change`,
    [
      tenantId,
      message.conversationId,
      message.messageId,
      personId,
      message.version,
      JSON.stringify(card),
      await nextChange(tx, tenantId),
    ],
  );
}
