/**
 * The terms of a normalised text as 32-bit hashes (FNV-1a with a final mix, so that no text is kept): single words, pairs of
 * neighbours, and pieces of two to five characters within words. Pieces make it robust against endings and typing errors, words
 * carry the meaning. Two terms out of 100,000 share a hash about once, which no classifier notices.
 */
export type Terms = {
  words: Int32Array;
  pairs: Int32Array;
  pieces: Int32Array;
  /** of each word: where its pieces begin; one more at the end */
  pieceStarts: Int32Array;
};

const WORD = 0x811c9dc5;
const PAIR = 0x01234567;
const PIECE = 0x51ed270b;
const SHORTEST_PIECE = 2;
const LONGEST_PIECE = 5;
/** A longer word is no word. */
const MAX_WORD = 40;
const EDGE = 0x5f;

export function termsOf(text: string): Terms {
  const words: number[] = [];
  const pairs: number[] = [];
  const pieces: number[] = [];
  const pieceStarts = [0];
  let last: number | undefined;
  for (const word of text.split(" ")) {
    if (word === "") continue;
    const hash = hashOfWord(word);
    words.push(hash);
    if (last !== undefined) pairs.push(mixed(Math.imul(last ^ PAIR, 0x01000193) ^ hash));
    last = hash;
    addPieces(word, pieces);
    pieceStarts.push(pieces.length);
  }
  return {
    words: Int32Array.from(words),
    pairs: Int32Array.from(pairs),
    pieces: Int32Array.from(pieces),
    pieceStarts: Int32Array.from(pieceStarts),
  };
}

export function hashOfWord(word: string): number {
  let hash = WORD;
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** Pieces of "_word_": the edges of a word are part of what it looks like. */
function addPieces(word: string, into: number[]): void {
  const end = Math.min(word.length, MAX_WORD) + 2;
  const at = (i: number): number => (i === 0 || i === end - 1 ? EDGE : word.charCodeAt(i - 1));
  for (let start = 0; start + SHORTEST_PIECE <= end; start += 1) {
    let hash = PIECE;
    for (let length = 1; length <= LONGEST_PIECE && start + length <= end; length += 1) {
      hash = Math.imul(hash ^ at(start + length - 1), 0x01000193);
      if (length >= SHORTEST_PIECE) into.push(mixed(hash + length));
    }
  }
}

function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 15);
  mix = Math.imul(mix, 0x2c1b3c6d);
  return (mix ^ (mix >>> 12)) | 0;
}
