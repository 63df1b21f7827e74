import type { Vector } from "./features.ts";
import type { Linear } from "./linear.ts";

/**
 * A linear classifier as it serves, a quarter as large as it was trained: each feature's weights as 8-bit integers with a
 * scale. `score[c] = bias[c] + Σ value · scales[index] · weights[index·classes + c]`. Plain data.
 */
export type Packed = {
  kind: "dense";
  classes: number;
  weights: Int8Array;
  scales: Float32Array;
  bias: Float64Array;
};

const GREATEST = 127;

export function pack({ classes, rows: { width, weights, bias } }: Linear): Packed {
  const scales = new Float32Array(weights.length / width);
  const packed = new Int8Array(scales.length * classes);
  for (let row = 0; row < scales.length; row += 1) {
    const start = row * width;
    let largest = 0;
    for (let k = 0; k < classes; k += 1) largest = Math.max(largest, Math.abs(weights[start + k] ?? 0));
    const scale = largest / GREATEST;
    scales[row] = scale;
    if (scale > 0)
      for (let k = 0; k < classes; k += 1) packed[row * classes + k] = Math.round((weights[start + k] ?? 0) / scale);
  }
  return { kind: "dense", classes, weights: packed, scales, bias: Float64Array.from(bias.subarray(0, classes)) };
}

/** Scores of all classes. Two rows at a time: the scores are read and written half as often. */
export function packedScores({ classes, weights, scales, bias }: Packed, { indices, values }: Vector): Float64Array {
  const scores = Float64Array.from(bias);
  const { length } = indices;
  for (let i = 0; i < length; i += 2) {
    const first = indices[i] ?? 0;
    const second = i + 1 < length ? (indices[i + 1] ?? 0) : first;
    const a = first * classes;
    const b = second * classes;
    const va = (values[i] ?? 0) * (scales[first] ?? 0);
    const vb = i + 1 < length ? (values[i + 1] ?? 0) * (scales[second] ?? 0) : 0;
    for (let k = 0; k < classes; k += 1)
      scores[k] = (scores[k] ?? 0) + va * (weights[a + k] ?? 0) + vb * (weights[b + k] ?? 0);
  }
  return scores;
}

/** The same for some classes only, in their order. */
export function packedScoresAmong(
  { classes, weights, scales, bias }: Packed,
  { indices, values }: Vector,
  among: readonly number[],
): Float64Array {
  const scores = Float64Array.from(among, (k) => bias[k] ?? 0);
  for (let i = 0; i < indices.length; i += 1) {
    const index = indices[i] ?? 0;
    const row = index * classes;
    const value = (values[i] ?? 0) * (scales[index] ?? 0);
    for (let k = 0; k < among.length; k += 1)
      scores[k] = (scores[k] ?? 0) + value * (weights[row + (among[k] ?? 0)] ?? 0);
  }
  return scores;
}

export function packedWeight({ classes, weights, scales }: Packed, label: number, index: number): number {
  return (scales[index] ?? 0) * (weights[index * classes + label] ?? 0);
}
