import { hashOfWord, type Terms } from "./terms.ts";

/** A sparse vector: `indices[i]` has the value `values[i]`. */
export type Vector = { indices: Int32Array; values: Float32Array };

/** A text as the classifier sees it, and which share of what it says was ever seen, weighted by how much it tells: 0 to 1. */
export type Look = Vector & { coverage: number; words: WordsLook };
/**
 * The words of a text, one after the other: the index of each, how much it tells, and the indices of its pieces, which begin
 * at `pieceStarts` (one more at the end); -1: never seen.
 */
export type WordsLook = { indices: Int32Array; told: Float64Array; pieces: Int32Array; pieceStarts: Int32Array };

/** TF-IDF over two blocks, words with pairs, and pieces; each has a fixed length, so that long words do not drown the others. */
export type Features = {
  size: number;
  look(terms: Terms): Look;
  /** only what the classifier sees */
  vectorOf(terms: Terms): Vector;
  /** The index of a single word; undefined where it was never seen. */
  indexOfWord(word: string): number | undefined;
};

/** What was seen in training, the most frequent first: hashes, and how much each tells. Plain data. */
export type Vocabulary = { hashes: Int32Array; idf: Float32Array; idfOfUnseen: number };

const WORDS_WEIGHT = 1;
const PIECES_WEIGHT = 0.8;
/** A text has at most about 5,000 terms (1,000 characters), so there is always room. */
const MOST_TERMS = 16_384;

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

/** The same vocabulary with the terms of further texts, which count as never seen. */
export function widened({ hashes, idf, idfOfUnseen }: Vocabulary, texts: readonly Terms[]): Vocabulary {
  const known = new Set(hashes);
  const further = new Set(
    texts.flatMap(({ words, pairs, pieces }) => [...words, ...pairs, ...pieces]).filter((hash) => !known.has(hash)),
  );
  const added = Float32Array.from(further, () => idfOfUnseen);
  return {
    hashes: Int32Array.from([...hashes, ...further]),
    idf: Float32Array.from([...idf, ...added]),
    idfOfUnseen,
  };
}

export function featuresOf({ hashes, idf, idfOfUnseen }: Vocabulary): Features {
  const index = indexOf(hashes);
  const countUnseen = createCounter();
  // Scratch memory, used again for each text: of each feature, the text that had it last, and its place in that text.
  const stamps = new Uint32Array(hashes.length);
  const places = new Int32Array(hashes.length);
  const indices = new Int32Array(MOST_TERMS);
  const times = new Int32Array(MOST_TERMS);
  const unseen = new Int32Array(MOST_TERMS);
  let stamp = 0;

  /**
   * Counts the terms of a block and appends them to the vector, scaled to its length. What was never seen makes the rest
   * count less. @returns the end of the block, and which share of it was seen
   */
  const addBlock = (
    lists: readonly Int32Array[],
    found: readonly Int32Array[],
    weight: number,
    start: number,
    values: Float32Array,
  ): { end: number; coverage: number } => {
    stamp += 1;
    let end = start;
    let strangers = 0;
    found.forEach((list, n) => {
      for (let i = 0; i < list.length; i += 1) {
        const at = list[i] ?? -1;
        if (at < 0) unseen[strangers++] = lists[n]?.[i] ?? 0;
        else if (stamps[at] === stamp) times[places[at] ?? 0] = (times[places[at] ?? 0] ?? 0) + 1;
        else {
          stamps[at] = stamp;
          places[at] = end;
          indices[end] = at;
          times[end] = 1;
          end += 1;
        }
      }
    });
    let square = 0;
    let seen = 0;
    let all = 0;
    for (let i = start; i < end; i += 1) {
      const told = idf[indices[i] ?? 0] ?? 0;
      const value = tfIdf(times[i] ?? 1, told);
      values[i] = value;
      square += value * value;
      seen += told;
    }
    all = seen;
    if (strangers > 0)
      countUnseen([unseen.subarray(0, strangers)], (_, often) => {
        square += tfIdf(often, idfOfUnseen) ** 2;
        all += idfOfUnseen;
      });
    const scale = square === 0 ? 0 : weight / Math.sqrt(square);
    for (let i = start; i < end; i += 1) values[i] = (values[i] ?? 0) * scale;
    return { end, coverage: all === 0 ? 0 : seen / all };
  };
  const scratch = new Float32Array(MOST_TERMS);
  const found = ({ words, pairs, pieces }: Terms): { words: Int32Array; pairs: Int32Array; pieces: Int32Array } => ({
    words: words.map(index),
    pairs: pairs.map(index),
    pieces: pieces.map(index),
  });
  const vectorFrom = (terms: Terms, at: ReturnType<typeof found>): Vector & { pieceCoverage: number } => {
    const words = addBlock([terms.words, terms.pairs], [at.words, at.pairs], WORDS_WEIGHT, 0, scratch);
    const { end, coverage } = addBlock([terms.pieces], [at.pieces], PIECES_WEIGHT, words.end, scratch);
    return { indices: indices.slice(0, end), values: scratch.slice(0, end), pieceCoverage: coverage };
  };
  /** Each word counts once, however often it is said. */
  const coverageOf = (words: Int32Array, at: Int32Array, told: Float64Array): number => {
    let seen = 0;
    let all = 0;
    words.forEach((word, i) => {
      if (words.indexOf(word) < i) return;
      all += told[i] ?? 0;
      if ((at[i] ?? -1) >= 0) seen += told[i] ?? 0;
    });
    return all === 0 ? 0 : seen / all;
  };
  return {
    size: hashes.length,
    look(terms) {
      const at = found(terms);
      const { pieceCoverage, ...vector } = vectorFrom(terms, at);
      const told = Float64Array.from(at.words, (i) => (i < 0 ? idfOfUnseen : (idf[i] ?? 0)));
      return {
        ...vector,
        coverage: coverageOf(terms.words, at.words, told) * pieceCoverage,
        words: { indices: at.words, told, pieces: at.pieces, pieceStarts: terms.pieceStarts },
      };
    },
    vectorOf(terms) {
      const { pieceCoverage: _, ...vector } = vectorFrom(terms, found(terms));
      return vector;
    },
    indexOfWord: (word) => {
      const at = index(hashOfWord(word));
      return at < 0 ? undefined : at;
    },
  };
}

const tfIdf = (times: number, told: number): number => (times === 1 ? told : (1 + Math.log(times)) * told);

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

/** Counts how often each hash occurs in lists, in the order of their first occurrence; its memory is used again and again. */
function createCounter(): (lists: readonly Int32Array[], each: (hash: number, times: number) => void) => void {
  const stamps = new Uint32Array(MOST_TERMS);
  const keys = new Int32Array(MOST_TERMS);
  const times = new Int32Array(MOST_TERMS);
  const order = new Int32Array(MOST_TERMS);
  let stamp = 0;
  return (lists, each) => {
    stamp += 1;
    let found = 0;
    for (const list of lists)
      for (const hash of list) {
        let slot = hash & (MOST_TERMS - 1);
        while (stamps[slot] === stamp && keys[slot] !== hash) slot = (slot + 1) & (MOST_TERMS - 1);
        if (stamps[slot] !== stamp) {
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
