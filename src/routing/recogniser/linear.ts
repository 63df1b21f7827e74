import type { Vector } from "./features.ts";

export type Labelled = { vector: Vector; label: number; weight: number };

/** A linear classifier as it is trained: `score[c] = bias[c] + Σ value · weights[index·classes + c]`. */
export type Linear = { classes: number; weights: Float32Array; bias: Float64Array };

/** scores[c] += Σ weights[index·classes + c] · value, four rows at a time: the scores are read and written a quarter as often. */
function addRows(
  weights: Float32Array,
  classes: number,
  indices: Int32Array,
  values: Float32Array,
  scores: Float64Array,
): void {
  const { length } = indices;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const a = (indices[i] ?? 0) * classes;
    const b = (indices[i + 1] ?? 0) * classes;
    const c = (indices[i + 2] ?? 0) * classes;
    const d = (indices[i + 3] ?? 0) * classes;
    const va = values[i] ?? 0;
    const vb = values[i + 1] ?? 0;
    const vc = values[i + 2] ?? 0;
    const vd = values[i + 3] ?? 0;
    for (let k = 0; k < classes; k += 1)
      scores[k] =
        (scores[k] ?? 0) +
        va * (weights[a + k] ?? 0) +
        vb * (weights[b + k] ?? 0) +
        vc * (weights[c + k] ?? 0) +
        vd * (weights[d + k] ?? 0);
  }
  for (; i < length; i += 1) {
    const a = (indices[i] ?? 0) * classes;
    const va = values[i] ?? 0;
    for (let k = 0; k < classes; k += 1) scores[k] = (scores[k] ?? 0) + va * (weights[a + k] ?? 0);
  }
}

function emptyFor(size: number, classes: number): Linear {
  return { classes, weights: new Float32Array(size * classes), bias: new Float64Array(classes) };
}

/** Few classes are in doubt at a time; only they are moved. */
type Doubt = { classes: Int32Array; by: Float64Array; count: number };

function moveRows(
  weights: Float32Array,
  classes: number,
  { indices, values }: Vector,
  { classes: doubted, by, count }: Doubt,
): void {
  for (let i = 0; i < indices.length; i += 1) {
    const row = (indices[i] ?? 0) * classes;
    const value = values[i] ?? 0;
    for (let k = 0; k < count; k += 1) {
      const at = row + (doubted[k] ?? 0);
      weights[at] = (weights[at] ?? 0) + value * (by[k] ?? 0);
    }
  }
}

const RATE = 4;
const BIAS_SHARE = 0.1;
const NO_DOUBT = 0.002;
/** An example that is right by so much is left alone for some rounds. */
const SETTLED = 0.05;
const LONGEST_REST = 3;

/** Multinomial logistic regression by stochastic gradient descent with a falling rate. The same seed gives the same weights. */
export function trainLogistic(
  examples: readonly Labelled[],
  size: number,
  classes: number,
  { epochs, seed }: { epochs: number; seed: number },
): Linear {
  const linear = emptyFor(size, classes);
  const { weights, bias } = linear;
  const doubt = { classes: new Int32Array(classes), by: new Float64Array(classes), count: 0 };
  const scores = new Float64Array(classes);
  const rest = new Uint8Array(examples.length);
  const order = Int32Array.from(examples.keys());
  const random = randomFrom(seed);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, random);
    for (let n = 0; n < order.length; n += 1) {
      const at = order[n] ?? 0;
      const example = examples[at];
      if (example === undefined || (rest[at] ?? 0) > 0) {
        rest[at] = (rest[at] ?? 1) - 1;
        continue;
      }
      const { vector, label, weight } = example;
      scores.set(bias);
      addRows(weights, classes, vector.indices, vector.values, scores);
      toProbabilities(scores);
      if (1 - (scores[label] ?? 0) < SETTLED) rest[at] = Math.min(LONGEST_REST, epoch);
      const rate = RATE * (1 - (epoch + n / order.length) / epochs) * weight;
      doubt.count = 0;
      for (let k = 0; k < classes; k += 1) {
        const error = (k === label ? 1 : 0) - (scores[k] ?? 0);
        if (error < NO_DOUBT && error > -NO_DOUBT) continue;
        doubt.classes[doubt.count] = k;
        doubt.by[doubt.count] = rate * error;
        doubt.count += 1;
        bias[k] = (bias[k] ?? 0) + BIAS_SHARE * rate * error;
      }
      moveRows(weights, classes, vector, doubt);
    }
  }
  return linear;
}

