/** One decision of which it is known whether it was right. `score`: 0 to 1, what it was said to be. */
export type Scored = { score: number; right: boolean };

/** Decisions whose scores lie in [from, to); the last bin holds 1 too. Means are null where the bin is empty. */
export type Bin = { from: number; to: number; count: number; meanScore: number | null; shareRight: number | null };

const BINS = 15;

/** The reliability diagram (DeGroot and Fienberg 1983) in 15 bins of equal width, as Guo et al. 2017 draw it. */
export function reliabilityCurve(decisions: readonly Scored[]): Bin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, scores: 0, right: 0 }));
  for (const { score, right } of decisions) {
    const sum = sums[Math.min(BINS - 1, Math.floor(score * BINS))];
    if (sum === undefined) continue;
    sum.count += 1;
    sum.scores += score;
    sum.right += right ? 1 : 0;
  }
  return sums.map(({ count, scores, right }, i) => ({
    ...{ from: i / BINS, to: (i + 1) / BINS, count },
    meanScore: count === 0 ? null : scores / count,
    shareRight: count === 0 ? null : right / count,
  }));
}

/**
 * Expected calibration error, 0 to 1: Σ (bin's count / all) · |share right − mean score| (Guo et al. 2017, equation 3).
 * Null where there is nothing to judge by.
 */
export function calibrationError(curve: readonly Bin[]): number | null {
  const all = curve.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return null;
  return curve.reduce(
    (sum, { count, meanScore, shareRight }) => sum + (count / all) * Math.abs((shareRight ?? 0) - (meanScore ?? 0)),
    0,
  );
}
