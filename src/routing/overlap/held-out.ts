import type { AgentRecord } from "../../registry/agent-record.ts";
import { createRegistry } from "../../registry/registry.ts";
import { type IntentName, routableIntents } from "../intent-name.ts";
import { lessonsOf } from "../lessons.ts";
import { createNormaliser, type Entities } from "../normalise.ts";
import { learnAll } from "../recogniser/learn.ts";
import type { Trained } from "../recogniser/model.ts";
import { OUTSIDE } from "../recogniser/sureness.ts";
import { createRouter, type RoutingDecision } from "../router.ts";

/** A registered utterance, and what a router makes of it that has not learnt it. */
export type HeldOut = {
  text: string;
  intent: IntentName;
  /** the likeliest; undefined: nothing came into question */
  taken: IntentName | undefined;
  score: number;
  /** it would have been served */
  isServed: boolean;
};

const FOLDS = 4;
/** Any does: the same one gives the same folds every time. */
const SEED = 1;

/**
 * Every utterance is held out once: in each of the folds the product's router works with what is learnt without the utterances
 * of this fold, as sure as the whole model may be. Every intent gives some to each.
 * @param whole the model of the whole fleet
 */
export async function judgeHeldOut(
  agents: readonly AgentRecord[],
  entities: Entities,
  whole: Trained,
): Promise<HeldOut[]> {
  const normalise = createNormaliser(entities);
  const judged: HeldOut[] = [];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const rest = createRegistry(agents.map((agent) => without(agent, fold)));
    const { lessons } = lessonsOf(rest.agents, normalise, { seed: SEED, outside: OUTSIDE });
    const models = { load: async () => ({ ...whole, ...learnAll(lessons) }), save: async () => {} };
    const router = await createRouter(rest, { entities, models });
    for (const { name: intent, utterances } of routableIntents(agents))
      for (const text of utterances.filter((_, i) => i % FOLDS === fold))
        judged.push({ text, intent, ...takenOf(await router.route(text)) });
  }
  return judged;
}

function without(agent: AgentRecord, fold: number): AgentRecord {
  const patterns = agent.intent_patterns.map((pattern) => ({
    ...pattern,
    example_utterances: pattern.example_utterances.filter((_, i) => i % FOLDS !== fold),
  }));
  return { ...agent, intent_patterns: patterns };
}

function takenOf({ chosen, candidates, outcome }: RoutingDecision): Pick<HeldOut, "taken" | "score" | "isServed"> {
  const best = chosen ?? candidates[0];
  return {
    taken: best && { cluster: best.clusterId, agent: best.displayName, intent: best.intent },
    score: best?.score ?? 0,
    isServed: outcome === "serve",
  };
}
