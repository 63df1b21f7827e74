/** Counts of scores in the same bins: of the reference window, and of the latest. */
export type Binned = { reference: readonly number[]; latest: readonly number[] };

/** `reading`: below 0.1 nothing moved, from 0.25 on it is another population (Siddiqi 2006). */
export type Drift =
  | { state: "measured"; psi: number; reading: "stable" | "moving" | "shifted"; reference: number; latest: number }
  /** chance alone could make an index of `byChance`, which must be 0.1 at most */
  | { state: "not-enough"; byChance: number | null; reference: number; latest: number };

const BINS = 10;
const MOVING = 0.1;
const SHIFTED = 0.25;
/** χ² with 9 degrees of freedom stays below this in 95 of 100 cases. */
const CHI_SQUARE_95 = 16.919;

/** Have the scores moved? They do when people begin to ask for something else, before anybody complains. */
export function driftOf(reference: readonly number[], latest: readonly number[]): Drift {
  const counts = { reference: reference.length, latest: latest.length };
  // Where nothing moved, PSI / (1/n + 1/m) is distributed as χ² with bins − 1 degrees of freedom (Yurdakul 2018).
  const byChance =
    reference.length === 0 || latest.length === 0 ? null : CHI_SQUARE_95 * (1 / reference.length + 1 / latest.length);
  if (byChance === null || byChance > MOVING) return { state: "not-enough", byChance, ...counts };
  const psi = populationStability(binned(reference, latest));
  const reading = psi < MOVING ? "stable" : psi < SHIFTED ? "moving" : "shifted";
  return { state: "measured", psi, reading, ...counts };
}

/**
 * Population stability index: Σ (latest share − reference share) · ln(latest share / reference share) over the bins
 * (Siddiqi, Credit Risk Scorecards, 2006). An empty bin counts as half a case, since the logarithm of nothing is infinite.
 */
export function populationStability({ reference, latest }: Binned): number {
  const shares = (counts: readonly number[]): number[] => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => Math.max(count, 0.5) / Math.max(all, 1));
  };
  const before = shares(reference);
  return shares(latest).reduce((sum, share, i) => {
    const was = before[i] ?? share;
    return sum + (share - was) * Math.log(share / was);
  }, 0);
}

/** Ten bins that hold a tenth of the reference each; fewer where many scores are equal. */
export function binned(reference: readonly number[], latest: readonly number[]): Binned {
  const sorted = [...reference].sort((a, b) => a - b);
  const edges = new Set(
    Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)] ?? 0),
  );
  const ascending = [...edges];
  const count = (scores: readonly number[]): number[] => {
    const counts = new Array<number>(ascending.length + 1).fill(0);
    for (const score of scores) {
      const bin = ascending.filter((edge) => edge <= score).length;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  };
  return { reference: count(reference), latest: count(latest) };
}
