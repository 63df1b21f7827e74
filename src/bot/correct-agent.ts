import { appendAudit } from "../audit/store.ts";
import type { CardAction } from "../card/card-action.ts";
import { renderNotice } from "../card/notice.ts";
import { renderWrongAgent } from "../card/wrong-agent.ts";
import { correct } from "../correction/correct.ts";
import { type Intent, isSameIntent } from "../correction/correction.ts";
import { operateRun } from "../run/operate.ts";
import type { RunStatus } from "../run/run.ts";
import { runOfTurn } from "../run/store.ts";
import { transaction } from "../store/pool.ts";
import { clearExpectation, loadExpectation, recentTurns, type TurnRecord, turnByCode } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import { goOnWith, noSuchChoice, whyGone } from "./choose.ts";
import { settleChoice } from "./handle-turn.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { ownTurn, type RoutedTurn, routedTurn } from "./own-turn.ts";

const nothingToCorrect = refused(
  409,
  "NothingToCorrect",
  "No agent answered that by the router's choice",
  "Type “why” and its code to see how it came about.",
);

const hasAnswered = refused(
  409,
  "HasAnswered",
  "That one has answered already",
  "Choose another one. Nothing was changed.",
);

/** The requester says that another agent should have answered: all others are offered at once. */
export async function wrongAgent(ports: BotPorts, incoming: Incoming, turnId: string): Promise<CardResult> {
  const corrected = await correctedTurn(ports, incoming, turnId);
  if ("kind" in corrected) return corrected;
  const { turn, routed, answered } = corrected;
  await appendAudit(ports.pool, {
    ...{ tenantId: ports.tenantId, kind: "turn.wrong-agent", actor: incoming.personId, turnId },
    data: answered,
  });
  const fleet = ports.registry.agents.filter(({ status }) => status === "active" || status === "degraded");
  const agentName = ports.agentName(answered.agentId);
  const card = renderWrongAgent({ turnId: turn.turnId, ...answered, agentName }, routed.routing.candidates, fleet);
  const about = { kind: "turn", id: routed.turnId, view: "clarify wrong agent", version: 1 } as const;
  return { kind: "card", card, isNews: true, about };
}

/** "wrong agent", or "wrong agent 7Q2K" */
export async function wrongAgentByCode(ports: BotPorts, incoming: Incoming, code: string): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const [latest] =
    code === "" ? await recentTurns(pool, tenantId, incoming.place.conversationId, incoming.personId) : [];
  const turn = code === "" ? latest : await turnByCode(pool, tenantId, code);
  if (turn === undefined)
    return refused(404, "NotFound", "I know nothing under that code", "The code stands below each answer.");
  return wrongAgent(ports, incoming, turn.turnId);
}

/** Somebody says who should have answered: kept for whoever answers for that agent, and tried at once. */
export async function correctAgent(
  ports: BotPorts,
  incoming: Incoming,
  wish: Extract<CardAction, { verb: "turn.correct" }>,
): Promise<CardResult> {
  const corrected = await correctedTurn(ports, incoming, wish.turnId);
  if ("kind" in corrected) return corrected;
  const { turn, routed, answered } = corrected;
  const chosen = chosenOf(wish, routed);
  if (chosen === undefined) return noSuchChoice;
  if (isSameIntent(chosen, answered)) return hasAnswered;
  const gone = chosen === null ? undefined : whyGone(ports, chosen);
  if (gone !== undefined) return gone;
  const withdrawn = await withdraw(ports, incoming, turn);
  await keep(ports, incoming, corrected, chosen);
  ports.wake();
  if (chosen !== null) return goOnWith(ports, routed, chosen, withdrawn);
  const owner = ports.directory.byId(ports.ownerOf(answered.agentId))?.name ?? "Whoever answers for it";
  const told = `${owner} decides whether ${ports.agentName(answered.agentId)} learns to leave this alone. ${withdrawn} Say it in other words, or type “talk to a human”.`;
  return { kind: "card", card: renderNotice("accent", "None of these: I have noted it", told), isNews: true };
}

type Corrected = { turn: TurnRecord; routed: RoutedTurn; answered: Intent };

/** The turn whose answer is doubted, the words that were routed, and who answered them. */
async function correctedTurn(ports: BotPorts, incoming: Incoming, turnId: string): Promise<Corrected | CardResult> {
  const turn = await ownTurn(ports, incoming, turnId);
  if ("kind" in turn) return turn;
  const routed = await routedTurn(ports, turn);
  const { agentId, intent } = turn;
  if (routed === undefined || routed.personId !== incoming.personId || agentId === null || intent === null)
    return nothingToCorrect;
  return { turn, routed, answered: { agentId, intent } };
}

/** @returns null for none of the fleet; undefined where there is no such choice */
function chosenOf(
  { choice, other }: Extract<CardAction, { verb: "turn.correct" }>,
  { routing }: RoutedTurn,
): Intent | null | undefined {
  if (choice === "none") return null;
  if (choice === "other") {
    const [agentId = "", intent = ""] = other.split("/");
    return intent === "" ? undefined : { agentId, intent };
  }
  const candidate = routing.candidates[choice];
  return candidate && { agentId: candidate.agentId, intent: candidate.intent };
}

/** One transaction: what was said, the card that is used up, and that nobody waits for a detail of the wrong agent any more. */
async function keep(
  ports: BotPorts,
  incoming: Incoming,
  { turn, routed, answered }: Corrected,
  chosen: Intent | null,
): Promise<void> {
  const { tenantId } = ports;
  const { conversationId } = turn;
  const { agentId, intent } = routed;
  // The router's own answer is what it can learn from, whoever was tried after it.
  const served = agentId === null || intent === null ? null : { agentId, intent };
  const { candidates, registryVersion } = routed.routing;
  const doubted = served ?? answered;
  const score = (candidates.find((one) => isSameIntent(one, doubted)) ?? candidates[0])?.score ?? 0;
  await transaction(ports.pool, async (tx) => {
    const said = { turnId: routed.turnId, personId: incoming.personId, said: routed.text, score, registryVersion };
    await correct(tx, ports, { ...said, kind: "wrong-agent", answered: doubted, chosen }, served);
    await settleChoice(tx, ports, routed.turnId, chosen === null ? "None of these." : "The answer is below.");
    const awaits = await loadExpectation(tx, tenantId, conversationId, incoming.personId);
    if (awaits?.turnId === turn.turnId) await clearExpectation(tx, tenantId, conversationId, incoming.personId);
  });
}

const begun: readonly RunStatus[] = ["cleared", "acting", "completed", "partly-done", "needs-check"];

/** What the wrong agent proposed must not be done beside what the right one does. @returns what became of it, in words */
async function withdraw(ports: BotPorts, incoming: Incoming, turn: TurnRecord): Promise<string> {
  const run = await runOfTurn(ports.pool, ports.tenantId, turn.turnId);
  if (run === undefined) return "";
  const operator = { person: incoming.person, id: incoming.personId };
  const wish = { type: "cancel", why: "another agent was meant" } as const;
  const { outcome } = await operateRun(ports, operator, run.runId, wish);
  if (outcome === "done") return `What had been proposed as ${run.code} is withdrawn.`;
  return begun.includes(run.status)
    ? `What was begun as ${run.code} stands: “undo ${run.code}” takes back what was done.`
    : "";
}
