import type { Scored } from "./curve.ts";

/** From which score a cluster may be served. `known`: decisions at or above it of which it is known whether they were right. */
export type ThresholdAdvice =
  | { state: "advised"; threshold: number; known: number; right: number; atLeast: number }
  /** `missing`: so many more are needed, if they turn out as those so far */
  | { state: "not-enough"; known: number; missing: number }
  /** there are enough, and above no score are enough of them right */
  | { state: "out-of-reach"; known: number; right: number };

/** So much of what is served must be right. */
const WANTED = 0.97;
/**
 * The lowest score that occurred, in whole hundredths as thresholds are written, above which at least 97 % of what is served is
 * right with 95 % confidence. Scores below today's threshold are known only where a person chose on a card: advice to go below
 * it rests on those.
 */
export function thresholdAdvice(decisions: readonly Scored[]): ThresholdAdvice {
  const hundredths = [...new Set(decisions.map(({ score }) => Math.floor(score * 100 + ROUNDING)))].sort(
    (a, b) => a - b,
  );
  let missing = Number.POSITIVE_INFINITY;
  for (const hundredth of hundredths) {
    const threshold = hundredth / 100;
    const above = decisions.filter(({ score }) => score >= threshold);
    const right = above.filter((one) => one.right).length;
    const atLeast = wilsonLowerBound(right, above.length);
    if (atLeast >= WANTED) return { state: "advised", threshold, known: above.length, right, atLeast };
    missing = Math.min(missing, neededAt(right / above.length) - above.length);
  }
  const known = decisions.length;
  if (Number.isFinite(missing)) return { state: "not-enough", known, missing };
  const least = neededAt(1);
  if (known < least) return { state: "not-enough", known, missing: least - known };
  return { state: "out-of-reach", known, right: decisions.filter(({ right }) => right).length };
}

/** 0.29 · 100 is a little less than 29. */
const ROUNDING = 1e-9;

/** 95 % two-sided */
const Z = 1.96;

/**
 * Lower end of the Wilson score interval (Wilson 1927) of a share, 0 to 1:
 * (p + z²/2n − z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with z = 1.96.
 */
export function wilsonLowerBound(right: number, all: number): number {
  if (all === 0) return 0;
  const p = right / all;
  const square = (Z * Z) / all;
  const spread = Z * Math.sqrt((p * (1 - p)) / all + square / (4 * all));
  return (p + square / 2 - spread) / (1 + square);
}

/** How many decisions at this share of right ones would do; infinite where no number does. */
export function neededAt(share: number): number {
  if (share <= WANTED) return Number.POSITIVE_INFINITY;
  const does = (all: number): boolean => wilsonLowerBound(share * all, all) >= WANTED;
  let enough = 1;
  while (!does(enough)) enough *= 2;
  let tooFew = Math.floor(enough / 2);
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (does(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
