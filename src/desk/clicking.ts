import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Person } from "../identity/directory.ts";
import { transaction } from "../store/pool.ts";
import { type ActivityForBot, activityForBot, type Client, clientInfo } from "./activity-for-bot.ts";
import { hand } from "./bot.ts";
import { timeNow } from "./clock.ts";
import type { Conversation } from "./conversation-store.ts";
import { findMessage, type Message, setOwnCard } from "./message-store.ts";
import { BOT, type DeskPorts } from "./ports.ts";
import { Refused } from "./route.ts";
import type { ActionOutcome } from "./wire.ts";

/** A button of a card; `data` holds what stands in the card together with what was typed. */
export type Click = {
  messageId: string;
  type: "Action.Execute" | "Action.Submit";
  id?: string | undefined;
  verb?: string | undefined;
  data: Record<string, unknown>;
  client: Client;
};

const Answer = z.object({ statusCode: z.number(), type: z.string(), value: z.unknown() });
const Failure = z.object({ message: z.string().min(1) });
const Card = z.looseObject({ type: z.literal("AdaptiveCard") });

/** Takes a click to the bot and its answer back, as Teams does: a card for the one who clicked, or a line below the card. */
export async function click(
  ports: DeskPorts,
  person: Person,
  conversation: Conversation,
  clicked: Click,
): Promise<ActionOutcome> {
  const { pool, tenantId } = ports;
  const message = await findMessage(pool, tenantId, conversation.conversationId, clicked.messageId);
  if (message === undefined || message.authorId !== BOT.id)
    throw new Refused(404, "MessageNotFound", "The message with this card is gone.");
  const activity = activityForBot(ports, conversation, person, activityOf(clicked), await timeNow(pool));
  const handed = await hand(ports, activity);
  if (!handed.took) return wentWrong;
  if (clicked.type === "Action.Submit") return { kind: "accepted" };
  return show(ports, person, message, handed.answer);
}

const wentWrong: ActionOutcome = { kind: "went-wrong", text: "Something went wrong. Please try again." };

function activityOf({ type, id, verb, data, messageId, client }: Click): ActivityForBot {
  const common = {
    id: `f:${randomUUID()}`,
    replyToId: messageId,
    locale: client.locale,
    localTimezone: client.timezone,
    entities: [clientInfo(client)],
  };
  if (type === "Action.Submit") return { ...common, type: "message", value: data };
  const action = { type, ...(id === undefined ? {} : { id }), ...(verb === undefined ? {} : { verb }), data };
  return { ...common, type: "invoke", name: "adaptiveCard/action", value: { action, trigger: "manual" } };
}

async function show(ports: DeskPorts, person: Person, message: Message, given: unknown): Promise<ActionOutcome> {
  const answer = Answer.safeParse(given);
  if (!answer.success) return wentWrong;
  const { statusCode, type, value } = answer.data;
  if (type === "application/vnd.microsoft.activity.message" && typeof value === "string" && statusCode === 200)
    return { kind: "said", text: value };
  const card = Card.safeParse(value);
  if (type === "application/vnd.microsoft.card.adaptive" && card.success && statusCode === 200) {
    // A later edit of the message wins over the answer: it was made by somebody who knew more.
    await transaction(ports.pool, (tx) => setOwnCard(tx, ports.tenantId, message, person.aadObjectId, card.data));
    return { kind: "accepted" };
  }
  const failure = Failure.safeParse(value);
  return failure.success ? { kind: "refused", text: failure.data.message } : wentWrong;
}
