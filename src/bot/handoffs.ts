import { appendAudit } from "../audit/store.ts";
import { renderHandoff, renderHandoffWait } from "../card/handoff.ts";
import { resolveHandoff } from "../handoff/resolve-handoff.ts";
import { appendHandoffEvent, claimedHandoffOf, handoffByCode, loadHandoff } from "../handoff/store.ts";
import { transaction } from "../store/pool.ts";
import { finish } from "./activity-log.ts";
import { type CardResult, refused } from "./card-result.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { post } from "./outbox.ts";
import { chatWith } from "./present-ports.ts";

type Wish = { handoffId: string; verb: "claim" | "resolve" | "return"; note?: string };

/** Claim, resolve, hand back: from a card or typed. */
export async function moveHandoffOn(ports: BotPorts, incoming: Incoming, wish: Wish): Promise<CardResult> {
  const { person: actor, personId: actorId } = incoming;
  const moved = await resolveHandoff(ports, { ...wish, actor, actorId });
  if (moved === undefined)
    return refused(404, "NotFound", "I do not know that handoff", "Type “my approvals” to see what waits.");
  ports.wake();
  switch (moved.outcome) {
    case "not-yours":
      return refused(403, "NotYours", "You cannot do this", `${moved.why} Nothing was changed.`);
    case "already-claimed":
      return refused(
        409,
        "AlreadyClaimed",
        "Already claimed",
        `${ports.directory.byId(moved.by)?.name ?? "Somebody"} was first and talks with them.`,
      );
    case "already-over":
      return refused(409, "AlreadyOver", "This is over", `It was ${moved.status} already.`);
    case "not-claimed":
      return refused(409, "NotClaimed", "Nobody has claimed this yet", "Claim it first.");
    case "busy":
      return refused(
        409,
        "Busy",
        "You talk with somebody already",
        `Resolve or hand back ${moved.code} first, so that nobody's words go astray.`,
      );
    case "claimed":
    case "resolved":
    case "returned": {
      const handoff = await loadHandoff(ports.pool, ports.tenantId, wish.handoffId);
      if (handoff === undefined)
        return refused(404, "NotFound", "I do not know that handoff", "It may have been removed.");
      const responder = handoff.claimedBy === null ? undefined : ports.directory.byId(handoff.claimedBy)?.name;
      const own = handoff.requesterId === actorId;
      const card = own ? renderHandoffWait(handoff, responder, []) : renderHandoff(handoff, responder);
      return { kind: "card", card, isNews: false };
    }
  }
}

export async function claimByCode(ports: BotPorts, incoming: Incoming, code: string): Promise<CardResult> {
  const handoff = await handoffByCode(ports.pool, ports.tenantId, code);
  if (handoff === undefined)
    return refused(404, "NotFound", "I do not know that handoff", "Type “my approvals” to see what waits.");
  return inWords(
    await moveHandoffOn(ports, incoming, { handoffId: handoff.handoffId, verb: "claim" }),
    "You have claimed it.",
  );
}

/** "resolve" and "hand back", typed by somebody who is in a claimed handoff here. */
export async function moveCurrentHandoff(
  ports: BotPorts,
  incoming: Incoming,
  wish: Omit<Wish, "handoffId">,
): Promise<CardResult> {
  const { conversationId, kind } = incoming.place;
  const handoff = await claimedHandoffOf(
    ports.pool,
    ports.tenantId,
    incoming.personId,
    conversationId,
    kind === "personal",
  );
  if (handoff === undefined)
    return refused(404, "NotFound", "There is nobody to hand back or resolve", "You are talking with the bot.");
  return inWords(
    await moveHandoffOn(ports, incoming, { ...wish, handoffId: handoff.handoffId }),
    wish.verb === "resolve" ? "Resolved." : "Handed back to the bot.",
  );
}

/** The cards of a handoff may be in another chat: what was typed is answered in words. */
function inWords(result: CardResult, text: string): CardResult {
  return result.kind === "card" ? { kind: "said", text } : result;
}

/**
 * Carries words between a requester and the responder who claimed them, under the speaker's name.
 * @returns false when the handoff is over: the words are the bot's again
 */
export async function relay(ports: BotPorts, incoming: Incoming, handoffId: string, text: string): Promise<boolean> {
  const { pool, tenantId } = ports;
  const { conversationId } = incoming.place;
  return transaction(pool, async (tx) => {
    const handoff = await loadHandoff(tx, tenantId, handoffId);
    if (handoff?.status !== "claimed" || handoff.claimedBy === null) return false;
    const fromRequester = incoming.personId === handoff.requesterId && conversationId === handoff.conversationId;
    const target = fromRequester
      ? await chatWith(tx, tenantId, handoff.claimedBy)
      : { conversationId: handoff.conversationId };
    await post(tx, tenantId, target, { text: `${incoming.personName}: ${text}` }, replyKey(incoming, "relay"));
    await appendHandoffEvent(tx, tenantId, handoffId, "relayed", { by: incoming.personId, text });
    await appendAudit(tx, {
      tenantId,
      kind: "handoff.relayed",
      actor: incoming.personId,
      turnId: handoff.turnId,
      data: { handoffId, characters: text.length },
    });
    await finish(tx, tenantId, { conversationId, activityId: incoming.activityId });
    return true;
  });
}
