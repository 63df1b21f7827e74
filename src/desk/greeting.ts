import { createHash } from "node:crypto";
import { SignalboxError } from "../errors.ts";
import { transaction } from "../store/pool.ts";
import { type ActivityForBot, activityForBot } from "./activity-for-bot.ts";
import { handUntilTaken } from "./bot.ts";
import type { Channel } from "./channels.ts";
import { timeNow } from "./clock.ts";
import { type Conversation, knownToBot, markGreeted, saveChannel } from "./conversation-store.ts";
import { BOT, type DeskPorts, personById } from "./ports.ts";

/** Makes the channels what the file of channels says, before anybody looks. */
export async function prepareChannels(ports: DeskPorts): Promise<void> {
  const channels = ports.channels.map((channel) => ({ channel, memberIds: memberIdsOf(ports, channel) }));
  await transaction(ports.pool, async (tx) => {
    for (const { channel, memberIds } of channels) await saveChannel(tx, ports.tenantId, channel, memberIds);
  });
}

/** Tells the bot of every channel, and of the chats that it knew at another address of this desk. */
export async function greetAll(ports: DeskPorts, stopped: AbortSignal): Promise<void> {
  for (const conversation of await knownToBot(ports.pool, ports.tenantId)) await greet(ports, conversation, stopped);
}

/**
 * Tells the bot that it is part of a conversation, as Teams does when somebody installs it; when only the desk's address is
 * another one, tells it that. The ids are the same each time, so a bot that heard it before knows.
 */
export async function greet(ports: DeskPorts, conversation: Conversation, stopped: AbortSignal): Promise<void> {
  const url = ports.selfUrl();
  if (conversation.greetedUrl === url) return;
  const known = conversation.greetedUrl !== null;
  const person = conversation.personId === null ? undefined : personById(ports, conversation.personId);
  const joined = [BOT, ...(person === undefined ? [] : [{ id: person.teamsId, aadObjectId: person.aadObjectId }])];
  const digest = createHash("sha256").update(`${conversation.conversationId} ${url}`).digest("hex").slice(0, 16);
  const update: ActivityForBot = {
    type: "conversationUpdate",
    id: `f:update-${digest}`,
    ...(known ? {} : { membersAdded: joined }),
    channelData: conversation.kind === "channel" ? { eventType: known ? "teamRenamed" : "teamMemberAdded" } : {},
  };
  const installation: ActivityForBot = { type: "installationUpdate", id: `f:install-${digest}`, action: "add" };
  const said = known ? [update] : [update, installation];
  const at = await timeNow(ports.pool);
  for (const activity of said) {
    const full = activityForBot(ports, conversation, person ?? null, activity, at);
    if (!(await handUntilTaken(ports, full, stopped))) return;
  }
  await markGreeted(ports.pool, ports.tenantId, conversation.conversationId, url);
}

function memberIdsOf(ports: DeskPorts, channel: Channel): string[] {
  return channel.members.map((upn) => {
    const person = ports.people.find((one) => one.upn === upn);
    if (person !== undefined) return person.aadObjectId;
    const cure = "Correct the address, or add the person to the directory.";
    throw new SignalboxError(
      "channel-member-unknown",
      `Channel ${channel.name} names ${upn}, whom nobody knows. ${cure}`,
    );
  });
}
