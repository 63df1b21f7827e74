import { type Bin, calibrationError, reliabilityCurve } from "./curve.ts";
import { type Drift, driftOf } from "./drift.ts";
import type { Outcome } from "./outcome.ts";
import { type ThresholdAdvice, thresholdAdvice } from "./threshold.ts";

/** How far scores can be relied on, from use. `group`: "all", or a cluster. */
export type Reliability = {
  group: string;
  decisions: number;
  /** of which it is known whether they were right */
  known: number;
  right: number;
  curve: Bin[];
  /** 0 to 1; null: nothing is known yet */
  calibrationError: number | null;
  drift: Drift;
  advice: ThresholdAdvice;
};

/** The latest window against the one before it. */
export const windows = { latestDays: 7, referenceDays: 28 } as const;
const DAY_MS = 86_400_000;

/** Pure. The fleet first, then its clusters by name. */
export function reliabilityOf(outcomes: readonly Outcome[], now: Date): Reliability[] {
  const clusters = Map.groupBy(outcomes, ({ clusterId }) => clusterId);
  return [
    reliabilityOfGroup("all", outcomes, now),
    ...[...clusters.keys()].sort().map((cluster) => reliabilityOfGroup(cluster, clusters.get(cluster) ?? [], now)),
  ];
}

function reliabilityOfGroup(group: string, outcomes: readonly Outcome[], now: Date): Reliability {
  const known = outcomes.flatMap(({ score, right }) => (right === undefined ? [] : [{ score, right }]));
  const curve = reliabilityCurve(known);
  const scoresBetween = (from: number, to: number): number[] =>
    outcomes.filter(({ at }) => at.getTime() >= from && at.getTime() < to).map(({ score }) => score);
  const latestFrom = now.getTime() - windows.latestDays * DAY_MS;
  const referenceFrom = latestFrom - windows.referenceDays * DAY_MS;
  return {
    ...{ group, decisions: outcomes.length, known: known.length, curve },
    right: known.filter(({ right }) => right).length,
    calibrationError: calibrationError(curve),
    drift: driftOf(scoresBetween(referenceFrom, latestFrom), scoresBetween(latestFrom, now.getTime() + 1)),
    advice: thresholdAdvice(known),
  };
}
