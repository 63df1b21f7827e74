import type { Vector } from "./features.ts";
import type { Labelled } from "./linear.ts";

/** The utterances of each intent by their terms: a text shares few of them, and only these are looked at. Plain data. */
export type Remembered = {
  /** of each intent: its first term below; one more at the end */
  first: Int32Array;
  /** the terms of each intent as indices of features, ascending */
  terms: Int32Array;
  /** of each term: where its places begin; one more at the end */
  starts: Int32Array;
  /** of each place: the document, and the value there; the vector of a document has length one */
  documents: Int32Array;
  values: Float32Array;
};

/** @param size how many features there are */
export function remember(examples: readonly Labelled[], intents: number, size: number): Remembered {
  const byFeature = postingsOf(
    examples.map(({ vector, label }) => (label < intents ? vector : NOTHING)),
    size,
  );
  // Feature after feature, so that the terms of each intent come out ascending.
  const places = new Int32Array(intents + 1);
  const terms = new Int32Array(intents + 1);
  const lastOf = new Int32Array(intents).fill(-1);
  const each = (place: (label: number, isNew: boolean, at: number, feature: number) => void): void => {
    lastOf.fill(-1);
    for (let feature = 0; feature < size; feature += 1)
      for (let at = byFeature.starts[feature] ?? 0; at < (byFeature.starts[feature + 1] ?? 0); at += 1) {
        const label = examples[byFeature.who[at] ?? 0]?.label ?? 0;
        place(label, lastOf[label] !== feature, at, feature);
        lastOf[label] = feature;
      }
  };
  each((label, isNew) => {
    places[label + 1] = (places[label + 1] ?? 0) + 1;
    if (isNew) terms[label + 1] = (terms[label + 1] ?? 0) + 1;
  });
  for (let label = 0; label < intents; label += 1) {
    places[label + 1] = (places[label + 1] ?? 0) + (places[label] ?? 0);
    terms[label + 1] = (terms[label + 1] ?? 0) + (terms[label] ?? 0);
  }
  const remembered: Remembered = {
    first: terms.slice(),
    terms: new Int32Array(terms[intents] ?? 0),
    starts: new Int32Array((terms[intents] ?? 0) + 1),
    documents: new Int32Array(byFeature.who.length),
    values: new Float32Array(byFeature.who.length),
  };
  each((label, isNew, at, feature) => {
    const place = places[label] ?? 0;
    if (isNew) {
      const term = terms[label] ?? 0;
      remembered.terms[term] = feature;
      remembered.starts[term] = place;
      terms[label] = term + 1;
    }
    remembered.documents[place] = byFeature.who[at] ?? 0;
    remembered.values[place] = byFeature.values[at] ?? 0;
    places[label] = place + 1;
  });
  remembered.starts[remembered.terms.length] = byFeature.who.length;
  return remembered;
}

const NOTHING: Vector = { indices: new Int32Array(), values: new Float32Array() };

/** Where a feature stands among the terms of an intent; -1: its utterances do not have it. */
export function termOf({ first, terms }: Remembered, label: number, feature: number): number {
  let low = first[label] ?? 0;
  let high = (first[label + 1] ?? 0) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = terms[middle] ?? 0;
    if (found === feature) return middle;
    if (found < feature) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export type Nearest = {
  document: number | undefined /** inner product with the utterance's unit vector */;
  similarity: number;
};

/** Finds the utterance of an intent that is nearest to a vector; of equally near ones the first. */
export function nearestIn(remembered: Remembered): (label: number, look: Vector) => Nearest {
  const { starts, documents, values } = remembered;
  // Emptied again after each use.
  const products = new Float64Array(documents.reduce((most, document) => Math.max(most, document), -1) + 1);
  const touched: number[] = [];
  return (label, look) => {
    for (let i = 0; i < look.indices.length; i += 1) {
      const term = termOf(remembered, label, look.indices[i] ?? 0);
      if (term < 0) continue;
      const value = look.values[i] ?? 0;
      const end = starts[term + 1] ?? 0;
      for (let at = starts[term] ?? 0; at < end; at += 1) {
        const document = documents[at] ?? 0;
        if (products[document] === 0) touched.push(document);
        products[document] = (products[document] ?? 0) + value * (values[at] ?? 0);
      }
    }
    let similarity = 0;
    let nearest: number | undefined;
    for (const document of touched) {
      const product = products[document] ?? 0;
      if (product > similarity || (product === similarity && document < (nearest ?? 0))) {
        similarity = product;
        nearest = document;
      }
      products[document] = 0;
    }
    touched.length = 0;
    return { document: nearest, similarity };
  };
}

/**
 * Which of many vectors is nearest, and how near: the inner product with its unit vector; -1 where none shares anything. By
 * feature, since few features are shared.
 */
export function nearnessIn(
  vectors: readonly Vector[],
  size: number,
): (look: Vector) => { at: number; similarity: number } {
  const { starts, who, values } = postingsOf(vectors, size);
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
    let at = -1;
    let similarity = 0;
    for (let n = 0; n < products.length; n += 1) {
      const product = products[n] ?? 0;
      if (product > similarity) {
        similarity = product;
        at = n;
      }
    }
    return { at, similarity };
  };
}

/** Of each feature: which vectors hold it, and with which value once their length is one. */
function postingsOf(
  vectors: readonly Vector[],
  size: number,
): { starts: Int32Array; who: Int32Array; values: Float32Array } {
  const starts = new Int32Array(size + 1);
  for (const { indices } of vectors) for (const index of indices) starts[index + 1] = (starts[index + 1] ?? 0) + 1;
  for (let i = 0; i < size; i += 1) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const filled = starts.slice();
  const who = new Int32Array(starts[size] ?? 0);
  const values = new Float32Array(starts[size] ?? 0);
  vectors.forEach((vector, n) => {
    const length = lengthOf(vector) || 1;
    for (let i = 0; i < vector.indices.length; i += 1) {
      const index = vector.indices[i] ?? 0;
      const at = filled[index] ?? 0;
      who[at] = n;
      values[at] = (vector.values[i] ?? 0) / length;
      filled[index] = at + 1;
    }
  });
  return { starts, who, values };
}

function lengthOf({ values }: Vector): number {
  let square = 0;
  for (let i = 0; i < values.length; i += 1) square += (values[i] ?? 0) ** 2;
  return Math.sqrt(square);
}
