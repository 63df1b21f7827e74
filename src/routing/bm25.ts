/** Okapi BM25 with the usual constants (k1 = 1.2, b = 0.75) over normalised texts. */
export type Bm25 = {
  /** documents with a score above zero, best first */
  search(text: string, limit: number): { document: number; score: number }[];
};

const K1 = 1.2;
const B = 0.75;

export function createBm25(documents: readonly string[]): Bm25 {
  const words = documents.map((document) => document.split(" ").filter(Boolean));
  const average = words.reduce((sum, { length }) => sum + length, 0) / Math.max(1, words.length);
  const postings = new Map<string, Map<number, number>>();
  words.forEach((document, i) => {
    for (const word of document) {
      const found = postings.get(word) ?? new Map<number, number>();
      found.set(i, (found.get(i) ?? 0) + 1);
      postings.set(word, found);
    }
  });
  return {
    search(text, limit) {
      const scores = new Map<number, number>();
      for (const word of new Set(text.split(" "))) {
        const found = postings.get(word);
        if (found === undefined) continue;
        const idf = Math.log(1 + (documents.length - found.size + 0.5) / (found.size + 0.5));
        for (const [document, count] of found) {
          const norm = K1 * (1 - B + (B * (words[document]?.length ?? 0)) / average);
          scores.set(document, (scores.get(document) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
        }
      }
      const ranked = [...scores].map(([document, score]) => ({ document, score }));
      return ranked.sort((a, b) => b.score - a.score || a.document - b.document).slice(0, limit);
    },
  };
}
