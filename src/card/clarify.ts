import { z } from "zod";
import type { Candidate } from "../routing/router.ts";
import { Choice, capital, clusterNames, intentName } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut } from "./text.ts";

const ClarifyCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  text: z.string(),
  turnId: z.uuid(),
  clusterId: z.string(),
  choices: z.array(Choice).max(4),
  hint: z.string(),
});
const expand = cardTemplate("clarify", ClarifyCard);

/** Asks which of the best candidates was meant: never guess (R2.3). One click continues the same turn. */
export function renderClarify(candidates: readonly Candidate[], turnId: string): Card {
  return expand({
    speak: "I am not sure what you mean. Which of these is it?",
    title: "I want to be sure before I do anything.",
    text: "Which of these do you mean?",
    turnId,
    clusterId: candidates[0]?.clusterId ?? "",
    choices: choicesOf(candidates),
    hint: "None of them? Say it in other words, with a name or a number such as INV-1042.",
  });
}

const ChooseClusterCard = z.strictObject({
  speak: z.string(),
  turnId: z.uuid(),
  choices: z.array(z.strictObject({ title: z.string(), clusterId: z.string() })),
});
const expandClusters = cardTemplate("choose-cluster", ChooseClusterCard);

/** Asks which people are wanted. */
export function renderChooseCluster(turnId: string): Card {
  const choices = Object.entries(clusterNames).map(([clusterId, title]) => ({ title, clusterId }));
  return expandClusters({ speak: "Who should take over?", turnId, choices });
}

/** The candidates as buttons; `choice` is their place in the recorded routing decision. */
export function choicesOf(candidates: readonly Candidate[], except?: { agentId: string; intent: string }): Choice[] {
  return candidates
    .map(({ displayName, intent, clusterId, agentId }, choice) => ({
      isExcepted: agentId === except?.agentId && intent === except.intent,
      choice: {
        title: cut(`${capital(intentName(intent))} (${displayName})`, 80),
        choice,
        tooltip: brief(clusterNames[clusterId] ?? clusterId),
      },
    }))
    .filter(({ isExcepted }) => !isExcepted)
    .slice(0, 4)
    .map(({ choice }) => choice);
}
