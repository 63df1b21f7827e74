/** One judgement on something that the classifier had not seen: what it looked like, and whether it was in scope. */
export type Judged = { signals: readonly number[]; inScope: boolean; weight: number };

/** P(in scope) from signals, each of which may only speak for it: a logistic function with weights of at least zero. */
export type Scope = { weights: readonly number[]; bias: number };

const ROUNDS = 400;
const RATE = 0.5;
const PULL = 1e-3;

export function fitScope(judged: readonly Judged[]): Scope {
  const count = judged[0]?.signals.length ?? 0;
  const weights = new Array<number>(count).fill(1);
  let bias = 0;
  const total = judged.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = new Array<number>(count).fill(0);
    let biasGradient = 0;
    for (const { signals, inScope, weight } of judged) {
      const error = (scopeOf({ weights, bias }, signals) - (inScope ? 1 : 0)) * weight;
      signals.forEach((signal, i) => {
        gradient[i] = (gradient[i] ?? 0) + error * signal;
      });
      biasGradient += error;
    }
    for (let i = 0; i < count; i += 1) {
      const moved = (weights[i] ?? 0) - RATE * ((gradient[i] ?? 0) / total + PULL * (weights[i] ?? 0));
      weights[i] = Math.max(0, moved);
    }
    bias -= (RATE * biasGradient) / total;
  }
  return { weights, bias };
}

export function scopeOf({ weights, bias }: Scope, signals: readonly number[]): number {
  let logit = bias;
  signals.forEach((signal, i) => {
    logit += signal * (weights[i] ?? 0);
  });
  return 1 / (1 + Math.exp(-logit));
}

/** The temperature that makes the given probabilities of the right answers most likely (grid search on the log likelihood). */
export function fitTemperature(cases: readonly { probabilityAt(temperature: number): number }[]): number {
  let best = { temperature: 1, loss: Number.POSITIVE_INFINITY };
  for (let temperature = 0.3; temperature <= 3; temperature += 0.1) {
    const loss = cases.reduce((sum, one) => sum - Math.log(Math.max(one.probabilityAt(temperature), 1e-9)), 0);
    if (loss < best.loss) best = { temperature, loss };
  }
  return best.temperature;
}
