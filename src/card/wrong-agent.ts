import { z } from "zod";
import type { AgentRecord } from "../registry/agent-record.ts";
import type { Candidate } from "../routing/router.ts";
import { choicesOf } from "./clarify.ts";
import { Choice, capital, intentName } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, visible } from "./text.ts";

const WrongAgentCard = z.strictObject({
  speak: z.string(),
  text: z.string(),
  turnId: z.uuid(),
  clusterId: z.string(),
  choices: z.array(Choice).max(4),
  label: z.string(),
  others: z.array(z.strictObject({ title: z.string(), value: z.string() })),
  hint: z.string(),
});
const expand = cardTemplate("wrong-agent", WrongAgentCard);

/** The turn that is corrected, and who answered it. */
export type Corrected = { turnId: string; agentId: string; intent: string; agentName: string };

/**
 * Asks who should have answered: the likeliest as buttons, the rest of the fleet in a list.
 * @param candidates as they stand in the routing decision of the words
 */
export function renderWrongAgent(
  corrected: Corrected,
  candidates: readonly Candidate[],
  fleet: readonly AgentRecord[],
): Card {
  const { turnId, agentName, ...answered } = corrected;
  const choices = choicesOf(candidates, answered);
  const others = (most: number) =>
    fleet
      .flatMap(({ agent_id: agentId, display_name, intent_patterns }) =>
        intent_patterns.map(({ intent_label: intent }) => ({ agentId, display_name, intent })),
      )
      .filter(({ agentId, intent }) => agentId !== answered.agentId || intent !== answered.intent)
      .slice(0, most)
      .map(({ agentId, display_name, intent }) => ({
        title: visible(cut(`${capital(intentName(intent))} (${display_name})`, 80)),
        value: `${agentId}/${intent}`,
      }));
  const card = (most: number) => () =>
    expand({
      speak: "Who should have answered?",
      text: `${brief(agentName)} answered as “${brief(intentName(answered.intent))}”. Choose the right one, and it takes your question at once.`,
      turnId,
      clusterId: candidates[0]?.clusterId ?? "",
      choices,
      label: choices.length > 0 ? "Or somebody else of the fleet" : "Somebody else of the fleet",
      others: others(most),
      hint: "Whoever answers for the agent reads what you choose, and decides whether I learn from it.",
    });
  return fitting(card(120), card(40), card(0));
}
