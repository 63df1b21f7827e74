import { createBm25 } from "./bm25.ts";
import { type Calibration, calibrate, type Judged, probabilityOf } from "./calibrate.ts";
import { type Evidence, type Signals, signalsOf } from "./evidence.ts";
import { FULL_LENGTH, featuresOf, learnVocabulary } from "./features.ts";
import { fuse, type Labelled, randomFrom, shuffle, trainLogistic, trainMargins } from "./linear.ts";
import { type Calibrations, type Learnt, lookerOf, type Sureness } from "./model.ts";
import { nearnessIn, remember } from "./nearest.ts";
import { type Hit, learnMix, type Opinion, opinionOf, signalsWith } from "./opinion.ts";
import { pack } from "./packed.ts";
import { proposerFor, SHORTLIST } from "./propose.ts";
import { trainSparse } from "./sparse.ts";
import { type Terms, termsOf } from "./terms.ts";

/** A text that stands for an intent. `label`: number of the intent. `isExample` tells an utterance from a description. */
export type Document = { text: string; label: number; isExample: boolean };

/**
 * What a model is made of: the texts of the registry, and sentences about other things. All are normalised; the same lessons
 * give the same model. `outside`: the share of the traffic that is none of the intents, 0 to 1.
 */
export type Lessons = {
  documents: readonly Document[];
  background: readonly string[];
  /** what sounds alike and is none of the intents */
  counterExamples: readonly string[];
  intents: number;
  seed: number;
  outside?: number;
  /** what another service finds alike among the documents; undefined where it could not be asked */
  heard?: { documents: Answers; background: Answers; counterExamples: Answers };
};

type Answers = readonly (readonly Hit[] | undefined)[];

/** In so many folds it learns from its own mistakes how sure it may be. */
export const FOLDS = 4;
/** What a fold says of texts that it had not seen. */
export type Cases = { inside: (Seen & { isRight: boolean })[]; near: Seen[]; far: Seen[] };
type Seen = Signals & { heard?: Heard };
/** A case with another service's opinion. `wanted`: the right intent; undefined where none is. */
type Heard = { evidence: Evidence; opinion: Opinion; wanted: number | undefined };

const OUTSIDE = 0.18;
const DESCRIPTION_WEIGHT = 0.6;
const BACKGROUND_WEIGHT = 0.5;
/** How much the margins count beside the logarithms of the odds: both kinds of score are then about as large. */
const MARGIN_FACTOR = 5;
/** Fewer texts than this are learnt more thoroughly. */
const FEW = 3_000;
/** Above this a weight for every term and every intent would not fit into memory: 160 MB. */
const MOST_WEIGHTS = 40_000_000;
/** So many held-out texts say enough. */
const ENOUGH = 4_000;

type Known = Document & { terms: Terms; hits: readonly Hit[] | undefined };
/** A text that is none of the intents. `isNear`: it sounds as if it were. */
type Other = Known & { isNear: boolean };

/** Learns from everything. The last class is "none of the intents". */
export function learnAll(lessons: Lessons): Learnt {
  const { known, others } = termsOfAll(lessons);
  return learn([...known, ...others], lessons);
}

/**
 * One fold: some intents are held out whole (they are out of scope then), and some utterances of the others, and some of the
 * background; then all of these are judged.
 */
export function judgeFold(lessons: Lessons, fold: number): Cases {
  const { intents, seed } = lessons;
  const { known, others } = termsOfAll(lessons);
  const heldOut = foldsOf(intents, seed);
  const place = places(known);
  const isOut = ({ label }: Document): boolean => heldOut[label] === fold;
  const isTest = (i: number): boolean => place[i] === fold;
  const kept = known.filter((one, i) => !isOut(one) && !isTest(i));
  const looker = lookerOf(learn([...kept, ...others.filter((_, i) => i % FOLDS !== fold)], lessons));
  const proposer = proposerFor(kept, intents);
  const isKept = known.map((one, i) => !isOut(one) && !isTest(i));
  const labelOf = (document: number): number | undefined => (isKept[document] ? known[document]?.label : undefined);
  // Held-out intents have no documents here: they are never proposed.
  const seen = (one: Known, wanted: number | undefined): Seen & { label: number | undefined } => {
    const look = looker.look(one.terms);
    const evidence = looker.at(look, proposer.all(one.text));
    const plain = { ...signalsOf(evidence), label: evidence.labels[0] };
    if (one.hits === undefined) return plain;
    const opinion = opinionOf(one.hits, labelOf);
    const among = [...new Set([...proposer.all(one.text), ...opinion.keys()])];
    return { ...plain, heard: { evidence: looker.at(look, among, new Set(opinion.keys())), opinion, wanted } };
  };
  const every = Math.max(1, Math.round(known.length / ENOUGH));
  const cases: Cases = { inside: [], near: [], far: [] };
  known.forEach((one, i) => {
    if (!one.isExample) return;
    if (isOut(one)) {
      if (i % every === 0) cases.near.push(seen(one, undefined));
    } else if (isTest(i)) {
      const signals = seen(one, one.label);
      cases.inside.push({ ...signals, isRight: signals.label === one.label });
    }
  });
  others.forEach((one, i) => {
    if (i % FOLDS === fold) (one.isNear ? cases.near : cases.far).push(seen(one, undefined));
  });
  return cases;
}

