import { keyOf, type RoutableIntent } from "../intent-name.ts";
import { featuresOf, learnVocabulary, type Vector } from "../recogniser/features.ts";
import { termsOf } from "../recogniser/terms.ts";

/** Two utterances of different intents that say nearly the same. `cosine`: of their TF-IDF vectors, 0 to 1; 1: the same words. */
export type Alike = { a: string; b: string; texts: [string, string]; cosine: number };

/** Measured on the sample fleet: "Look up a ticket" and "Look up a device", which are told apart well, have 0.69. */
const NEARLY_THE_SAME = 0.75;

/** Pure; all pairs of utterances are compared. `a` and `b` are the keys of their intents. */
export function findAlike(intents: readonly RoutableIntent[], normalise: (text: string) => string): Alike[] {
  const utterances = intents.flatMap(({ name, utterances: texts }) =>
    texts.map((text) => {
      const plain = normalise(text);
      return { text, plain, key: keyOf(name), terms: termsOf(plain) };
    }),
  );
  const features = featuresOf(learnVocabulary(utterances.map(({ terms }) => terms)));
  const vectors = utterances.map(({ terms }) => ofLengthOne(features.vectorOf(terms)));
  // The vector of one utterance spread out; emptied again after each.
  const spread = new Float32Array(features.size);
  return utterances.flatMap((one, i) => {
    const vector = vectors[i];
    if (vector === undefined) return [];
    fill(spread, vector);
    const found = utterances.slice(i + 1).flatMap((other, offset): Alike[] => {
      if (other.key === one.key) return [];
      const cosine = other.plain === one.plain ? 1 : product(spread, vectors[i + 1 + offset]);
      return cosine < NEARLY_THE_SAME ? [] : [{ a: one.key, b: other.key, texts: [one.text, other.text], cosine }];
    });
    for (const index of vector.indices) spread[index] = 0;
    return found;
  });
}

function ofLengthOne({ indices, values }: Vector): Vector {
  const length = Math.hypot(...values) || 1;
  return { indices, values: values.map((value) => value / length) };
}

function fill(spread: Float32Array, { indices, values }: Vector): void {
  indices.forEach((index, i) => {
    spread[index] = values[i] ?? 0;
  });
}

function product(spread: Float32Array, vector: Vector | undefined): number {
  let sum = 0;
  vector?.indices.forEach((index, i) => {
    sum += (spread[index] ?? 0) * (vector.values[i] ?? 0);
  });
  return Math.min(1, sum);
}
