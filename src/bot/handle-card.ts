import { appendAudit } from "../audit/store.ts";
import type { CardAction } from "../card/card-action.ts";
import { renderChooseCluster, renderClarify } from "../card/clarify.ts";
import { renderNotice } from "../card/notice.ts";
import { intentName } from "../card/shared.ts";
import type { RoutingDecision } from "../routing/router.ts";
import { choiceTaken, loadTurn, type TurnRecord } from "../turn/store.ts";
import { approveBatch, previewBatch } from "./batch.ts";
import { type CardResult, refused } from "./card-result.ts";
import { decideOn } from "./decide.ts";
import { moveHandoffOn } from "./handoffs.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { explain } from "./lineage.ts";
import { requestsOf, waitingOn } from "./lists.ts";
import { openRun, operate } from "./operate.ts";
import { post } from "./outbox.ts";
import { answer, openApproval, openQuestion } from "./questions.ts";

/** What each button does. Nothing in `action` is trusted beyond naming things. */
export async function handleCard(
  ports: BotPorts,
  incoming: Incoming,
  action: CardAction,
  via: "card" | "message",
): Promise<CardResult> {
  switch (action.verb) {
    case "approval.approve": {
      const { approvalId, version, changes } = action;
      return decideOn(ports, incoming, { approvalId, version, via }, { verb: "approve", changes });
    }
    case "approval.reject": {
      const { approvalId, version, reason } = action;
      return decideOn(ports, incoming, { approvalId, version, via }, { verb: "reject", reason });
    }
    case "approval.ask": {
      const { approvalId, version, question } = action;
      return decideOn(ports, incoming, { approvalId, version, via }, { verb: "ask", question });
    }
    case "approval.delegate": {
      const { approvalId, version, to } = action;
      return decideOn(ports, incoming, { approvalId, version, via }, { verb: "delegate", to });
    }
    case "approval.answer":
      return answer(ports, incoming, action.approvalId, action.answer);
    case "approval.open":
      return openApproval(ports, incoming, action.approvalId);
    case "question.open":
      return openQuestion(ports, incoming, action.approvalId);
    case "run.open":
      return openRun(ports, incoming, action.runId);
    case "run.cancel":
      return operate(ports, incoming, action.runId, { type: "cancel", why: "taken back" });
    case "run.raise":
      return operate(ports, incoming, action.runId, { type: "raise" });
    case "run.wrap-up":
      return operate(ports, incoming, action.runId, { type: "wrap-up" });
    case "run.check": {
      const { runId, stepId, happened } = action;
      return operate(ports, incoming, runId, { type: "settle-check", stepId, happened: happened === "yes" });
    }
    case "inbox.preview":
      return previewBatch(ports, incoming, action.ids);
    case "inbox.approve":
      return approveBatch(ports, incoming, action.ids, action.digest);
    case "turn.choose":
      return choose(ports, incoming, action.turnId, action.choice);
    case "turn.wrong-agent":
      return wrongAgent(ports, incoming, action.turnId);
    case "turn.feedback":
      return feedback(ports, incoming, action.turnId, action.value);
    case "turn.why": {
      const result = await explain(ports, incoming, { turnId: action.turnId });
      if (result.kind !== "card") return result;
      // The clicked card stays as it is: how it came about is said below it.
      return postBelow(ports, incoming, result);
    }
    case "handoff.request": {
      const turn = await ownTurn(ports, incoming, action.turnId);
      if ("kind" in turn) return turn;
      if (action.clusterId === "") return { kind: "card", card: renderChooseCluster(action.turnId), isNews: true };
      const resume = { kind: "person", parentTurnId: action.turnId, clusterId: action.clusterId } as const;
      return {
        kind: "continues",
        card: renderNotice("accent", "You asked for a person", "I am calling one."),
        resume,
        text: turn.text,
      };
    }
    case "handoff.claim":
      return moveHandoffOn(ports, incoming, { handoffId: action.handoffId, verb: "claim" });
    case "handoff.resolve":
      return moveHandoffOn(ports, incoming, { handoffId: action.handoffId, verb: "resolve", note: action.note });
    case "handoff.return":
      return moveHandoffOn(ports, incoming, { handoffId: action.handoffId, verb: "return" });
    case "inbox.page":
      return action.list === "approvals"
        ? waitingOn(ports, incoming, action.page)
        : requestsOf(ports, incoming, action.page);
  }
}

