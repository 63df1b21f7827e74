import type { AgentRecord } from "../../registry/agent-record.ts";
import type { GoldenLine } from "./lines.ts";

/** A golden line that the router was trained with: it measures nothing. */
export type Registered = { line: number; text: string; as: string };

/** Pure. Texts are compared as the router reads them: another customer's name is no other sentence. */
export function findRegistered(
  lines: readonly GoldenLine[],
  agents: readonly AgentRecord[],
  normalise: (text: string) => string,
): Registered[] {
  const taught = new Map<string, string>();
  for (const { display_name, intent_patterns, counter_examples = [] } of agents) {
    for (const { intent_label, example_utterances } of intent_patterns)
      for (const text of example_utterances)
        taught.set(normalise(text), `utterance of ${display_name} / ${intent_label}`);
    for (const text of counter_examples) taught.set(normalise(text), `counter-example of ${display_name}`);
  }
  return lines.flatMap(({ line, text }) => {
    const as = taught.get(normalise(text));
    return as === undefined ? [] : [{ line, text, as }];
  });
}
