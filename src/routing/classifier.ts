import type { Vector } from "./features.ts";

export type Labelled = { vector: Vector; label: number; weight: number };

/** A linear classifier: `logits[c] = bias[c] + Σ weights[index·classes + c] · value`. */
export type Classifier = { classes: number; weights: Float32Array; bias: Float32Array };

const EPOCHS = 12;
const RATE = 4;
const NO_DOUBT = 0.002;
const BIAS_RATE = 0.1;

/** Multinomial logistic regression by stochastic gradient descent with a falling rate; the same seed gives the same weights. */
export function trainClassifier(
  examples: readonly Labelled[],
  features: number,
  classes: number,
  seed: number,
): Classifier {
  const weights = new Float32Array(features * classes);
  const bias = new Float32Array(classes);
  const classifier = { classes, weights, bias };
  const order = examples.map((_, i) => i);
  const random = randomFrom(seed);
  const steps = EPOCHS * examples.length;
  let step = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    shuffle(order, random);
    for (const at of order) {
      const example = examples[at];
      if (example === undefined) continue;
      const rate = RATE * (1 - step / steps) * example.weight;
      step += 1;
      const { vector, label } = example;
      const error = softmax(logitsOf(classifier, vector), 1);
      error[label] = (error[label] ?? 0) - 1;
      move(classifier, vector, error, rate);
    }
  }
  return classifier;
}

/** One step against the error. Classes that are not in doubt are left alone: they are most of them, and most of the time. */
function move(
  { classes, weights, bias }: Classifier,
  { indices, values }: Vector,
  error: Float64Array,
  rate: number,
): void {
  const doubted: number[] = [];
  for (let c = 0; c < classes; c += 1) if (Math.abs(error[c] ?? 0) > NO_DOUBT) doubted.push(c);
  for (let i = 0; i < indices.length; i += 1) {
    const base = (indices[i] ?? 0) * classes;
    const step = rate * (values[i] ?? 0);
    for (const c of doubted) weights[base + c] = (weights[base + c] ?? 0) - step * (error[c] ?? 0);
  }
  for (const c of doubted) bias[c] = (bias[c] ?? 0) - BIAS_RATE * rate * (error[c] ?? 0);
}

export function logitsOf({ classes, weights, bias }: Classifier, { indices, values }: Vector): Float64Array {
  const logits = Float64Array.from(bias);
  for (let i = 0; i < indices.length; i += 1) {
    const base = (indices[i] ?? 0) * classes;
    const value = values[i] ?? 0;
    for (let c = 0; c < classes; c += 1) logits[c] = (logits[c] ?? 0) + value * (weights[base + c] ?? 0);
  }
  return logits;
}

/** Probabilities that sum to one; a temperature above one makes them less sure. */
export function softmax(logits: Float64Array, temperature: number): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  const powers = logits.map((logit) => Math.exp((logit - highest) / temperature));
  let sum = 0;
  for (const power of powers) sum += power;
  return powers.map((power) => power / sum);
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [order[i] ?? 0, order[j] ?? 0];
    order[i] = b;
    order[j] = a;
  }
}

/** mulberry32: small, fast, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
