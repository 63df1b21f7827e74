import type { AgentRecord } from "../../registry/agent-record.ts";

/** Agents of the same cluster know the same systems and people. */
const SAME_CLUSTER = 1.5;
/** Below this two agents share no more than words that everybody uses. */
const LEAST_ALIKE = 0.03;

/**
 * Who might do an agent's work: whoever is asked for it in the most similar words, preferably in the same cluster. Words count
 * for more the fewer agents they are said to.
 */
export function successorsIn(agents: readonly AgentRecord[]): (record: AgentRecord) => AgentRecord | undefined {
  const words = new Map(agents.map((agent) => [agent.agent_id, wordsOf(agent)]));
  const usedBy = new Map<string, number>();
  for (const own of words.values()) for (const word of own) usedBy.set(word, (usedBy.get(word) ?? 0) + 1);
  const weight = (word: string): number => Math.log(agents.length / (usedBy.get(word) ?? agents.length)) ** 2;
  const size = (own: Iterable<string>): number => [...own].reduce((sum, word) => sum + weight(word), 0);
  return (record) => {
    const own = words.get(record.agent_id) ?? wordsOf(record);
    let best: { agent: AgentRecord; score: number } | undefined;
    for (const agent of agents) {
      if (agent.agent_id === record.agent_id || agent.status !== "active") continue;
      // Whoever ends before is no replacement.
      if (agent.deprecation_date < record.deprecation_date) continue;
      const theirs = words.get(agent.agent_id) ?? new Set();
      const shared = size([...own].filter((word) => theirs.has(word)));
      const cosine = shared / (Math.sqrt(size(own) * size(theirs)) || 1);
      const score = cosine * (agent.cluster_id === record.cluster_id ? SAME_CLUSTER : 1);
      if (score >= LEAST_ALIKE && score > (best?.score ?? 0)) best = { agent, score };
    }
    return best?.agent;
  };
}

function wordsOf({ intent_patterns: intents }: AgentRecord): Set<string> {
  const texts = intents.flatMap(({ intent_label, description, example_utterances }) => [
    intent_label,
    description,
    ...example_utterances,
  ]);
  return new Set(texts.flatMap((text) => text.toLowerCase().match(/\p{L}{3,}/gu) ?? []));
}
