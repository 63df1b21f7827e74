import type { Activity } from "./activity.ts";
import type { Channel } from "./channel.ts";

/**
 * Says something past the outbox: the one case in which nothing can be queued is that the database is away. Failing to say
 * it is not an error; the one who asked sees no reply and asks again.
 */
export async function sayDirectly(channel: Channel, activity: Activity, text: string): Promise<void> {
  const { channelId, serviceUrl, recipient, conversation } = activity;
  await channel.post(
    { channelId, serviceUrl, botId: recipient.id, conversationId: conversation.id },
    { type: "message", text, textFormat: "plain", conversation: { id: conversation.id } },
  );
}
