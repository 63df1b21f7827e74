import type { Vector } from "./features.ts";
import type { Labelled } from "./linear.ts";

/** The utterances of each intent as vectors, in one block. Plain data. */
export type Remembered = {
  /** of each intent: its first utterance in the lists below; one more at the end */
  first: Int32Array;
  /** of each utterance: the number of its document */
  documents: Int32Array;
  /** of each utterance: where its vector begins; one more at the end */
  starts: Int32Array;
  indices: Int32Array;
  /** each vector has length one */
  values: Float32Array;
};

export function remember(examples: readonly Labelled[], intents: number): Remembered {
  const order = examples.map((_, i) => i).filter((i) => (examples[i]?.label ?? intents) < intents);
  order.sort((a, b) => (examples[a]?.label ?? 0) - (examples[b]?.label ?? 0) || a - b);
  const vectors = order.map((i) => examples[i]?.vector ?? { indices: new Int32Array(), values: new Float32Array() });
  const starts = new Int32Array(order.length + 1);
  vectors.forEach(({ indices }, n) => {
    starts[n + 1] = (starts[n] ?? 0) + indices.length;
  });
  const all = starts[order.length] ?? 0;
  const remembered: Remembered = {
    first: new Int32Array(intents + 1),
    documents: Int32Array.from(order),
    starts,
    indices: new Int32Array(all),
    values: new Float32Array(all),
  };
  vectors.forEach(({ indices, values }, n) => {
    const length = Math.hypot(...values) || 1;
    remembered.indices.set(indices, starts[n] ?? 0);
    remembered.values.set(
      values.map((value) => value / length),
      starts[n] ?? 0,
    );
  });
  for (const i of order) {
    const label = examples[i]?.label ?? 0;
    remembered.first[label + 1] = (remembered.first[label + 1] ?? 0) + 1;
  }
  for (let label = 0; label < intents; label += 1)
    remembered.first[label + 1] = (remembered.first[label + 1] ?? 0) + (remembered.first[label] ?? 0);
  return remembered;
}

export type Nearest = {
  document: number | undefined /** inner product with the utterance's unit vector */;
  similarity: number;
};

/** Finds the utterance of an intent that is nearest to a vector. @param size how many features there are */
export function nearestIn(remembered: Remembered, size: number): (label: number, look: Vector) => Nearest {
  const { first, documents, starts, indices, values } = remembered;
  // The vector spread out; emptied again after each use.
  const wanted = new Float32Array(size);
  return (label, look) => {
    for (let i = 0; i < look.indices.length; i += 1) wanted[look.indices[i] ?? 0] = look.values[i] ?? 0;
    let best = 0;
    let document: number | undefined;
    for (let n = first[label] ?? 0; n < (first[label + 1] ?? 0); n += 1) {
      const end = starts[n + 1] ?? 0;
      let product = 0;
      for (let at = starts[n] ?? 0; at < end; at += 1) product += (wanted[indices[at] ?? 0] ?? 0) * (values[at] ?? 0);
      if (product > best) {
        best = product;
        document = documents[n];
      }
    }
    for (const index of look.indices) wanted[index] = 0;
    return { document, similarity: best };
  };
}

/** How near the nearest of many vectors is: the inner product with its unit vector. By feature, since few features are shared. */
export function nearnessIn(vectors: readonly Vector[], size: number): (look: Vector) => number {
  const starts = new Int32Array(size + 1);
  for (const { indices } of vectors) for (const index of indices) starts[index + 1] = (starts[index + 1] ?? 0) + 1;
  for (let i = 0; i < size; i += 1) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const filled = starts.slice();
  const who = new Int32Array(starts[size] ?? 0);
  const values = new Float32Array(starts[size] ?? 0);
  vectors.forEach((vector, n) => {
    const length = Math.hypot(...vector.values) || 1;
    vector.indices.forEach((index, i) => {
      const at = filled[index] ?? 0;
      who[at] = n;
      values[at] = (vector.values[i] ?? 0) / length;
      filled[index] = at + 1;
    });
  });
  const products = new Float32Array(vectors.length);
  return (look) => {
    products.fill(0);
    for (let i = 0; i < look.indices.length; i += 1) {
      const index = look.indices[i] ?? 0;
      const value = look.values[i] ?? 0;
      const end = starts[index + 1] ?? 0;
      for (let at = starts[index] ?? 0; at < end; at += 1) {
        const n = who[at] ?? 0;
        products[n] = (products[n] ?? 0) + value * (values[at] ?? 0);
      }
    }
    let best = 0;
    for (const product of products) if (product > best) best = product;
    return best;
  };
}
