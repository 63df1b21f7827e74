import { renderNotice } from "../card/notice.ts";
import { capital, intentName } from "../card/shared.ts";
import { correct } from "../correction/correct.ts";
import type { Intent } from "../correction/correction.ts";
import { transaction } from "../store/pool.ts";
import { choiceTaken } from "../turn/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { ownTurn, type RoutedTurn, routedTurn } from "./own-turn.ts";

/** A click on one of the choices: the turn goes on with its own text and the chosen agent. */
export async function choose(ports: BotPorts, incoming: Incoming, turnId: string, choice: number): Promise<CardResult> {
  const turn = await ownTurn(ports, incoming, turnId);
  if ("kind" in turn) return turn;
  const routed = await routedTurn(ports, turn);
  const chosen = routed?.routing.candidates[choice];
  if (routed === undefined || chosen === undefined) return noSuchChoice;
  const gone = whyGone(ports, chosen);
  if (gone !== undefined) return gone;
  // The router asked, and was told: that is worth keeping, though nothing was wrong.
  if (routed.agentId === null) {
    const { personId } = incoming;
    const { candidates, registryVersion } = routed.routing;
    await transaction(ports.pool, (tx) =>
      correct(
        tx,
        ports,
        {
          ...{ kind: "choice", turnId: routed.turnId, personId, said: routed.text, registryVersion },
          ...{ answered: null, chosen: intentOf(chosen), score: candidates[0]?.score ?? 0 },
        },
        null,
      ),
    );
  }
  return goOnWith(ports, routed, chosen, "");
}

export const noSuchChoice = refused(
  400,
  "NoSuchChoice",
  "That choice does not exist",
  "Please ask again in a new message.",
);

/** What to answer where an agent or its intent is not in service any more; undefined where it is. */
export function whyGone({ registry, agentName }: BotPorts, { agentId, intent }: Intent): CardResult | undefined {
  const agent = registry.byId.get(agentId);
  const serves = agent?.status === "active" || agent?.status === "degraded";
  if (serves && agent.intent_patterns.some(({ intent_label }) => intent_label === intent)) return undefined;
  const hint = "Choose another one, or type “talk to a human”. Nothing was changed.";
  return refused(409, "AgentGone", `${agentName(agentId)} is not in service for this any more`, hint);
}

/** The same words, answered by somebody else. @param also said below the choice on the card that was clicked */
export async function goOnWith(
  ports: BotPorts,
  { turnId, text }: RoutedTurn,
  chosen: Intent,
  also: string,
): Promise<CardResult> {
  const { agentId, intent } = chosen;
  const title = `You chose: ${capital(intentName(intent))} (${ports.agentName(agentId)})`;
  const told = (where: string): string => (also === "" ? where : `${where} ${also}`);
  if (await choiceTaken(ports.pool, ports.tenantId, turnId, agentId, intent))
    return { kind: "card", card: renderNotice("default", title, told("The answer is below.")), isNews: false };
  return {
    kind: "continues",
    card: renderNotice("accent", title, told("The answer follows below.")),
    resume: { kind: "choice", parentTurnId: turnId, agentId, intent },
    text,
  };
}

function intentOf({ agentId, intent }: Intent): Intent {
  return { agentId, intent };
}
