import type { StoredDecision } from "./outcome.ts";

/** How recognising went, over the whole fleet. */
export type Recognition = {
  decisions: number;
  /** the word index's shortlist left a doubt, and all intents were judged */
  widened: number;
  /** the winner was not on the shortlist */
  missed: number;
  /** by name; empty where nobody else was asked */
  opinions: { of: string; asked: number; inTime: number }[];
};

/** Pure. */
export function recognitionOf(decisions: readonly StoredDecision[]): Recognition {
  const opinions = decisions.flatMap(({ opinion }) => (opinion === null ? [] : [opinion]));
  return {
    decisions: decisions.length,
    widened: decisions.filter(({ widened }) => widened).length,
    missed: decisions.filter(({ missed }) => missed).length,
    opinions: [...Map.groupBy(opinions, ({ of }) => of)]
      .map(([of, asked]) => ({ of, asked: asked.length, inTime: asked.filter(({ inTime }) => inTime).length }))
      .sort((a, b) => (a.of < b.of ? -1 : 1)),
  };
}
