import { keyOf } from "../intent-name.ts";
import type { Alike } from "./alike.ts";
import type { HeldOut } from "./held-out.ts";

/** An utterance of one intent that is taken for the other. */
export type Taken = { text: string; from: string; to: string; score: number; isServed: boolean };

/** Two intents that overlap, by their keys in order. */
export type Overlap = {
  intents: [string, string];
  /** the surest first */
  taken: Taken[];
  /** the nearest first */
  alike: { texts: [string, string]; cosine: number }[];
  advice: "merge" | "sharpen";
  why: string;
};

/** So much of what both say, taken for the other in both directions, is one intent under two names. */
const ONE_INTENT = 0.25;

/**
 * Pure. What is taken for the other most often comes first.
 * @param heldOut every utterance of every intent
 */
export function overlapsOf(heldOut: readonly HeldOut[], alike: readonly Alike[]): Overlap[] {
  const sizes = new Map<string, number>();
  const pairs = new Map<string, Pick<Overlap, "intents" | "taken" | "alike">>();
  const pairOf = (a: string, b: string): Pick<Overlap, "taken" | "alike"> => {
    const intents: [string, string] = a < b ? [a, b] : [b, a];
    const key = intents.join("\n");
    const pair = pairs.get(key) ?? { intents, taken: [], alike: [] };
    pairs.set(key, pair);
    return pair;
  };
  for (const { text, intent, taken, score, isServed } of heldOut) {
    const from = keyOf(intent);
    sizes.set(from, (sizes.get(from) ?? 0) + 1);
    const to = taken && keyOf(taken);
    if (to !== undefined && to !== from) pairOf(from, to).taken.push({ text, from, to, score, isServed });
  }
  for (const { a, b, texts, cosine } of alike) pairOf(a, b).alike.push({ texts, cosine });
  return [...pairs.values()]
    .map(({ intents, taken, alike: similar }) => ({
      intents,
      taken: taken.sort((a, b) => b.score - a.score),
      alike: similar.sort((a, b) => b.cosine - a.cosine),
      ...adviceFor(intents, taken, sizes),
    }))
    .sort(
      (a, b) =>
        b.taken.length - a.taken.length ||
        b.alike.length - a.alike.length ||
        (a.intents.join("\n") < b.intents.join("\n") ? -1 : 1),
    );
}

function adviceFor(
  [a, b]: [string, string],
  taken: readonly Taken[],
  sizes: ReadonlyMap<string, number>,
): Pick<Overlap, "advice" | "why"> {
  const all = (sizes.get(a) ?? 0) + (sizes.get(b) ?? 0);
  const isBothWays = taken.some(({ from }) => from === a) && taken.some(({ from }) => from === b);
  if (isBothWays && taken.length / Math.max(1, all) >= ONE_INTENT)
    return {
      advice: "merge",
      why: `Merge them: ${taken.length} of their ${all} utterances are taken for the other, both ways. Where they must stay apart, write utterances that name what only one of them gives.`,
    };
  return {
    advice: "sharpen",
    why:
      taken.length > 0
        ? "Sharpen them: register more utterances that say these things in words that only their own intent has."
        : "Sharpen them: say one of each two utterances otherwise, or keep it in one place.",
  };
}
