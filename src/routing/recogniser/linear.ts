import type { Vector } from "./features.ts";
import { goThrough, randomFrom } from "./rounds.ts";
import { createRows, type Rows } from "./rows.ts";

export type Labelled = { vector: Vector; label: number; weight: number };

/** A linear classifier as it is trained: `score[c] = bias[c] + Σ value · weights[index·width + c]`. */
export type Linear = { classes: number; rows: Rows };

/** Few classes are in doubt at a time; only they are moved. */
type Doubt = { classes: Int32Array; by: Float64Array; count: number };

function moveRows({ weights, width }: Rows, { indices, values }: Vector, { classes: doubted, by, count }: Doubt): void {
  for (let i = 0; i < indices.length; i += 1) {
    const row = (indices[i] ?? 0) * width;
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
  const rows = createRows(size, classes);
  const { bias, scores } = rows;
  const doubt = { classes: new Int32Array(classes), by: new Float64Array(classes), count: 0 };
  goThrough(examples.length, { rounds: epochs, random: randomFrom(seed) }, (at, epoch, done) => {
    const { vector, label, weight } = examples[at] as Labelled;
    rows.addUp(vector);
    toProbabilities(scores, classes);
    const isSettled = 1 - (scores[label] ?? 0) < SETTLED;
    const rate = RATE * (1 - done) * weight;
    doubt.count = 0;
    for (let k = 0; k < classes; k += 1) {
      const error = (k === label ? 1 : 0) - (scores[k] ?? 0);
      if (error < NO_DOUBT && error > -NO_DOUBT) continue;
      doubt.classes[doubt.count] = k;
      doubt.by[doubt.count] = rate * error;
      doubt.count += 1;
      bias[k] = (bias[k] ?? 0) + BIAS_SHARE * rate * error;
    }
    moveRows(rows, vector, doubt);
    return isSettled ? Math.min(LONGEST_REST, epoch) : 0;
  });
  return { classes, rows };
}

/** Exponentials far below the greatest are nothing. */
const NOTHING = -12;

function toProbabilities(scores: Float32Array, classes: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k += 1) highest = Math.max(highest, scores[k] ?? 0);
  let sum = 0;
  for (let k = 0; k < classes; k += 1) {
    const below = (scores[k] ?? 0) - highest;
    const power = below < NOTHING ? 0 : Math.exp(below);
    scores[k] = power;
    sum += power;
  }
  for (let k = 0; k < classes; k += 1) scores[k] = (scores[k] ?? 0) / sum;
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
  const rows = createRows(size, classes);
  const { bias, scores } = rows;
  const duals = new Float32Array(examples.length * classes);
  const lengths = examples.map(({ vector }) => vector.values.reduce((sum, value) => sum + value * value, 1));
  const doubt = { classes: new Int32Array(classes), by: new Float64Array(classes), count: 0 };
  goThrough(examples.length, { rounds: passes, random: randomFrom(seed) }, (at, pass) => {
    const { vector, label, weight } = examples[at] as Labelled;
    rows.addUp(vector);
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
    moveRows(rows, vector, doubt);
    return largest < SETTLED_STEP ? Math.min(LONGEST_PAUSE, pass) : 0;
  });
  return { classes, rows };
}

/** a + factor · b, in place of a. */
export function fuse(a: Linear, b: Linear, factor: number): Linear {
  const add = (to: Float32Array, from: Float32Array): void => {
    for (let i = 0; i < to.length; i += 1) to[i] = (to[i] ?? 0) + factor * (from[i] ?? 0);
  };
  add(a.rows.weights, b.rows.weights);
  add(a.rows.bias, b.rows.bias);
  return a;
}
