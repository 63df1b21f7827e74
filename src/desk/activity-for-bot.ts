import type { Person } from "../identity/directory.ts";
import type { Conversation } from "./conversation-store.ts";
import { BOT, type DeskPorts } from "./ports.ts";

/** An activity in the form in which Teams sends it to a bot. */
export type ActivityForBot = Record<string, unknown> & { type: string; id: string };

const MENTION = `<at>${BOT.name}</at>`;

/** What a page says of the place where its person sits. */
export type Client = { locale: string; timezone: string };

/** @param spokenBy null: the channel itself speaks, as it does when the bot is installed */
export function activityForBot(
  ports: Pick<DeskPorts, "tenantId" | "selfUrl">,
  conversation: Conversation,
  spokenBy: Person | null,
  activity: ActivityForBot,
  at: Date,
): ActivityForBot {
  const { conversationId, kind, name, team } = conversation;
  const { tenantId } = ports;
  return {
    timestamp: at.toISOString(),
    localTimestamp: at.toISOString(),
    channelId: "msteams",
    serviceUrl: `${ports.selfUrl()}/desk/connector/`,
    from: spokenBy === null ? BOT : { id: spokenBy.teamsId, name: spokenBy.name, aadObjectId: spokenBy.aadObjectId },
    recipient: BOT,
    conversation: {
      id: conversationId,
      conversationType: kind,
      tenantId,
      ...(kind === "channel" ? { isGroup: true, name } : {}),
    },
    ...activity,
    channelData: {
      tenant: { id: tenantId },
      ...(team === null ? {} : { team, channel: { id: conversationId, name } }),
      ...(activity.channelData as object | undefined),
    },
  };
}

/** The part of a message that is kept and shown, and that the bot gets: in a channel "@Signalbox" becomes a mention. */
export function spokenMessage(kind: Conversation["kind"], text: string): { text: string; entities: object[] } {
  if (kind === "personal" || !mentionsBot(text)) return { text, entities: [] };
  const mention = { type: "mention", mentioned: BOT, text: MENTION };
  return { text: text.replaceAll(`@${BOT.name}`, MENTION), entities: [mention] };
}

function mentionsBot(text: string): boolean {
  return text.includes(`@${BOT.name}`);
}

/** In a channel the bot hears only what mentions it. */
export function isForBot(kind: Conversation["kind"], text: string): boolean {
  return kind === "personal" || mentionsBot(text);
}

export function clientInfo({ locale, timezone }: Client): object {
  return { type: "clientInfo", locale, timezone, platform: "Web", country: locale.split("-")[1] ?? "" };
}
