import { hashOfWord } from "./terms.ts";

/** The first look: which intents come into question, by the words alone. */
export type Bm25 = {
  /** numbers of the intents with a score above zero, best first */
  shortlist(text: string, most: number): number[];
};

const K1 = 1.2;
const B = 0.75;
/** Of each word only the intents count for which it tells most: a word that is in thousands tells little of any of them. */
const CHAMPIONS = 256;

/**
 * Okapi BM25 (k1 = 1.2, b = 0.75) over normalised texts, summed up by intent: a word speaks for an intent by the root of its
 * mean weight in the intent's texts. Measured on CLINC150 the right intent is among the first twelve in 98.4 %; by the best
 * single text it is in 98.3 %, at six times the cost.
 * @param intents how many there are; each document names its own
 */
export function createBm25(documents: readonly { text: string; label: number }[], intents: number): Bm25 {
  const lists = documents.map(({ text }) => text.split(" ").filter(Boolean).map(hashOfWord));
  const average = lists.reduce((sum, { length }) => sum + length, 0) / Math.max(1, lists.length);
  const counts = new Int32Array(intents);
  const words = new Map<number, { documents: number; byIntent: Map<number, number> }>();
  lists.forEach((list, i) => {
    const label = documents[i]?.label ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
    const norm = K1 * (1 - B + (B * list.length) / Math.max(1, average));
    for (const word of new Set(list)) {
      const times = list.filter((one) => one === word).length;
      const entry = words.get(word) ?? { documents: 0, byIntent: new Map<number, number>() };
      entry.documents += 1;
      entry.byIntent.set(label, (entry.byIntent.get(label) ?? 0) + (times * (K1 + 1)) / (times + norm));
      words.set(word, entry);
    }
  });
  const champions = new Map<number, { intents: Int32Array; weights: Float32Array }>();
  for (const [word, { documents: frequency, byIntent }] of words) {
    const idf = Math.log(1 + (documents.length - frequency + 0.5) / (frequency + 0.5));
    const best = [...byIntent]
      .map(([label, sum]) => ({ label, weight: idf * Math.sqrt(sum / (counts[label] ?? 1)) }))
      .sort((a, b) => b.weight - a.weight || a.label - b.label)
      .slice(0, CHAMPIONS);
    champions.set(word, {
      intents: Int32Array.from(best, ({ label }) => label),
      weights: Float32Array.from(best, ({ weight }) => weight),
    });
  }
  // Used again and again, and emptied after each search.
  const scores = new Float32Array(intents);
  return {
    shortlist(text, most) {
      const found: number[] = [];
      for (const word of new Set(text.split(" "))) {
        const champion = champions.get(hashOfWord(word));
        if (champion === undefined) continue;
        for (let i = 0; i < champion.intents.length; i += 1) {
          const label = champion.intents[i] ?? 0;
          if (scores[label] === 0) found.push(label);
          scores[label] = (scores[label] ?? 0) + (champion.weights[i] ?? 0);
        }
      }
      const best = bestOf(found, scores, most);
      for (const label of found) scores[label] = 0;
      return best;
    },
  };
}

/** The few with the highest scores, best first: cheaper than sorting all. */
function bestOf(found: readonly number[], scores: Float32Array, most: number): number[] {
  const best: number[] = [];
  for (const label of found) {
    const score = scores[label] ?? 0;
    if (best.length === most && score <= (scores[best[most - 1] ?? 0] ?? 0)) continue;
    let at = best.length === most ? most - 1 : best.length;
    for (; at > 0 && (scores[best[at - 1] ?? 0] ?? 0) < score; at -= 1) best[at] = best[at - 1] ?? 0;
    best[at] = label;
  }
  return best;
}