/** Exponentials far below the greatest are nothing. */
const NOTHING = -12;

function toProbabilities(scores: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > highest) highest = score;
  let sum = 0;
  for (let k = 0; k < scores.length; k += 1) {
    const below = (scores[k] ?? 0) - highest;
    const power = below < NOTHING ? 0 : Math.exp(below);
    scores[k] = power;
    sum += power;
  }
  for (let k = 0; k < scores.length; k += 1) scores[k] = (scores[k] ?? 0) / sum;
}

const COST = 1;
const SMALLEST_STEP = 0.002;
const SETTLED_STEP = 0.02;
const LONGEST_PAUSE = 2;

/**
 * One-versus-rest support vector machines with squared hinge loss by dual coordinate descent (Hsieh et al. 2008), all classes
 * of an example at once.
 */
export function trainMargins(
  examples: readonly Labelled[],
  size: number,
  classes: number,
  { passes, seed }: { passes: number; seed: number },
): Linear {
  const linear = emptyFor(size, classes);
  const { weights, bias } = linear;
  const duals = new Float32Array(examples.length * classes);
  const lengths = examples.map(({ vector }) => vector.values.reduce((sum, value) => sum + value * value, 1));
  const doubt = { classes: new Int32Array(classes), by: new Float64Array(classes), count: 0 };
  const scores = new Float64Array(classes);
  const rest = new Uint8Array(examples.length);
  const order = Int32Array.from(examples.keys());
  const random = randomFrom(seed);
  for (let pass = 0; pass < passes; pass += 1) {
    shuffle(order, random);
    for (const at of order) {
      const example = examples[at];
      if (example === undefined || (rest[at] ?? 0) > 0) {
        rest[at] = (rest[at] ?? 1) - 1;
        continue;
      }
      const { vector, label, weight } = example;
      scores.set(bias);
      addRows(weights, classes, vector.indices, vector.values, scores);
      const damping = 1 / (2 * COST * weight);
      const curvature = (lengths[at] ?? 1) + damping;
      let largest = 0;
      doubt.count = 0;
      for (let k = 0; k < classes; k += 1) {
        const dual = duals[at * classes + k] ?? 0;
        const side = k === label ? 1 : -1;
        const gradient = side * (scores[k] ?? 0) - 1 + damping * dual;
        if (dual === 0 && gradient >= 0) continue;
        const next = Math.max(0, dual - gradient / curvature);
        const step = next - dual;
        if (step < SMALLEST_STEP && step > -SMALLEST_STEP) continue;
        largest = Math.max(largest, Math.abs(step));
        duals[at * classes + k] = next;
        doubt.classes[doubt.count] = k;
        doubt.by[doubt.count] = step * side;
        doubt.count += 1;
        bias[k] = (bias[k] ?? 0) + step * side;
      }
      if (largest < SETTLED_STEP) rest[at] = Math.min(LONGEST_PAUSE, pass);
      moveRows(weights, classes, vector, doubt);
    }
  }
  return linear;
}

/** a + factor · b, in place of a. */
export function fuse(a: Linear, b: Linear, factor: number): Linear {
  for (let i = 0; i < a.weights.length; i += 1) a.weights[i] = (a.weights[i] ?? 0) + factor * (b.weights[i] ?? 0);
  for (let k = 0; k < a.classes; k += 1) a.bias[k] = (a.bias[k] ?? 0) + factor * (b.bias[k] ?? 0);
  return a;
}

export function shuffle(order: Int32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
}

/** mulberry32: small, fast, and the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
