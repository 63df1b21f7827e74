import { messageOf } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import { transaction } from "../store/pool.ts";
import { activityForBot, type Client, clientInfo, isForBot, spokenMessage } from "./activity-for-bot.ts";
import { hand } from "./bot.ts";
import { type Conversation, loadConversation } from "./conversation-store.ts";
import { addMessage, findMessage, type Message, pendingMessages, setDelivery } from "./message-store.ts";
import { type DeskPorts, personById } from "./ports.ts";
import { Refused } from "./route.ts";

/** A message is stored before the bot hears of it; what became of that is stored with it. */
export type Speaking = {
  /** the same `clientId` again is the same message, and another attempt if the bot did not get it */
  say(person: Person, conversation: Conversation, said: Said): Promise<Message>;
  /** hands a message to the bot that it did not get */
  sayAgain(person: Person, conversation: Conversation, messageId: string): Promise<void>;
  /** hands over what a crash left without an answer; the bot knows what it had got by its id */
  catchUp(): Promise<void>;
  idle(): Promise<void>;
};

type Said = { text: string; clientId: string; client: Client };

export function createSpeaking(ports: DeskPorts): Speaking {
  const { pool, tenantId, log } = ports;
  const underWay = new Map<string, Promise<void>>();

  const deliverSoon = (conversation: Conversation, message: Message, client: Client): Promise<void> => {
    const running = underWay.get(message.messageId);
    if (running !== undefined) return running;
    const delivery = deliver(ports, conversation, message, client)
      .catch((error: unknown) => log.error({ error: messageOf(error) }, "the fate of a message could not be stored"))
      .finally(() => underWay.delete(message.messageId));
    underWay.set(message.messageId, delivery);
    return delivery;
  };
  return {
    async say(person, conversation, { text, clientId, client }) {
      const { message } = await transaction(pool, (tx) =>
        addMessage(tx, tenantId, {
          conversationId: conversation.conversationId,
          authorId: person.aadObjectId,
          clientId,
          activity: {
            type: "message",
            textFormat: "plain",
            ...spokenMessage(conversation.kind, text),
            locale: client.locale,
          },
          delivery: isForBot(conversation.kind, text) ? "pending" : "not-for-bot",
        }),
      );
      if (message.delivery === "pending" || message.delivery === "failed")
        void deliverSoon(conversation, message, client);
      return message;
    },
    async sayAgain(person, conversation, messageId) {
      const message = await findMessage(pool, tenantId, conversation.conversationId, messageId);
      if (message === undefined || message.authorId !== person.aadObjectId)
        throw new Refused(404, "MessageNotFound", "There is no such message of yours.");
      if (message.delivery === "delivered" || message.delivery === "not-for-bot") return;
      await transaction(pool, (tx) => setDelivery(tx, tenantId, message, "pending"));
      void deliverSoon(conversation, message, usualClient(message));
    },
    async catchUp() {
      for (const message of await pendingMessages(pool, tenantId)) {
        const conversation = await loadConversation(pool, tenantId, message.conversationId);
        // One after the other: they were said in this order.
        if (conversation !== undefined) await deliverSoon(conversation, message, usualClient(message));
      }
    },
    async idle() {
      await Promise.all(underWay.values());
    },
  };
}

async function deliver(ports: DeskPorts, conversation: Conversation, message: Message, client: Client): Promise<void> {
  const person = personById(ports, message.authorId);
  // Somebody who left the company: nobody waits for an answer.
  if (person === undefined) return;
  const { activity } = message;
  const entities = [...(Array.isArray(activity.entities) ? activity.entities : []), clientInfo(client)];
  const full = activityForBot(
    ports,
    conversation,
    person,
    { ...activity, type: "message", id: message.messageId, localTimezone: client.timezone, entities },
    message.sentAt,
  );
  const handed = await hand(ports, full);
  await transaction(ports.pool, (tx) => setDelivery(tx, ports.tenantId, message, handed.took ? "delivered" : "failed"));
}

function usualClient(message: Message): Client {
  return { locale: typeof message.activity.locale === "string" ? message.activity.locale : "en-GB", timezone: "UTC" };
}
