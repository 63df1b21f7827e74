import { readFileSync } from "node:fs";
import type { Vector } from "./features.ts";

/**
 * Weights of all classes for each feature, row by row, in the memory of the WebAssembly module that adds them up (rows.wat):
 * more than twice as fast as a loop in JavaScript. `width`: the length of a row; what is beyond the classes stays zero.
 */
export type Rows = {
  width: number;
  weights: Float32Array;
  bias: Float32Array;
  /** what `addUp` found, by class; overwritten by the next call */
  scores: Float32Array;
  /** scores[c] = bias[c] + Σ value · weights[index·width + c] */
  addUp(vector: Vector): void;
};

/** So many classes are added up at once. */
const AT_ONCE = 16;
const BYTES = 4;
const PAGE = 65_536;
/** No text has more terms. */
const MOST_TERMS = 16_384;

/** What is used of it; the types of Node do not tell. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (pages: { initial: number }) => { buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const compiled = new WebAssembly.Module(readFileSync(new URL("./rows.wasm", import.meta.url)));

type AddRows = (
  ...addresses: [weights: number, stride: number, indices: number, values: number, length: number, ...number[]]
) => void;

export function createRows(features: number, classes: number): Rows {
  const width = Math.ceil(classes / AT_ONCE) * AT_ONCE;
  const lengths = [width, width, MOST_TERMS, MOST_TERMS, features * width];
  const places = lengths.map((_, i) => BYTES * lengths.slice(0, i).reduce((a, b) => a + b, 0));
  const all = BYTES * lengths.reduce((a, b) => a + b, 0);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(all / PAGE) });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const addRows = instance.exports.add_rows as AddRows;
  const [biasAt = 0, scoresAt = 0, indicesAt = 0, valuesAt = 0, weightsAt = 0] = places;
  const indices = new Int32Array(memory.buffer, indicesAt, MOST_TERMS);
  const values = new Float32Array(memory.buffer, valuesAt, MOST_TERMS);
  return {
    width,
    weights: new Float32Array(memory.buffer, weightsAt, features * width),
    bias: new Float32Array(memory.buffer, biasAt, width),
    scores: new Float32Array(memory.buffer, scoresAt, width),
    addUp(vector) {
      indices.set(vector.indices);
      values.set(vector.values);
      const length = BYTES * vector.indices.length;
      addRows(weightsAt, BYTES * width, indicesAt, valuesAt, length, biasAt, scoresAt);
    },
  };
}
