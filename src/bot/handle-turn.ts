import { randomUUID } from "node:crypto";
import { renderAnswer } from "../card/answer.ts";
import { renderChooseCluster, renderClarify } from "../card/clarify.ts";
import { renderNotice } from "../card/notice.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { type Committed, commitTurn } from "../turn/commit-turn.ts";
import { takeTurn } from "../turn/take-turn.ts";
import type { Resume, Turn, TurnInput } from "../turn/turn.ts";
import { finish } from "./activity-log.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { copiesOf, post, update } from "./outbox.ts";

/** Works a turn out, then commits it with its replies: all of it or nothing. */
export async function handleTurn(ports: BotPorts, incoming: Incoming, text: string, resume: Resume): Promise<void> {
  const { conversationId } = incoming.place;
  const input: TurnInput = {
    turnId: randomUUID(),
    conversationId,
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
    await transaction(ports.pool, async (tx) => {
      const committed = await commitTurn(tx, ports, turn);
      await sendReply(tx, ports, incoming, turn, committed);
      if (resume.kind === "choice") await settleChoice(tx, ports, resume.parentTurnId);
      await finish(tx, ports.tenantId, { conversationId, activityId: incoming.activityId });
    });
  } finally {
    clearTimeout(slow);
  }
  ports.wake();
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
async function sendReply(tx: Tx, ports: BotPorts, incoming: Incoming, turn: Turn, committed: Committed): Promise<void> {
  const here = { conversationId: incoming.place.conversationId };
  const { turnId } = turn.input;
  const { reply } = turn;
  const key = replyKey(incoming, 0);
  switch (reply.kind) {
    case "answer": {
      const card = renderAnswer(reply, { turnId, code: committed.code });
      await post(tx, ports.tenantId, here, { card, generated: true }, key, incoming.personId);
      return;
    }
    case "clarify": {
      const about = { kind: "turn", id: turnId, view: "clarify", version: 1 } as const;
      await post(
        tx,
        ports.tenantId,
        here,
        { card: renderClarify(reply.candidates, turnId, "unsure"), about },
        key,
        incoming.personId,
      );
      return;
    }
    case "choose-cluster":
      await post(tx, ports.tenantId, here, { card: renderChooseCluster(turnId) }, key, incoming.personId);
      return;
    case "ask-detail": {
      const choices = reply.choices.length > 0 ? `\n${reply.choices.map((choice) => `• ${choice}`).join("\n")}` : "";
      const text = `${reply.question}${choices}\n(Or say “never mind”.)`;
      await post(tx, ports.tenantId, here, { text }, key, incoming.personId);
      return;
    }
    case "refused":
      await post(
        tx,
        ports.tenantId,
        here,
        { card: renderNotice("warning", "I did not do this", `${reply.told}\n\nCode ${committed.code}.`) },
        key,
        incoming.personId,
      );
      return;
    case "failed":
      await post(
        tx,
        ports.tenantId,
        here,
        { card: renderNotice("attention", "That did not work", reply.told) },
        key,
        incoming.personId,
      );
      return;
    case "handoff":
      if (committed.handoff?.isNew === false)
        await post(
          tx,
          ports.tenantId,
          here,
          { text: "Somebody has been called already and will answer you here." },
          key,
          incoming.personId,
        );
      return;
    case "proposal":
      return;
  }
}

/** The card with the choices is used up: it must not stay there as a live dead button. */
async function settleChoice(tx: Tx, ports: BotPorts, parentTurnId: string): Promise<void> {
  const card = renderNotice("default", "You have chosen", "The answer is below.");
  for (const copy of await copiesOf(tx, ports.tenantId, "turn", parentTurnId))
    await update(tx, ports.tenantId, copy, card, 2);
}
