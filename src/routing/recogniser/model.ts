import { type Calibration, probabilityOf } from "./calibrate.ts";
import { type Evidence, evidenceOf, oddsOf, signalsOf } from "./evidence.ts";
import { type Features, featuresOf, type Look, type Vocabulary } from "./features.ts";
import { knownShareIn } from "./known-share.ts";
import { isForeign, type Mix, type Opinion, signalsWith, silenced } from "./mix.ts";
import { nearestIn, type Remembered } from "./nearest.ts";
import { type Packed, packedScores, packedScoresAmong, packedWeight } from "./packed.ts";
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
  /** what it is so sure from */
  evidence: Evidence;
  /** the words of the text that speak for an intent, strongest first, five at most */
  wordsFor(label: number): string[];
};
export type Model = {
  /** Reads a text once; it can be judged several times. */
  read(text: string): Reading;
};
export type Reading = {
  /**
   * @param among the intents that come into question, one at least
   * @param opinion what another service finds alike, where one was asked and the model has learnt what that is worth
   */
  judge(among: readonly number[], opinion?: Opinion): Judgement;
};

/** Texts as they were learnt: the vocabulary, the weights, and the utterances themselves. Plain data. */
export type Learnt = { vocabulary: Vocabulary; linear: Packed | Sparse; remembered: Remembered };
/** How sure it may be: P(in scope) and P(right, given that). Plain data. */
export type Sureness = { scope: Calibration; right: Calibration };
/** How sure it may be with another service's opinion, and how that is added. */
export type Mixed = Sureness & { mix: Mix };
/** `heard`: with another service's opinion; `alone`: with nothing but that, for texts of which the model knows next to nothing. */
export type Calibrations = Sureness & { heard?: { together: Mixed; alone: Mixed } };
/** What training leaves behind: plain data, which another process can hand over. */
export type Trained = Learnt & Calibrations;

export function modelOf({ scope, right, heard, ...learnt }: Trained): Model {
  const looker = lookerOf(learnt);
  const judge = (text: string, look: Look, among: readonly number[], opinion: Opinion | undefined): Judgement => {
    const said = (evidence: Evidence, sureness: Sureness, signals: ReturnType<typeof signalsOf>): Judgement => {
      const inScope = probabilityOf(sureness.scope, signals.forScope);
      const surely = probabilityOf(sureness.right, signals.forRight);
      const odds = oddsOf(evidence.scores);
      const left = Math.max(1e-12, 1 - (odds[0] ?? 1));
      // What the likeliest leaves is divided among the others, of which none is likelier than it.
      const intents = evidence.labels.map((label, i) => ({
        label,
        score: inScope * (i === 0 ? surely : Math.min(surely, ((1 - surely) * (odds[i] ?? 0)) / left)),
      }));
      const { nearest } = evidence;
      return { inScope, intents, nearest, evidence, wordsFor: (wanted) => looker.wordsFor(wanted, text) };
    };
    if (opinion === undefined || heard === undefined) {
      const evidence = looker.at(look, among);
      return said(evidence, { scope, right }, signalsOf(evidence));
    }
    const all = [...new Set([...among, ...opinion.keys()])];
    const evidence = looker.at(look, all, new Set(opinion.keys()));
    const isAlone = isForeign(evidence, opinion);
    const by = isAlone ? heard.alone : heard.together;
    const signals = signalsWith(isAlone ? silenced(evidence) : evidence, opinion, by.mix);
    return said(signals.after, by, signals);
  };
  return {
    read(text) {
      const look = looker.look(termsOf(text));
      return { judge: (among, opinion) => judge(text, look, among, opinion) };
    },
  };
}

export type Looker = {
  look(terms: Terms): Look;
  /** @param also of these the scores are wanted even where they are low */
  at(look: Look, among: readonly number[], also?: ReadonlySet<number>): Evidence;
  wordsFor(label: number, text: string): string[];
};

const MOST_WORDS = 5;

export function lookerOf({ vocabulary, linear, remembered }: Learnt): Looker {
  const features = featuresOf(vocabulary);
  const nearestTo = keepLast(nearestIn(remembered));
  const knownTo = keepLast(knownShareIn(remembered));
  const spread = new Float32Array(linear.kind === "sparse" ? features.size : 0);
  // The last class is "none of the intents".
  const intents = remembered.first.length - 1;
  const nones = Array.from({ length: linear.classes - intents }, (_, i) => intents + i);
  const scoresFor = (look: Look, among: readonly number[]): Float64Array => {
    if (linear.kind === "sparse") return sparseScores(linear, look, [...among, ...nones], spread);
    const isEveryOne = among.length === intents && among.every((label, at) => label === at);
    return isEveryOne ? packedScores(linear, look) : packedScoresAmong(linear, look, [...among, ...nones]);
  };
  return {
    look: features.look,
    at: (look, among, also) => evidenceOf(look, scoresFor(look, among), among, nearestTo, knownTo, also),
    wordsFor: (label, text) => wordsFor(features, linear, label, text),
  };
}

/** A text is often judged twice, among few and among all, and its likeliest intent is then mostly the same. */
function keepLast<T>(of: (label: number, look: Look) => T): (label: number, look: Look) => T {
  let last: { label: number; look: Look; result: T } | undefined;
  return (label, look) => {
    if (last?.label !== label || last.look !== look) last = { label, look, result: of(label, look) };
    return last.result;
  };
}

function wordsFor(features: Features, linear: Packed | Sparse, label: number, text: string): string[] {
  const found = new Map<string, number>();
  for (const word of text.split(" ")) {
    const index = word === "" ? undefined : features.indexOfWord(word);
    if (index === undefined) continue;
    const weight = linear.kind === "sparse" ? sparseWeight(linear, label, index) : packedWeight(linear, label, index);
    if (weight > 0) found.set(word, weight);
  }
  const strongest = [...found].sort(([, a], [, b]) => b - a).slice(0, MOST_WORDS);
  return strongest.map(([word]) => word);
}