async function postBelow(
  ports: BotPorts,
  incoming: Incoming,
  result: Extract<CardResult, { kind: "card" }>,
): Promise<CardResult> {
  const here = { conversationId: incoming.place.conversationId };
  await post(ports.pool, ports.tenantId, here, { card: result.card }, replyKey(incoming, "below"));
  ports.wake();
  return { kind: "said", text: "See below." };
}

/** A click on one of the choices: the turn goes on with its own text and the chosen agent. */
async function choose(ports: BotPorts, incoming: Incoming, turnId: string, choice: number): Promise<CardResult> {
  const turn = await ownTurn(ports, incoming, turnId);
  if ("kind" in turn) return turn;
  const chosen = (await routingOf(ports, turn))?.candidates[choice];
  if (chosen === undefined)
    return refused(400, "NoSuchChoice", "That choice does not exist", "Please ask again in a new message.");
  const title = `${intentName(chosen.intent)} (${chosen.displayName})`;
  if (await choiceTaken(ports.pool, ports.tenantId, turnId, chosen.agentId, chosen.intent))
    return {
      kind: "card",
      card: renderNotice("default", `You chose: ${title}`, "The answer is below."),
      isNews: false,
    };
  return {
    kind: "continues",
    card: renderNotice("accent", `You chose: ${title}`, "The answer follows below."),
    resume: { kind: "choice", parentTurnId: turnId, agentId: chosen.agentId, intent: chosen.intent },
    text: turn.text,
  };
}

/** The requester says that another agent should have answered: the other candidates are offered at once. */
async function wrongAgent(ports: BotPorts, incoming: Incoming, turnId: string): Promise<CardResult> {
  const turn = await ownTurn(ports, incoming, turnId);
  if ("kind" in turn) return turn;
  const routing = await routingOf(ports, turn);
  await appendAudit(ports.pool, {
    tenantId: ports.tenantId,
    kind: "turn.wrong-agent",
    actor: incoming.personId,
    turnId,
    data: { agentId: turn.agentId, intent: turn.intent },
  });
  const card = renderClarify(
    routing?.candidates ?? [],
    turn.parentTurnId !== null && turn.routing === null ? turn.parentTurnId : turnId,
    "wrong-agent",
    turn,
  );
  return postBelow(ports, incoming, { kind: "card", card, isNews: true });
}

async function feedback(
  ports: BotPorts,
  incoming: Incoming,
  turnId: string,
  value: "up" | "down",
): Promise<CardResult> {
  const turn = await ownTurn(ports, incoming, turnId);
  if ("kind" in turn) return turn;
  await appendAudit(ports.pool, {
    tenantId: ports.tenantId,
    kind: "turn.feedback",
    actor: incoming.personId,
    turnId,
    data: { value, agentId: turn.agentId, agentVersion: turn.agentVersion, intent: turn.intent },
  });
  return { kind: "said", text: value === "up" ? "Thank you." : "Thank you. “Wrong agent?” finds another one." };
}

/** The routing that a turn rests on: its own, or that of the turn which it continues. */
async function routingOf(ports: BotPorts, turn: TurnRecord): Promise<RoutingDecision | null> {
  let current: TurnRecord | undefined = turn;
  for (let depth = 0; depth < 5 && current !== undefined; depth++) {
    if (current.routing !== null) return current.routing;
    current =
      current.parentTurnId === null ? undefined : await loadTurn(ports.pool, ports.tenantId, current.parentTurnId);
  }
  return null;
}

async function ownTurn(ports: BotPorts, incoming: Incoming, turnId: string): Promise<TurnRecord | CardResult> {
  const turn = await loadTurn(ports.pool, ports.tenantId, turnId);
  if (turn === undefined) return refused(404, "NotFound", "I do not know that question any more", "Please ask again.");
  if (turn.personId !== incoming.personId)
    return refused(403, "NotYours", "This is somebody else's question", "Ask me yourself, and the buttons are yours.");
  return turn;
}
