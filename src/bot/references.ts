import { renderWelcome } from "../card/notice.ts";
import { transaction } from "../store/pool.ts";
import { clusterByName } from "./cluster-wanted.ts";
import { bindChannel, removeConversation, saveConversation } from "./conversations.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { post } from "./outbox.ts";

/** A reference that was saved so recently is not saved again. */
const FRESH_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** Keeps what is needed to speak in a conversation unasked. */
export type References = {
  remember(incoming: Incoming): Promise<void>;
  /** The bot came into a conversation, or has to leave it. */
  onMembership(incoming: Incoming): Promise<void>;
};

export function createReferences(ports: BotPorts): References {
  const savedAt = new Map<string, number>();

  const save = async (incoming: Incoming, conversationId: string): Promise<void> => {
    const { activity, place, personId } = incoming;
    const isPersonal = place.kind === "personal";
    const key = `${conversationId}\n${activity.serviceUrl}\n${isPersonal ? personId : ""}`;
    const now = performance.now();
    if (now - (savedAt.get(key) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) return;
    await saveConversation(ports.pool, ports.tenantId, {
      conversationId,
      channelId: activity.channelId,
      serviceUrl: activity.serviceUrl,
      kind: place.kind,
      botId: activity.recipient.id,
      personId: isPersonal ? personId : null,
      userId: isPersonal ? activity.from.id : null,
      name: activity.channelData?.channel?.name ?? activity.conversation.name ?? null,
    });
    if (savedAt.size >= MOST_REMEMBERED) savedAt.clear();
    savedAt.set(key, now);
  };
  /** In a channel replies go to the thread, and what is said unasked to the channel itself: two conversations to Teams. */
  const remember = async (incoming: Incoming): Promise<void> => {
    const { conversationId, roomId } = incoming.place;
    await save(incoming, conversationId);
    if (roomId !== conversationId) await save(incoming, roomId);
  };
  return {
    remember,
    async onMembership(incoming) {
      const { pool, tenantId } = ports;
      const { activity, place } = incoming;
      if (hasLeft(activity)) {
        savedAt.clear();
        await removeConversation(pool, tenantId, place.roomId);
        return;
      }
      if (!hasCome(activity)) return;
      await remember(incoming);
      if (place.kind === "personal") {
        const card = renderWelcome(incoming.person?.givenName ?? incoming.personName);
        await post(
          pool,
          tenantId,
          { conversationId: place.conversationId },
          { card },
          `welcome:${place.conversationId}`,
        );
        ports.wake();
      }
      const channelName = activity.channelData?.channel?.name ?? activity.conversation.name;
      const clusterId = place.kind === "channel" && channelName != null ? clusterByName(channelName) : undefined;
      if (clusterId !== undefined)
        await transaction(pool, (tx) => bindChannel(tx, tenantId, place.roomId, clusterId, "keep"));
    },
  };
}

function hasCome({ type, action, membersAdded, recipient }: Incoming["activity"]): boolean {
  if (type === "installationUpdate") return action === "add" || action === "add-upgrade";
  return membersAdded?.some(({ id }) => id === recipient.id) ?? false;
}

function hasLeft({ type, action, membersRemoved, recipient }: Incoming["activity"]): boolean {
  if (type === "installationUpdate") return action === "remove" || action === "remove-upgrade";
  return membersRemoved?.some(({ id }) => id === recipient.id) ?? false;
}
