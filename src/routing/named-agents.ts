import type { AgentRecord } from "../registry/agent-record.ts";
import { sameWords } from "../registry/same-words.ts";

/** What people say around a name when they say nothing else. */
const AROUND: ReadonlySet<string> = new Set(
  `a agent agents am an and ask assistant bot call can chat connect could for get give go hello hey hi i id is like look me my
  need now of open or ok please pls plz show some speak start switch take talk tell thanks thank that the this to try up use via
  want wants with would you your`.split(/\s+/),
);

/** Whoever says more says what they want. */
const LONGEST = 300;

/**
 * The agents whom a text names without a word of what they should do, longest name first; none where the words are registered,
 * since then people have said what they mean. Pure.
 */
export function namedAgents(text: string, agents: readonly AgentRecord[]): AgentRecord[] {
  if (text.length > LONGEST) return [];
  const words = ` ${sameWords(text)} `;
  const byLength = agents
    .map((agent) => ({ agent, name: sameWords(agent.display_name) }))
    .sort((a, b) => b.name.length - a.name.length);
  const named: AgentRecord[] = [];
  let rest = words;
  for (const { agent, name } of byLength) {
    if (!rest.includes(` ${name} `)) continue;
    named.push(agent);
    // The blanks stay, so that what stood left and right does not grow together.
    while (rest.includes(` ${name} `)) rest = rest.replace(` ${name} `, "  ");
  }
  if (named.length === 0 || !rest.split(" ").every((word) => word === "" || AROUND.has(word))) return [];
  return isRegistered(words.trim(), agents) ? [] : named;
}

function isRegistered(words: string, agents: readonly AgentRecord[]): boolean {
  return agents.some(({ intent_patterns }) =>
    intent_patterns.some(({ example_utterances }) => example_utterances.some((one) => sameWords(one) === words)),
  );
}
