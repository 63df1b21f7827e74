import type { Look } from "./features.ts";
import { FULL_LENGTH } from "./features.ts";
import type { Nearest } from "./nearest.ts";

/** What speaks for which intent in a text. Plain data. */
export type Evidence = {
  /** the likeliest intents by score, best first, with what they scored */
  labels: number[];
  scores: number[];
  /** the score of "none of the intents" */
  none: number;
  /** which share of the text was ever seen, 0 to 1 */
  coverage: number;
  /** of the utterances of the likeliest, the one nearest to the text: its document, and the cosine */
  nearest: number | undefined;
  nearness: number;
  /** which share of the text the utterances of the likeliest know, 0 to 1 */
  known: number;
  /** how much the text tells at all: the sum of its words' inverse document frequencies */
  told: number;
};

/** Numbers that tell how sure it is. Each can only speak for "it is in scope", and for "the likeliest is right". */
export type Signals = {
  forScope: number[];
  forRight: number[];
};

/** Further ones are of no use to anybody. */
const MOST_LABELS = 12;
/** About three words that matter: who says more is not any clearer. */
export const ENOUGH_TOLD = 12;
/** A greater lead over the second says no more than this one. */
export const MOST_MARGIN = 20;

/**
 * @param scores of those that come into question, in their order, and of "none of them"
 * @param also of these the scores are wanted even where they are low
 */
export function evidenceOf(
  look: Look,
  scores: Float64Array,
  among: readonly number[],
  nearestTo: (label: number, look: Look) => Nearest,
  knownTo: (label: number, look: Look) => number,
  also: ReadonlySet<number> = new Set(),
): Evidence {
  const order = bestOf(scores, among.length);
  const wanted = order.slice(0, MOST_LABELS);
  if (also.size > 0)
    among.forEach((label, at) => {
      if (also.has(label) && !wanted.includes(at)) wanted.push(at);
    });
  const labels = wanted.map((at) => among[at] ?? 0);
  const { document: nearest, similarity } = nearestTo(labels[0] ?? 0, look);
  return {
    labels,
    scores: wanted.map((at) => scores[at] ?? 0),
    none: Math.max(...scores.subarray(among.length)),
    coverage: look.coverage,
    told: look.words.told.reduce((sum, told) => sum + told, 0),
    nearest,
    nearness: similarity / FULL_LENGTH,
    known: knownTo(labels[0] ?? 0, look),
  };
}

/** The places of the greatest of the first `count` scores, best first; equal ones in their order. */
function bestOf(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const score = scores[at] ?? 0;
    if (best.length === MOST_LABELS && score <= (scores[best[MOST_LABELS - 1] ?? 0] ?? 0)) continue;
    let place = Math.min(best.length, MOST_LABELS - 1);
    for (; place > 0 && (scores[best[place - 1] ?? 0] ?? 0) < score; place -= 1) best[place] = best[place - 1] ?? 0;
    best[place] = at;
  }
  return best;
}

export function signalsOf({ scores, none, coverage, nearness, known, told }: Evidence): Signals {
  const first = scores[0] ?? 0;
  const margin = Math.min(first - (scores[1] ?? Number.NEGATIVE_INFINITY), MOST_MARGIN);
  return {
    forScope: [margin, first * coverage, first - none, nearness, known, Math.min(told, ENOUGH_TOLD)],
    forRight: [margin, oddsOf(scores)[0] ?? 0, nearness],
  };
}

/** P(this one) as the scores alone have it (softmax). */
export function oddsOf(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
