import { createHash } from "node:crypto";
import { renderAnswer } from "../card/answer.ts";
import { renderChooseCluster, renderClarify } from "../card/clarify.ts";
import { renderNotice } from "../card/notice.ts";
import { renderRefusal } from "../card/refusal.ts";
import { inOneGo, type Tx, transaction } from "../store/pool.ts";
import { type Committed, commitTurn, isPlain, recordTurn, underFreeCode } from "../turn/commit-turn.ts";
import { isChoiceMade } from "../turn/store.ts";
import { takeTurn } from "../turn/take-turn.ts";
import type { Resume, Turn, TurnInput } from "../turn/turn.ts";
import { finish } from "./activity-log.ts";
import { afterAWhile } from "./impatience.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { copiesOf, type Outgoing, post, update } from "./outbox.ts";
import { type Invited, inviteToSignIn } from "./sign-in/invite.ts";

/** Works a turn out, then commits it with its replies: all of it or nothing. */
export async function handleTurn(ports: BotPorts, incoming: Incoming, text: string, resume: Resume): Promise<void> {
  const input: TurnInput = {
    turnId: turnIdOf(incoming),
    conversationId: incoming.place.conversationId,
    activityId: incoming.activityId,
    text,
    person: incoming.person,
    personId: incoming.personId,
    personName: incoming.personName,
    resume,
  };
  const impatience = afterAWhile(ports, incoming, input.turnId);
  try {
    const turn = await takeTurn(ports, input, impatience.progress);
    const isShown = (await impatience.end()) || incoming.isRetried;
    const invited = await inviteToSignIn(ports, incoming, turn);
    await underFreeCode((code) => commit(ports, incoming, turn, code, { isShown, invited }));
  } catch (error) {
    if (!isChoiceMade(error)) throw error;
    const { conversationId, activityId } = input;
    await finish(ports.pool, ports.tenantId, { conversationId, activityId });
  } finally {
    await impatience.end();
  }
  ports.wake();
}

/** The same activity is the same turn, also when it is taken up again after a crash: what was shown of it is found again. */
function turnIdOf(incoming: Incoming): string {
  const hex = createHash("sha256").update(replyKey(incoming, "turn")).digest("hex");
  // RFC 9562, version 8: a UUID of our own making.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The turn, what follows from it, its reply, and that the activity is dealt with: all of it or nothing. */
async function commit(
  ports: BotPorts,
  incoming: Incoming,
  turn: Turn,
  code: string,
  { isShown, invited }: { isShown: boolean; invited: Invited | undefined },
): Promise<void> {
  const { tenantId, pool } = ports;
  const { resume } = turn.input;
  const here = { conversationId: incoming.place.conversationId };
  const key = { ...here, activityId: incoming.activityId };
  const say = (tx: Tx, reply: Outgoing | undefined): Promise<void>[] => [
    ...(reply === undefined ? [] : [post(tx, tenantId, here, reply, replyKey(incoming, 0), incoming.personId)]),
    ...(invited === undefined ? [] : [post(tx, tenantId, invited, invited, replyKey(incoming, "sign-in"))]),
  ];
  if (isPlain(turn) && resume.kind !== "choice" && !isShown) {
    const reply = replyOf(turn, { code });
    return inOneGo(pool, (tx) => [...recordTurn(tx, ports, turn, code), ...say(tx, reply), finish(tx, tenantId, key)]);
  }
  return transaction(pool, async (tx) => {
    const committed = await commitTurn(tx, ports, turn, code);
    const reply = replyOf(turn, committed);
    if (!isShown || !(await completeInPlace(tx, tenantId, turn, reply))) await Promise.all(say(tx, reply));
    if (resume.kind === "choice") await settleChoice(tx, ports, resume.parentTurnId);
    await finish(tx, tenantId, key);
  });
}

/** The part that was shown becomes the whole. @returns false where there is no such card, or the reply is none */
async function completeInPlace(tx: Tx, tenantId: string, turn: Turn, reply: Outgoing | undefined): Promise<boolean> {
  if (reply === undefined || !("card" in reply)) return false;
  const copies = await copiesOf(tx, tenantId, "turn", turn.input.turnId);
  const shown = copies.filter(({ view }) => view === "answer");
  for (const copy of shown) await update(tx, tenantId, copy, reply.card, 2);
  return shown.length > 0;
}

/** What is said at once. Cards about a run or a handoff are sent by whoever announces those. */
function replyOf(turn: Turn, committed: Committed): Outgoing | undefined {
  const { turnId } = turn.input;
  const { reply } = turn;
  switch (reply.kind) {
    case "answer":
      return { card: renderAnswer(reply, { turnId, code: committed.code }), generated: true };
    case "clarify": {
      const about = { kind: "turn", id: turnId, view: "clarify", version: 1 } as const;
      return { card: renderClarify(reply.candidates, turnId), about };
    }
    case "choose-cluster":
      return { card: renderChooseCluster(turnId) };
    case "ask-detail": {
      const choices = reply.choices.length > 0 ? `\n${reply.choices.map((choice) => `• ${choice}`).join("\n")}` : "";
      return { text: `${reply.question}${choices}\n(Or say “never mind”.)` };
    }
    case "refused":
      if (reply.agent === undefined)
        return { card: renderNotice("warning", "I did not do this", `${reply.told}\n\nCode ${committed.code}.`) };
      return { card: renderRefusal(reply.agent.displayName, reply.told, { turnId, code: committed.code }) };
    case "failed":
      return { card: renderNotice("attention", "That did not work", reply.told) };
    case "handoff":
      return committed.handoff?.isNew === false
        ? { text: "Somebody has been called already and will answer you here." }
        : undefined;
    case "proposal":
      return undefined;
  }
}

/** The card with the choices is used up: it must not stay there as a live dead button. */
export async function settleChoice(
  tx: Tx,
  ports: Pick<BotPorts, "tenantId">,
  turnId: string,
  told = "The answer is below.",
): Promise<void> {
  const card = renderNotice("default", "You have chosen", told);
  for (const copy of await copiesOf(tx, ports.tenantId, "turn", turnId))
    if (copy.view.startsWith("clarify")) await update(tx, ports.tenantId, copy, card, 2);
}
