/** One row of a test set as it was judged. `wanted` null: it is out of scope. `score`: P(the answer is right); `scope`: P(in scope). */
export type Judged = { wanted: string | null; intent: string; score: number; scope: number };

export type Metrics = {
  accuracy: number | null;
  /** area under the ROC curve of `scope`, in scope against out of scope */
  oosAuroc: number | null;
  /** share of out-of-scope rows below the `scope` that turns away 5 % of what is in scope */
  oosRecallAt5: number | null;
  /** expected calibration error of `score`, 15 bins of equal width (Guo et al. 2017); the second counts out of scope as wrong */
  eceInScope: number | null;
  eceWithOos: number;
  /** what is served at a score of 0.80 or more: share of what is in scope, share of that which is right, share of out of scope */
  served: { share: number | null; accuracy: number | null; oosLeak: number | null };
  /** among the 80 % in-scope rows with the highest scores */
  accuracyAt80Coverage: number | null;
};

const BINS = 15;
const SERVED = 0.8;

export function metricsOf(rows: readonly Judged[]): Metrics {
  const inside = rows.filter(({ wanted }) => wanted !== null);
  const outside = rows.filter(({ wanted }) => wanted === null);
  const served = inside.filter(({ score }) => score >= SERVED);
  const surest = [...inside].sort((a, b) => b.score - a.score).slice(0, Math.floor(inside.length * 0.8));
  const scopes = inside.map(({ scope }) => scope).sort((a, b) => a - b);
  const bar = scopes[Math.floor(scopes.length * 0.05)] ?? 0;
  const both = inside.length > 0 && outside.length > 0;
  return {
    accuracy: share(inside, isRight),
    oosAuroc: both
      ? auroc(
          scopes,
          outside.map(({ scope }) => scope),
        )
      : null,
    oosRecallAt5: both ? share(outside, ({ scope }) => scope < bar) : null,
    eceInScope: inside.length === 0 ? null : ece(inside),
    eceWithOos: ece(rows),
    served: {
      share: inside.length === 0 ? null : served.length / inside.length,
      accuracy: share(served, isRight),
      oosLeak: share(outside, ({ score }) => score >= SERVED),
    },
    accuracyAt80Coverage: share(surest, isRight),
  };
}

const isRight = ({ wanted, intent }: Judged): boolean => wanted === intent;

function share(rows: readonly Judged[], holds: (row: Judged) => boolean): number | null {
  return rows.length === 0 ? null : rows.filter(holds).length / rows.length;
}

function ece(rows: readonly Judged[]): number {
  const bins = Array.from({ length: BINS }, () => ({ scores: 0, right: 0 }));
  for (const row of rows) {
    const bin = bins[Math.min(BINS - 1, Math.floor(row.score * BINS))];
    if (bin === undefined) continue;
    bin.scores += row.score;
    bin.right += isRight(row) ? 1 : 0;
  }
  return bins.reduce((sum, { scores, right }) => sum + Math.abs(scores - right), 0) / Math.max(1, rows.length);
}

/** By ranks (Mann-Whitney); ties count half. */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [...positives.map((score) => ({ score, up: true })), ...negatives.map((score) => ({ score, up: false }))];
  all.sort((a, b) => a.score - b.score);
  let ranks = 0;
  for (let i = 0; i < all.length; ) {
    let end = i;
    while (end < all.length && all[end]?.score === all[i]?.score) end += 1;
    const rank = (i + end + 1) / 2;
    for (; i < end; i += 1) if (all[i]?.up === true) ranks += rank;
  }
  const { length } = positives;
  return (ranks - (length * (length + 1)) / 2) / (length * negatives.length);
}