function learn(documents: readonly Known[], { intents: none, seed }: Lessons): Learnt {
  const vocabulary = learnVocabulary(documents.map(({ terms }) => terms));
  const features = featuresOf(vocabulary);
  const examples: Labelled[] = documents.map(({ terms, label, isExample }) => ({
    vector: features.look(terms),
    label,
    weight: label === none ? BACKGROUND_WEIGHT : isExample ? 1 : DESCRIPTION_WEIGHT,
  }));
  const remembered = remember(examples, none);
  if (features.size * (none + 1) > MOST_WEIGHTS) {
    const index = createBm25(
      documents.filter(({ label }) => label < none),
      none,
    );
    const rivalsOf = (i: number): number[] => index.shortlist(documents[i]?.text ?? "", SHORTLIST);
    const linear = trainSparse(examples, features.size, none + 1, rivalsOf, { epochs: 8, seed });
    return { vocabulary, linear, remembered };
  }
  const isSmall = examples.length < FEW;
  const logistic = trainLogistic(examples, features.size, none + 1, { epochs: isSmall ? 20 : 8, seed });
  const margins = trainMargins(examples, features.size, none + 1, { passes: isSmall ? 8 : 5, seed });
  return { vocabulary, linear: pack(fuse(logistic, margins, MARGIN_FACTOR)), remembered };
}

/** A sentence that is so near to an utterance is no background for these intents. */
const CLAIMED = 0.42;

function termsOfAll(lessons: Lessons): { known: Known[]; others: Other[] } {
  const { documents, background, counterExamples, intents, heard } = lessons;
  const known = documents.map((document, i) => ({
    ...document,
    terms: termsOf(document.text),
    hits: heard?.documents[i],
  }));
  const vocabulary = learnVocabulary(known.map(({ terms }) => terms));
  const features = featuresOf(vocabulary);
  const nearnessTo = nearnessIn(
    known.map(({ terms }) => features.look(terms)),
    features.size,
  );
  const others = (texts: readonly string[], answers: Answers | undefined, isNear: boolean): Other[] =>
    texts.map((text, i) => ({
      ...{ text, label: intents, isExample: false, isNear },
      ...{ terms: termsOf(text), hits: answers?.[i] },
    }));
  const far = others(background, heard?.background, false).filter(
    ({ terms }) => nearnessTo(features.look(terms)) / FULL_LENGTH < CLAIMED,
  );
  return { known, others: [...others(counterExamples, heard?.counterExamples, true), ...far] };
}

/** P(in scope) that the background is given on average, below which it is told apart without effort, and above which with some. */
const LITTLE_EFFORT = 0.06;
const MUCH_EFFORT = 0.15;
const LEAST_NEAR = 0.1;

/**
 * How sure it may be. Of what is outside, the background stands for most: people who ask a fleet that serves everybody ask
 * about anything. But where the background is told apart without effort the fleet is a narrow one, and what people ask outside
 * of it is next to what it does: there the held-out intents stand for it.
 */
export function calibrations(folds: readonly Cases[], outside = OUTSIDE): Calibrations {
  const inside = folds.flatMap((cases) => cases.inside);
  const near = folds.flatMap((cases) => cases.near);
  const far = folds.flatMap((cases) => cases.far);
  const plain = surenessFrom({ inside, near, far }, outside);
  const withHeard = { inside: heardOf(inside), near: heardOf(near), far: heardOf(far) };
  if (withHeard.inside.length < inside.length / 2 || inside.length === 0) return plain;
  const mix = learnMix(
    withHeard.inside.flatMap(({ evidence, opinion, wanted }) => {
      const right = evidence.labels.indexOf(wanted ?? -1);
      const similarities = evidence.labels.map((label) => opinion.get(label)?.similarity ?? 0);
      return right < 0 ? [] : [{ scores: evidence.scores, similarities, right }];
    }),
  );
  const again = ({ evidence, opinion, wanted }: Heard): Signals & { isRight: boolean } => {
    const { after, forScope, forRight } = signalsWith(evidence, opinion, mix);
    return { forScope, forRight, isRight: after.labels[0] === wanted };
  };
  const sureness = surenessFrom(
    { inside: withHeard.inside.map(again), near: withHeard.near.map(again), far: withHeard.far.map(again) },
    outside,
  );
  return { ...plain, heard: { ...sureness, mix } };
}

const heardOf = (cases: readonly Seen[]): Heard[] => cases.flatMap(({ heard }) => heard ?? []);

function surenessFrom({ inside, near, far }: Cases, outside: number): Sureness {
  const weighed = (seen: readonly Signals[], holds: boolean, share: number): Judged[] =>
    seen.map(({ forScope }) => ({ signals: forScope, holds, weight: share / seen.length }));
  const scopeWith = (nearShare: number): Calibration =>
    calibrate([
      ...weighed(inside, true, 1 - outside),
      ...weighed(near, false, outside * nearShare),
      ...weighed(far, false, outside * (1 - nearShare)),
    ]);
  const first = scopeWith(LEAST_NEAR);
  const effort = far.reduce((sum, { forScope }) => sum + probabilityOf(first, forScope), 0) / Math.max(1, far.length);
  const nearShare = Math.min(1, Math.max(LEAST_NEAR, (MUCH_EFFORT - effort) / (MUCH_EFFORT - LITTLE_EFFORT)));
  return {
    scope: nearShare === LEAST_NEAR ? first : scopeWith(nearShare),
    right: calibrate(inside.map(({ forRight, isRight }) => ({ signals: forRight, holds: isRight, weight: 1 }))),
  };
}

/** Which fold holds out each intent: shuffled, since neighbours in the registry are often alike. */
function foldsOf(intents: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: intents }, (_, i) => i);
  shuffle(order, randomFrom(seed));
  const folds = new Int32Array(intents);
  order.forEach((label, i) => {
    folds[label] = i % FOLDS;
  });
  return folds;
}

/** In which fold each utterance is tested: every intent gives some to each. -1: in none. */
function places(documents: readonly Document[]): number[] {
  const counts = new Map<number, number>();
  return documents.map(({ label, isExample }) => {
    if (!isExample) return -1;
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    return count % FOLDS;
  });
}
