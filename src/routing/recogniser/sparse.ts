import type { Vector } from "./features.ts";
import type { Labelled } from "./linear.ts";
import { goThrough, randomFrom } from "./rounds.ts";

/**
 * A linear classifier for thousands of classes: each weighs only the terms of its own texts, and is told apart from those
 * classes alone with which the word index confuses it. The last class, "none of them", weighs every term. Plain data.
 */
export type Sparse = {
  kind: "sparse";
  classes: number;
  /** of each class but the last: where its terms begin; one more at the end */
  starts: Int32Array;
  indices: Int32Array;
  weights: Float32Array;
  none: Float32Array;
  bias: Float64Array;
};

const RATE = 4;
const BIAS_SHARE = 0.1;
const SETTLED = 0.05;
const LONGEST_REST = 3;
/** Classes beside those that the word index proposes, drawn by lot: so that nobody is too sure far from everything. */
const STRANGERS = 4;

/** Softmax regression over the true class, its rivals and some strangers. @param rivalsOf the classes that come into question for an example */
export function trainSparse(
  examples: readonly Labelled[],
  size: number,
  classes: number,
  rivalsOf: (example: number) => readonly number[],
  { epochs, seed }: { epochs: number; seed: number },
): Sparse {
  const sparse = emptyFor(examples, size, classes);
  const { starts, indices, weights, none, bias } = sparse;
  const last = classes - 1;
  const random = randomFrom(seed);
  const rivals = examples.map(({ label }, i) => {
    const found = new Set([label, last, ...rivalsOf(i)]);
    for (let k = 0; k < STRANGERS; k += 1) found.add(Math.floor(random() * last));
    return Int32Array.from(found);
  });
  const spread = new Float32Array(size);
  const scores = new Float64Array(classes);
  goThrough(examples.length, { rounds: epochs, random }, (at, epoch, done) => {
    const { vector, label, weight } = examples[at] as Labelled;
    const among = rivals[at] as Int32Array;
    let rest = 0;
    spreadOut(vector, spread);
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < among.length; k += 1) {
      const score = scoreOf(sparse, among[k] ?? 0, vector, spread);
      scores[k] = score;
      if (score > highest) highest = score;
    }
    let sum = 0;
    for (let k = 0; k < among.length; k += 1) sum += scores[k] = Math.exp((scores[k] ?? 0) - highest);
    const rate = RATE * (1 - done) * weight;
    for (let k = 0; k < among.length; k += 1) {
      const one = among[k] ?? 0;
      const error = (one === label ? 1 : 0) - (scores[k] ?? 0) / sum;
      if (one === label && error < SETTLED) rest = Math.min(LONGEST_REST, epoch);
      const step = rate * error;
      if (step < 1e-4 && step > -1e-4) continue;
      bias[one] = (bias[one] ?? 0) + BIAS_SHARE * step;
      if (one === last) {
        for (let i = 0; i < vector.indices.length; i += 1) {
          const index = vector.indices[i] ?? 0;
          none[index] = (none[index] ?? 0) + step * (vector.values[i] ?? 0);
        }
        continue;
      }
      const end = starts[one + 1] ?? 0;
      for (let i = starts[one] ?? 0; i < end; i += 1) {
        const value = spread[indices[i] ?? 0] ?? 0;
        if (value !== 0) weights[i] = (weights[i] ?? 0) + step * value;
      }
    }
    for (const index of vector.indices) spread[index] = 0;
    return rest;
  });
  return sparse;
}

/** Scores of some classes, in their order. @param spread scratch of the size of the vocabulary, all zero, and zero again afterwards */
export function sparseScores(
  sparse: Sparse,
  vector: Vector,
  among: readonly number[],
  spread: Float32Array,
): Float64Array {
  spreadOut(vector, spread);
  const scores = Float64Array.from(among, (one) => scoreOf(sparse, one, vector, spread));
  for (const index of vector.indices) spread[index] = 0;
  return scores;
}

/** What a term weighs for a class. */
export function sparseWeight({ starts, indices, weights }: Sparse, one: number, index: number): number {
  const own = indices.subarray(starts[one] ?? 0, starts[one + 1] ?? 0);
  const at = own.indexOf(index);
  return at < 0 ? 0 : (weights[(starts[one] ?? 0) + at] ?? 0);
}

function scoreOf(
  { classes, starts, indices, weights, none, bias }: Sparse,
  one: number,
  vector: Vector,
  spread: Float32Array,
): number {
  let score = bias[one] ?? 0;
  if (one === classes - 1) {
    for (let i = 0; i < vector.indices.length; i += 1)
      score += (none[vector.indices[i] ?? 0] ?? 0) * (vector.values[i] ?? 0);
    return score;
  }
  const end = starts[one + 1] ?? 0;
  for (let i = starts[one] ?? 0; i < end; i += 1) score += (spread[indices[i] ?? 0] ?? 0) * (weights[i] ?? 0);
  return score;
}

function spreadOut({ indices, values }: Vector, spread: Float32Array): void {
  for (let i = 0; i < indices.length; i += 1) spread[indices[i] ?? 0] = values[i] ?? 0;
}

function emptyFor(examples: readonly Labelled[], size: number, classes: number): Sparse {
  const terms = Array.from({ length: classes - 1 }, () => new Set<number>());
  for (const { vector, label } of examples) for (const index of vector.indices) terms[label]?.add(index);
  const starts = new Int32Array(classes);
  terms.forEach((own, label) => {
    starts[label + 1] = (starts[label] ?? 0) + own.size;
  });
  const indices = new Int32Array(starts[classes - 1] ?? 0);
  terms.forEach((own, label) => {
    indices.set(
      [...own].sort((a, b) => a - b),
      starts[label] ?? 0,
    );
  });
  return {
    ...{ kind: "sparse", classes, starts, indices, weights: new Float32Array(indices.length) },
    ...{ none: new Float32Array(size), bias: new Float64Array(classes) },
  };
}
