import { type Calibration, calibrate, type Judged, logitOf, probabilityOf } from "./calibrate.ts";
import type { Signals } from "./evidence.ts";
import type { Cases, Heard, Seen } from "./folds.ts";
import { learnMix, signalsWith } from "./mix.ts";
import type { Calibrations, Sureness } from "./model.ts";

/** The share of the traffic that is none of the intents, where nobody says otherwise. */
export const OUTSIDE = 0.18;

/** P(in scope) that the background is given on average, below which it is told apart without effort, and above which with some. */
const LITTLE_EFFORT = 0.04;
const MUCH_EFFORT = 0.1;
const LEAST_NEAR = 0.1;
/** Fewer cases of what is inside than this say too little of where it ends. */
const FEW_INSIDE = 500;
/** There no greater share of the background than this may be held for likelier inside than outside. */
const MOST_TAKEN = 0.01;

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
