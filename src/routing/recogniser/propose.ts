import { createBm25 } from "./bm25.ts";

/** Which intents come into question for a text. */
export type Proposer = {
  few(text: string): number[];
  /** all of them; of thousands those that the word index finds at all likely */
  all(text: string): readonly number[];
};

export const SHORTLIST = 12;
/** More intents than this are never judged at once. */
const MOST = 1_000;
const WIDE = 128;

export function proposerFor(documents: readonly { text: string; label: number }[], intents: number): Proposer {
  const index = createBm25(documents, intents);
  const everyOne = Array.from({ length: intents }, (_, label) => label);
  return {
    few: (text) => index.shortlist(text, SHORTLIST),
    all: (text) => {
      if (intents <= MOST) return everyOne;
      const wide = index.shortlist(text, WIDE);
      return wide.length === 0 ? everyOne.slice(0, 1) : wide;
    },
  };
}
