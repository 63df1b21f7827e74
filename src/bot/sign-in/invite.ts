import { messageOf } from "../../errors.ts";
import type { Turn } from "../../turn/turn.ts";
import { personalChatOf } from "../conversations.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import type { Invitation } from "./user-tokens.ts";

/** An invitation and the chat for it: nobody signs in before others. */
export type Invited = { invitation: Invitation; conversationId: string };

/**
 * Gets an invitation to sign in, where a turn ended for want of that.
 * @returns undefined where it did not, or none can be had: the person reads the sentence alone then
 */
export async function inviteToSignIn(
  ports: BotPorts,
  incoming: Incoming,
  { reply }: Turn,
): Promise<Invited | undefined> {
  if (reply.kind !== "refused" || reply.needsSignIn !== true || ports.signIn === undefined) return undefined;
  const { activity, place, personId } = incoming;
  const chat = await personalChatOf(ports.pool, ports.tenantId, personId);
  const conversationId = place.kind === "personal" ? place.conversationId : chat?.conversationId;
  if (conversationId === undefined) return undefined;
  const { serviceUrl, from, recipient } = activity;
  try {
    const invitation = await ports.signIn.invite({
      ...{ serviceUrl, conversationId },
      ...{ userId: from.id, botId: recipient.id },
    });
    return { invitation, conversationId };
  } catch (error) {
    ports.log.warn({ error: messageOf(error) }, "somebody could not be asked to sign in");
    return undefined;
  }
}
