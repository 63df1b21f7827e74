import { appendAudit } from "../audit/store.ts";
import type { CardAction } from "../card/card-action.ts";
import { renderChooseCluster } from "../card/clarify.ts";
import { renderNotice } from "../card/notice.ts";
import { approveBatch, previewBatch } from "./batch.ts";
import type { CardResult } from "./card-result.ts";
import { choose } from "./choose.ts";
import { correctAgent, wrongAgent } from "./correct-agent.ts";
import { correctionsFor, decideOnCorrection, openCorrection } from "./corrections.ts";
import { decideOn } from "./decide.ts";
import { dutiesOf } from "./duties.ts";
import { showAgent, showFleet } from "./fleet.ts";
import { moveHandoffOn } from "./handoffs.ts";
import { answerOnIncident } from "./incidents.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { explain } from "./lineage.ts";
import { requestsOf, waitingOn } from "./lists.ts";
import { onMemoryCard } from "./memory/on-memory-card.ts";
import { openDuty } from "./open-duty.ts";
import { openRun, operate } from "./operate.ts";
import { ownTurn } from "./own-turn.ts";
import { postBelow } from "./post-below.ts";
import { answer, openApproval, openQuestion } from "./questions.ts";
import { reportPage } from "./reports.ts";
import { answerOnReview } from "./reviews.ts";
import { acknowledgeSunset } from "./sunsets.ts";
import { nameOnVacancy } from "./vacancies.ts";

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
      return postBelow(ports, incoming, await wrongAgent(ports, incoming, action.turnId));
    case "turn.correct":
      return correctAgent(ports, incoming, action);
    case "correction.approve": {
      const { correctionId: groupId, utterance } = action;
      return decideOnCorrection(ports, incoming, groupId, { verb: "approve", utterance });
    }
    case "correction.decline":
      return decideOnCorrection(ports, incoming, action.correctionId, { verb: "decline", why: action.reason });
    case "correction.open":
      return openCorrection(ports, incoming, action.correctionId);
    case "review.done":
      return answerOnReview(ports, incoming, action.reviewId, { verb: "reviewed" });
    case "review.extend": {
      const { reviewId, until, reason: why } = action;
      return answerOnReview(ports, incoming, reviewId, { verb: "extend", until, why });
    }
    case "review.deprecate":
      return answerOnReview(ports, incoming, action.reviewId, { verb: "deprecate" });
    case "incident.acknowledge":
      return answerOnIncident(ports, incoming, action.incidentId, { verb: "acknowledge" });
    case "incident.return":
      return answerOnIncident(ports, incoming, action.incidentId, { verb: "return", why: action.reason });
    case "sunset.acknowledge":
      return acknowledgeSunset(ports, incoming, action.sunsetId);
    case "vacancy.name":
      return nameOnVacancy(ports, incoming, action.vacancyId, action.owner);
    case "duty.open":
      return openDuty(ports, incoming, action);
    case "memory.page":
    case "memory.opt-in":
    case "memory.decline":
    case "memory.opt-out":
    case "memory.confirm":
    case "memory.correct":
    case "memory.forget":
    case "memory.search":
    case "memory.export":
    case "memory.release":
    case "memory.delete":
      return onMemoryCard(ports, incoming, action);
    case "turn.feedback":
      return feedback(ports, incoming, action.turnId, action.value);
    case "turn.why":
      return postBelow(ports, incoming, await explain(ports, incoming, { turnId: action.turnId }));
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
    case "fleet.show": {
      const { cluster, status, page } = action;
      return showFleet(ports, incoming, { cluster, status, page });
    }
    case "fleet.page":
      return showFleet(ports, incoming, { cluster: action.of, status: action.in, page: action.page });
    case "fleet.agent":
      return postBelow(ports, incoming, await showAgent(ports, incoming, action.agentId));
    case "report.page":
      return reportPage(ports, incoming, action);
    case "inbox.page":
      return lists[action.list](ports, incoming, action.page);
  }
}

const lists = { approvals: waitingOn, requests: requestsOf, corrections: correctionsFor, reviews: dutiesOf };

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
