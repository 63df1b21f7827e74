/** A sparse vector: `indices[i]` has the value `values[i]`. */
export type Vector = { indices: Int32Array; values: Float32Array };

/**
 * TF-IDF over words (one and two at a time) and over characters within words (two to five at a time), each block with length
 * one. Characters make it robust against endings and typing errors, words carry the meaning.
 */
export type Features = {
  size: number;
  vectorOf(text: string): Vector;
  /** Which share of what an utterance says was ever seen, weighted by how much it tells: 0 to 1. */
  coverageOf(text: string): { words: number; characters: number };
  /** The words behind an index, for explanations; undefined for a piece of a word. */
  wordAt(index: number): string | undefined;
};

type Block = { terms(text: string): string[]; weight: number };
const blocks: readonly Block[] = [
  { terms: wordTerms, weight: 1 },
  { terms: characterTerms, weight: 0.8 },
];

/** What was seen in training: the terms, and how much each tells. Plain data, so that it can be trained elsewhere. */
export type Vocabulary = { terms: string[]; idf: Float32Array; idfOfUnseen: number };

export function learnVocabulary(texts: readonly string[]): Vocabulary {
  const frequency = new Map<string, number>();
  for (const text of texts)
    for (const { terms } of blocks)
      for (const term of new Set(terms(text))) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const idfOf = (count: number): number => Math.log((1 + texts.length) / (1 + count)) + 1;
  return {
    terms: [...frequency.keys()],
    idf: Float32Array.from(frequency.values(), idfOf),
    idfOfUnseen: idfOf(0),
  };
}

export function featuresOf({ terms: names, idf, idfOfUnseen }: Vocabulary): Features {
  const index = new Map(names.map((term, i) => [term, i]));

  const counted = ({ terms }: Block, text: string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const term of terms(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  };
  const coverage = (block: Block, text: string): number => {
    let seen = 0;
    let all = 0;
    for (const term of counted(block, text).keys()) {
      const at = index.get(term);
      const weight = at === undefined ? idfOfUnseen : (idf[at] ?? 0);
      all += weight;
      if (at !== undefined) seen += weight;
    }
    return all === 0 ? 0 : seen / all;
  };
  return {
    size: names.length,
    vectorOf(text) {
      const indices: number[] = [];
      const values: number[] = [];
      for (const block of blocks) {
        const start = values.length;
        let square = 0;
        for (const [term, count] of counted(block, text)) {
          const at = index.get(term);
          const value = (1 + Math.log(count)) * (at === undefined ? idfOfUnseen : (idf[at] ?? 0));
          // What was never seen has no weight of its own, but makes the rest count less.
          square += value * value;
          if (at === undefined) continue;
          indices.push(at);
          values.push(value);
        }
        const scale = square === 0 ? 0 : block.weight / Math.sqrt(square);
        for (let i = start; i < values.length; i += 1) values[i] = (values[i] ?? 0) * scale;
      }
      return { indices: Int32Array.from(indices), values: Float32Array.from(values) };
    },
    coverageOf: (text) => ({
      words: coverage({ terms: singleWords, weight: 1 }, text),
      characters: coverage({ terms: characterTerms, weight: 1 }, text),
    }),
    wordAt: (at) => {
      const name = names[at];
      return name?.startsWith("w:") ? name.slice(2) : undefined;
    },
  };
}

function singleWords(text: string): string[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((word) => `w:${word}`);
}

function wordTerms(text: string): string[] {
  const words = text.split(" ").filter(Boolean);
  const pairs = words.slice(1).map((word, i) => `w:${words[i]} ${word}`);
  return [...words.map((word) => `w:${word}`), ...pairs];
}

function characterTerms(text: string): string[] {
  const terms: string[] = [];
  for (const word of text.split(" ")) {
    if (word === "") continue;
    const padded = `_${word.slice(0, 40)}_`;
    for (let length = 2; length <= 5; length += 1)
      for (let start = 0; start + length <= padded.length; start += 1)
        terms.push(`c:${padded.slice(start, start + length)}`);
  }
  return terms;
}
