import { type Calibration, probabilityOf } from "./calibrate.ts";
import { type Features, FULL_LENGTH, featuresOf, type Look, type Vocabulary } from "./features.ts";
import { type Linear, scoresAmong, scoresOf } from "./linear.ts";
import { type Nearest, nearestIn, type Remembered } from "./nearest.ts";
import { type Sparse, sparseScores, sparseWeight } from "./sparse.ts";
import { type Terms, termsOf } from "./terms.ts";

/** What the model makes of a text. */
export type Judgement = {
  /** P(any of the intents) */
  inScope: number;
  /** P(this intent is meant) for those that came into question: P(in scope) × P(right, given that it is in scope); likeliest first */
  intents: { label: number; score: number }[];
  /** of the documents that stand for the likeliest, the one that is nearest to the text */
  nearest: number | undefined;
  /** the words of the text that speak for an intent, strongest first, five at most */
  wordsFor(label: number): string[];
};
export type Model = {
  /** Reads a text once; it can be judged several times. */
  read(text: string): Reading;
};
export type Reading = {
  /** @param among the intents that come into question, one at least */
  judge(among: readonly number[]): Judgement;
};

/** Texts as they were learnt: the vocabulary, the weights, and the utterances themselves. Plain data. */
export type Learnt = { vocabulary: Vocabulary; linear: Linear | Sparse; remembered: Remembered };
/** What training leaves behind: plain data, which another process can hand over. */
export type Trained = Learnt & { scope: Calibration; right: Calibration };

export function modelOf({ scope, right, ...learnt }: Trained): Model {
  const looker = lookerOf(learnt);
  const judge = (text: string, { label, nearest, odds, forScope, forRight }: Signals): Judgement => {
    const inScope = probabilityOf(scope, forScope);
    const surely = probabilityOf(right, forRight);
    const [first] = odds;
    const left = Math.max(1e-12, 1 - (first?.odd ?? 1));
    // What the likeliest leaves is divided among the others.
    const intents = odds.map((one) => ({
      label: one.label,
      score: inScope * (one.label === label ? surely : ((1 - surely) * one.odd) / left),
    }));
    return { inScope, intents, nearest, wordsFor: (wanted) => looker.wordsFor(wanted, text) };
  };
  return {
    read(text) {
      const look = looker.look(termsOf(text));
      return { judge: (among) => judge(text, looker.at(look, among)) };
    },
  };
}

/** What a text looks like to what was learnt, before anybody says how sure that is. */
export type Signals = {
  /** the likeliest intent */
  label: number;
  /** P(this intent) as the scores alone have it, likeliest first, ODDS at most */
  odds: { label: number; odd: number }[];
  nearest: number | undefined;
  /** each can only speak for "it is in scope", and for "the likeliest is right" */
  forScope: number[];
  forRight: number[];
};
export type Looker = {
  look(terms: Terms): Look;
  at(look: Look, among: readonly number[]): Signals;
  wordsFor(label: number, text: string): string[];
};

/** A greater lead over the second says no more than this one. */
const MOST_MARGIN = 20;
const MOST_WORDS = 5;

export function lookerOf({ vocabulary, linear, remembered }: Learnt): Looker {
  const features = featuresOf(vocabulary);
  const nearestTo = nearestIn(remembered, features.size);
  const spread = new Float32Array(linear.kind === "sparse" ? features.size : 0);
  // The last class is "none of the intents".
  const none = linear.classes - 1;
  const scoresFor = (look: Look, among: readonly number[]): Float64Array => {
    if (linear.kind === "sparse") return sparseScores(linear, look, [...among, none], spread);
    const isEveryOne = among.length === none && among.every((label, at) => label === at);
    return isEveryOne ? scoresOf(linear, look) : scoresAmong(linear, look, [...among, none]);
  };
  return {
    look: features.look,
    at: (look, among) => signalsOf(look, scoresFor(look, among), among, nearestTo),
    wordsFor: (label, text) => wordsFor(features, linear, label, text),
  };
}

/** @param scores of those that come into question, in their order, and of "none of them" */
function signalsOf(
  look: Look,
  scores: Float64Array,
  among: readonly number[],
  nearestTo: (label: number, look: Look) => Nearest,
): Signals {
  const noneScore = scores[among.length] ?? 0;
  let at = 0;
  let second = Number.NEGATIVE_INFINITY;
  for (let k = 1; k < among.length; k += 1) {
    const score = scores[k] ?? 0;
    if (score > (scores[at] ?? 0)) {
      second = scores[at] ?? 0;
      at = k;
    } else if (score > second) second = score;
  }
  const label = among[at] ?? 0;
  const first = scores[at] ?? 0;
  const margin = Math.min(first - second, MOST_MARGIN);
  const odds = oddsOf(scores, first, among);
  const { document: nearest, similarity } = nearestTo(label, look);
  const nearness = similarity / FULL_LENGTH;
  return {
    ...{ label, odds, nearest },
    forScope: [margin, first * look.coverage, first - noneScore, nearness],
    forRight: [margin, odds[0]?.odd ?? 0, nearness],
  };
}

/** Further ones are of no use to anybody. */
const ODDS = 12;
/** Odds below this part of the best are none. */
const NO_ODDS = 1e-6;

function oddsOf(scores: Float64Array, highest: number, among: readonly number[]): { label: number; odd: number }[] {
  let sum = 0;
  const some: { label: number; odd: number }[] = [];
  for (let k = 0; k < among.length; k += 1) {
    const odd = Math.exp((scores[k] ?? 0) - highest);
    sum += odd;
    if (odd > NO_ODDS) some.push({ label: among[k] ?? 0, odd });
  }
  some.sort((a, b) => b.odd - a.odd || a.label - b.label);
  return some.slice(0, ODDS).map(({ label, odd }) => ({ label, odd: odd / sum }));
}

function wordsFor(features: Features, linear: Linear | Sparse, label: number, text: string): string[] {
  const found = new Map<string, number>();
  for (const word of text.split(" ")) {
    const index = word === "" ? undefined : features.indexOfWord(word);
    if (index === undefined) continue;
    const weight =
      linear.kind === "sparse"
        ? sparseWeight(linear, label, index)
        : (linear.weights[index * linear.classes + label] ?? 0);
    if (weight > 0) found.set(word, weight);
  }
  const strongest = [...found].sort(([, a], [, b]) => b - a).slice(0, MOST_WORDS);
  return strongest.map(([word]) => word);
}
