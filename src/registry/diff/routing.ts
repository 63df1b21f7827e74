import type { AgentRecord } from "../agent-record.ts";
import { sameWords } from "../same-words.ts";
import type { Side } from "./pair.ts";

/** An intent of an agent, or its counter-examples (null). */
export type Place = { agentId: string; name: string; intent: string | null };
export type Routing = {
  intents: { added: Place[]; removed: Place[] };
  utterances: {
    added: (Place & { utterance: string })[];
    removed: (Place & { utterance: string })[];
    /** the same words mean something else now */
    moved: { utterance: string; from: Place; to: Place }[];
  };
};

/** What the router learns that it did not know, and forgets. Other capitals or signs are the same words. Pure. */
export function routingOf(before: readonly Side[], after: readonly Side[]): Routing {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const [intentsOld, intentsNow] = [intentsOf(before), intentsOf(after)];
  return {
    intents: { added: missingIn(intentsOld, intentsNow), removed: missingIn(intentsNow, intentsOld) },
    utterances: {
      added: missingIn(old, now),
      removed: missingIn(now, old),
      moved: [...now].flatMap(([words, { utterance, ...to }]) => {
        const was = old.get(words);
        if (was === undefined || (was.agentId === to.agentId && was.intent === to.intent)) return [];
        const { utterance: _, ...from } = was;
        return { utterance, from, to };
      }),
    },
  };
}

function missingIn<T>(there: ReadonlyMap<string, T>, here: ReadonlyMap<string, T>): T[] {
  return [...here].flatMap(([key, one]) => (there.has(key) ? [] : [one]));
}

function placesOf({ agent_id: agentId, display_name: name, ...record }: AgentRecord) {
  return [
    ...record.intent_patterns.map(({ intent_label: intent, example_utterances: utterances }) => ({
      place: { agentId, name, intent },
      utterances,
    })),
    { place: { agentId, name, intent: null }, utterances: record.counter_examples ?? [] },
  ];
}

function intentsOf(sides: readonly Side[]): Map<string, Place> {
  const places = sides.flatMap(({ record }) => placesOf(record).map(({ place }) => place));
  return new Map(places.flatMap((one) => (one.intent === null ? [] : [[`${one.agentId}/${one.intent}`, one]])));
}

function wordsOf(sides: readonly Side[]): Map<string, Place & { utterance: string }> {
  return new Map(
    sides.flatMap(({ record }) =>
      placesOf(record).flatMap(({ place, utterances }) =>
        utterances.map((utterance) => [sameWords(utterance), { ...place, utterance }] as const),
      ),
    ),
  );
}
