/** One judgement on something that the classifier had not seen. `signals` may each only speak for `holds`. */
export type Judged = { signals: readonly number[]; holds: boolean; weight: number };

/** P(holds) = σ(bias + Σ weights · (signal − mean) / spread), with weights of at least zero: a greater signal never lowers it. */
export type Calibration = {
  weights: readonly number[];
  bias: number;
  means: readonly number[];
  spreads: readonly number[];
};

const ROUNDS = 400;
const RATE = 1;
const PULL = 1e-5;
/** What varies by less than this share of itself is the same every time: the least difference would outweigh all else. */
const SAME = 1e-3;

/** Logistic regression by projected gradient descent. Weights of the cases say how much of the traffic each stands for. */
export function calibrate(judged: readonly Judged[]): Calibration {
  const total = judged.reduce((sum, { weight }) => sum + weight, 0);
  const count = judged[0]?.signals.length ?? 0;
  if (total === 0) return { weights: [], bias: 0, means: [], spreads: [] };
  const mean = (of: (one: Judged) => number): number =>
    judged.reduce((sum, one) => sum + one.weight * of(one), 0) / total;
  const means = Array.from({ length: count }, (_, i) => mean(({ signals }) => signals[i] ?? 0));
  const spreads = means.map((middle, i) => {
    const spread = Math.sqrt(mean(({ signals }) => ((signals[i] ?? 0) - middle) ** 2));
    return spread > SAME * Math.abs(middle) ? spread : 1;
  });
  // In one block: this is gone through hundreds of times.
  const table = Float64Array.from(judged.flatMap(({ signals }) => standardised(signals, means, spreads)));
  const weights = new Array<number>(count).fill(1 / 2);
  let bias = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = new Float64Array(count);
    let biasGradient = 0;
    judged.forEach(({ holds, weight }, n) => {
      let logit = bias;
      for (let i = 0; i < count; i += 1) logit += (weights[i] ?? 0) * (table[n * count + i] ?? 0);
      const error = (sigmoid(logit) - (holds ? 1 : 0)) * weight;
      for (let i = 0; i < count; i += 1) gradient[i] = (gradient[i] ?? 0) + error * (table[n * count + i] ?? 0);
      biasGradient += error;
    });
    for (let i = 0; i < count; i += 1) {
      const now = weights[i] ?? 0;
      weights[i] = Math.max(0, now - RATE * ((gradient[i] ?? 0) / total + PULL * now));
    }
    bias -= (RATE * biasGradient) / total;
  }
  return { weights, bias, means, spreads };
}

export function probabilityOf(calibration: Calibration, signals: readonly number[]): number {
  return sigmoid(logitOf(calibration, signals));
}

/** Above zero: it is likelier that it holds than that it does not. */
export function logitOf({ weights, bias, means, spreads }: Calibration, signals: readonly number[]): number {
  let logit = bias;
  standardised(signals, means, spreads).forEach((signal, i) => {
    logit += (weights[i] ?? 0) * signal;
  });
  return logit;
}

function standardised(signals: readonly number[], means: readonly number[], spreads: readonly number[]): number[] {
  return signals.map((signal, i) => (signal - (means[i] ?? 0)) / (spreads[i] ?? 1));
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
