import { randomUUID } from "node:crypto";
import { renderAnswer } from "../card/answer.ts";
import { renderChooseCluster, renderClarify } from "../card/clarify.ts";
import { renderNotice } from "../card/notice.ts";
import { inOneGo, type Tx, transaction } from "../store/pool.ts";
import { type Committed, commitTurn, isPlain, recordTurn, underFreeCode } from "../turn/commit-turn.ts";
import { takeTurn } from "../turn/take-turn.ts";
import type { Resume, Turn, TurnInput } from "../turn/turn.ts";
import { finish } from "./activity-log.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { copiesOf, type Outgoing, post, update } from "./outbox.ts";

/** Works a turn out, then commits it with its replies: all of it or nothing. */
export async function handleTurn(ports: BotPorts, incoming: Incoming, text: string, resume: Resume): Promise<void> {
  const input: TurnInput = {
    turnId: randomUUID(),
    conversationId: incoming.place.conversationId,
    activityId: incoming.activityId,
    text,
    person: incoming.person,
    personId: incoming.personId,
    personName: incoming.personName,
    resume,
  };
  const slow = sayThatItTakesLonger(ports, incoming);
  try {
    const turn = await takeTurn(ports, input);
    await underFreeCode((code) => commit(ports, incoming, turn, code));
  } finally {
    clearTimeout(slow);
  }
  ports.wake();
}

/** The turn, what follows from it, its reply, and that the activity is dealt with: all of it or nothing. */
async function commit(ports: BotPorts, incoming: Incoming, turn: Turn, code: string): Promise<void> {
  const { tenantId, pool } = ports;
  const { resume } = turn.input;
  const here = { conversationId: incoming.place.conversationId };
  const key = { ...here, activityId: incoming.activityId };
  const say = (tx: Tx, reply: Outgoing | undefined): Promise<void>[] =>
    reply === undefined ? [] : [post(tx, tenantId, here, reply, replyKey(incoming, 0), incoming.personId)];
  if (isPlain(turn) && resume.kind !== "choice") {
    const reply = replyOf(turn, { code });
    return inOneGo(pool, (tx) => [...recordTurn(tx, ports, turn, code), ...say(tx, reply), finish(tx, tenantId, key)]);
  }
  return transaction(pool, async (tx) => {
    const committed = await commitTurn(tx, ports, turn, code);
    await Promise.all(say(tx, replyOf(turn, committed)));
    if (resume.kind === "choice") await settleChoice(tx, ports, resume.parentTurnId);
    await finish(tx, tenantId, key);
  });
}

const PATIENCE_MS = 3_000;

/** After the SLA the person hears that the answer will come by itself (R2.5 c). */
function sayThatItTakesLonger(ports: BotPorts, incoming: Incoming): NodeJS.Timeout {
  return setTimeout(() => {
    const here = { conversationId: incoming.place.conversationId };
    const text = "This takes longer than usual. I am still on it, and the answer will follow here by itself.";
    post(ports.pool, ports.tenantId, here, { text }, replyKey(incoming, "slow"))
      .then(ports.wake)
      .catch(() => {});
  }, PATIENCE_MS);
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
      return { card: renderClarify(reply.candidates, turnId, "unsure"), about };
    }
    case "choose-cluster":
      return { card: renderChooseCluster(turnId) };
    case "ask-detail": {
      const choices = reply.choices.length > 0 ? `\n${reply.choices.map((choice) => `• ${choice}`).join("\n")}` : "";
      return { text: `${reply.question}${choices}\n(Or say “never mind”.)` };
    }
    case "refused":
      return { card: renderNotice("warning", "I did not do this", `${reply.told}\n\nCode ${committed.code}.`) };
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
async function settleChoice(tx: Tx, ports: BotPorts, parentTurnId: string): Promise<void> {
  const card = renderNotice("default", "You have chosen", "The answer is below.");
  for (const copy of await copiesOf(tx, ports.tenantId, "turn", parentTurnId))
    await update(tx, ports.tenantId, copy, card, 2);
}
