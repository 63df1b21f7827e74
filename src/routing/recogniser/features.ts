import { hashOfWord, type Terms } from "./terms.ts";

/** A sparse vector: `indices[i]` has the value `values[i]`. */
export type Vector = { indices: Int32Array; values: Float32Array };

/** A text as the classifier sees it, and which share of what it says was ever seen, weighted by how much it tells: 0 to 1. */
export type Look = Vector & { coverage: number; words: WordLook[] };
/** A word of the text: its index, how much it tells, and the indices of its pieces; -1: never seen. */
export type WordLook = { index: number; told: number; pieces: Int32Array };

/** TF-IDF over two blocks, words with pairs, and pieces; each has a fixed length, so that long words do not drown the others. */
export type Features = {
  size: number;
  look(terms: Terms): Look;
  /** The index of a single word; undefined where it was never seen. */
  indexOfWord(word: string): number | undefined;
};

/** What was seen in training, the most frequent first: hashes, and how much each tells. Plain data. */
export type Vocabulary = { hashes: Int32Array; idf: Float32Array; idfOfUnseen: number };

const WORDS_WEIGHT = 1;
const PIECES_WEIGHT = 0.8;

export function learnVocabulary(texts: readonly Terms[]): Vocabulary {
  const frequency = new Map<number, number>();
  const each = createCounter();
  for (const { words, pairs, pieces } of texts)
    each([words, pairs, pieces], (hash) => frequency.set(hash, (frequency.get(hash) ?? 0) + 1));
  // What is looked up most lies together in memory.
  const sorted = [...frequency].sort(([, a], [, b]) => b - a);
  const idfOf = (count: number): number => Math.log((1 + texts.length) / (1 + count)) + 1;
  return {
    hashes: Int32Array.from(sorted, ([hash]) => hash),
    idf: Float32Array.from(sorted, ([, count]) => idfOf(count)),
    idfOfUnseen: idfOf(0),
  };
}

export function featuresOf({ hashes, idf, idfOfUnseen }: Vocabulary): Features {
  const index = indexOf(hashes);
  const count = createCounter();

  /** Appends a block to the vector, and scales it to its length. What was never seen makes the rest count less. */
  const addBlock = (lists: readonly Int32Array[], weight: number, indices: number[], values: number[]): number => {
    const start = values.length;
    let square = 0;
    let seen = 0;
    let all = 0;
    count(lists, (hash, times) => {
      const at = index(hash);
      const told = at < 0 ? idfOfUnseen : (idf[at] ?? 0);
      const value = (1 + Math.log(times)) * told;
      square += value * value;
      all += told;
      if (at < 0) return;
      seen += told;
      indices.push(at);
      values.push(value);
    });
    const scale = square === 0 ? 0 : weight / Math.sqrt(square);
    for (let i = start; i < values.length; i += 1) values[i] = (values[i] ?? 0) * scale;
    return all === 0 ? 0 : seen / all;
  };
  const coverageOfWords = (words: Int32Array): number => {
    let seen = 0;
    let all = 0;
    count([words], (hash) => {
      const at = index(hash);
      const told = at < 0 ? idfOfUnseen : (idf[at] ?? 0);
      all += told;
      if (at >= 0) seen += told;
    });
    return all === 0 ? 0 : seen / all;
  };
  return {
    size: hashes.length,
    look({ words, pairs, pieces, pieceStarts }) {
      const indices: number[] = [];
      const values: number[] = [];
      addBlock([words, pairs], WORDS_WEIGHT, indices, values);
      const pieceCoverage = addBlock([pieces], PIECES_WEIGHT, indices, values);
      return {
        indices: Int32Array.from(indices),
        values: Float32Array.from(values),
        coverage: coverageOfWords(words) * pieceCoverage,
        words: Array.from(words, (hash, i) => {
          const at = index(hash);
          return {
            index: at,
            told: at < 0 ? idfOfUnseen : (idf[at] ?? 0),
            pieces: pieces.slice(pieceStarts[i], pieceStarts[i + 1]).map(index),
          };
        }),
      };
    },
    indexOfWord: (word) => {
      const at = index(hashOfWord(word));
      return at < 0 ? undefined : at;
    },
  };
}

/** Length of a text that was seen as a whole. */
export const FULL_LENGTH = Math.hypot(WORDS_WEIGHT, PIECES_WEIGHT);

/** Open addressing: where each hash stands in the list; -1 where it does not. */
function indexOf(hashes: Int32Array): (hash: number) => number {
  const mask = 2 ** Math.ceil(Math.log2(Math.max(2, hashes.length) * 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  hashes.forEach((hash, i) => {
    let slot = hash & mask;
    while (slots[slot] !== -1) slot = (slot + 1) & mask;
    slots[slot] = i;
  });
  return (hash) => {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot] ?? -1;
      if (at === -1 || hashes[at] === hash) return at;
    }
  };
}

const COUNTER_SLOTS = 16_384;

/** Counts how often each hash occurs in lists, in the order of their first occurrence; its memory is used again and again. */
function createCounter(): (lists: readonly Int32Array[], each: (hash: number, times: number) => void) => void {
  const stamps = new Uint32Array(COUNTER_SLOTS);
  const keys = new Int32Array(COUNTER_SLOTS);
  const times = new Int32Array(COUNTER_SLOTS);
  const order = new Int32Array(COUNTER_SLOTS);
  let stamp = 0;
  return (lists, each) => {
    stamp += 1;
    let found = 0;
    for (const list of lists)
      for (const hash of list) {
        let slot = hash & (COUNTER_SLOTS - 1);
        while (stamps[slot] === stamp && keys[slot] !== hash) slot = (slot + 1) & (COUNTER_SLOTS - 1);
        if (stamps[slot] !== stamp) {
          // A text has at most about 5,000 terms (1,000 characters), so there is always room.
          stamps[slot] = stamp;
          keys[slot] = hash;
          times[slot] = 0;
          order[found] = slot;
          found += 1;
        }
        times[slot] = (times[slot] ?? 0) + 1;
      }
    for (let i = 0; i < found; i += 1) {
      const slot = order[i] ?? 0;
      each(keys[slot] ?? 0, times[slot] ?? 0);
    }
  };
}
