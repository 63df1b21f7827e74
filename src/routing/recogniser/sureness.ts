import { type Calibration, calibrate, type Judged, logitOf, probabilityOf } from "./calibrate.ts";
import type { Signals } from "./evidence.ts";
import type { Cases, Heard, Seen } from "./folds.ts";
import type { Lessons } from "./lessons.ts";
import { learnMix, signalsWith, silenced } from "./mix.ts";
import type { Calibrations, Mixed, Sureness } from "./model.ts";

/** The share of the traffic that is none of the intents, where nobody says otherwise. */
export const OUTSIDE = 0.18;

/** P(in scope) that the background is given on average, below which it is told apart without effort, and above which with some. */
const LITTLE_EFFORT = 0.04;
const MUCH_EFFORT = 0.1;
const LEAST_NEAR = 0.1;
/** People write down what sounds alike because they are asked for it: so much counts where there is one for four utterances. */
const TOLD_NEAR = 0.6;
const TOLD_ENOUGH = 1 / 4;
/** Of texts of which the model knows next to nothing, more are outside than of all texts: so many at least. */
const OUTSIDE_OF_FOREIGN = 0.5;
/** Fewer cases of what is inside than this say too little of where it ends. */
const FEW_INSIDE = 500;
/** There no greater share of the background than this may be held for likelier inside than outside. */
const MOST_TAKEN = 0.01;

/**
 * How sure it may be. Of what is outside, the background stands for most: people who ask a fleet that serves everybody ask
 * about anything. But where the background is told apart without effort the fleet is a narrow one, and what people ask outside
 * of it is next to what it does: there the held-out intents stand for it.
 */
export function calibrations(
  folds: readonly Cases[],
  { outside = OUTSIDE, counterExamples, documents }: Pick<Lessons, "outside" | "counterExamples" | "documents">,
): Calibrations {
  const told = Math.min(1, counterExamples.length / Math.max(1, TOLD_ENOUGH * documents.length));
  const leastNear = LEAST_NEAR + (TOLD_NEAR - LEAST_NEAR) * told;
  const inside = folds.flatMap((cases) => cases.inside);
  const near = folds.flatMap((cases) => cases.near);
  const far = folds.flatMap((cases) => cases.far);
  const plain = surenessFrom({ inside, near, far }, outside, leastNear);
  const withHeard = { inside: heardOf(inside), near: heardOf(near), far: heardOf(far) };
  // Without those that are outside it would learn that everything is inside.
  const isEnough = (some: readonly Heard[], all: readonly Seen[]): boolean => some.length >= all.length / 2;
  if (inside.length === 0 || !isEnough(withHeard.inside, inside)) return plain;
  if (!isEnough(withHeard.near, near) || !isEnough(withHeard.far, far)) return plain;
  const silent = (one: Heard): Heard => ({ ...one, evidence: silenced(one.evidence) });
  const { inside: known, near: alike, far: other } = withHeard;
  return {
    ...plain,
    heard: {
      together: mixedFrom(withHeard, outside, leastNear),
      alone: mixedFrom(
        { inside: known.map(silent), near: alike.map(silent), far: other.map(silent) },
        Math.max(outside, OUTSIDE_OF_FOREIGN),
        leastNear,
      ),
    },
  };
}

type HeardCases = Record<keyof Cases, Heard[]>;

function mixedFrom({ inside, near, far }: HeardCases, outside: number, leastNear: number): Mixed {
  const mix = learnMix(
    inside.flatMap(({ evidence, opinion, wanted }) => {
      const right = evidence.labels.indexOf(wanted ?? -1);
      const similarities = evidence.labels.map((label) => opinion.get(label)?.similarity ?? 0);
      return right < 0 ? [] : [{ scores: evidence.scores, similarities, right }];
    }),
  );
  const again = ({ evidence, opinion, wanted }: Heard): Signals & { isRight: boolean } => {
    const { after, forScope, forRight } = signalsWith(evidence, opinion, mix);
    return { forScope, forRight, isRight: after.labels[0] === wanted };
  };
  const cases = { inside: inside.map(again), near: near.map(again), far: far.map(again) };
  return { ...surenessFrom(cases, outside, leastNear), mix };
}

const heardOf = (cases: readonly Seen[]): Heard[] => cases.flatMap(({ heard }) => heard ?? []);

function surenessFrom({ inside, near, far }: Cases, outside: number, leastNear: number): Sureness {
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
  const nearShare = Math.min(1, Math.max(leastNear, (MUCH_EFFORT - effort) / (MUCH_EFFORT - LITTLE_EFFORT)));
  const scope = nearShare === LEAST_NEAR ? first : scopeWith(nearShare);
  return {
    scope: inside.length < FEW_INSIDE ? cautious(scope, far) : scope,
    right: calibrate(inside.map(({ forRight, isRight }) => ({ signals: forRight, holds: isRight, weight: 1 }))),
  };
}

/**
 * Each of few cases stands for much of the traffic: one odd utterance among five outweighs all of the background, and small talk
 * is served. The background is always plenty, so it has the last word: the bias goes down until hardly any of it is likelier
 * inside than outside.
 */
function cautious(scope: Calibration, far: readonly Signals[]): Calibration {
  const logits = far.map(({ forScope }) => logitOf(scope, forScope)).sort((a, b) => b - a);
  const most = Math.floor(logits.length * MOST_TAKEN);
  return most === 0 ? scope : { ...scope, bias: scope.bias - Math.max(0, logits[most] ?? 0) };
}
