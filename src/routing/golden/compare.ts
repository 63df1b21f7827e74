import { type Accepted, type Unexpected, unexpectedOf } from "./accepted.ts";
import type { Figures } from "./figures.ts";
import type { JudgedLine } from "./judge.ts";
import { type Rate, ratesOf } from "./rates.ts";

/** A figure that is not what was accepted. */
export type Change = { group: string; name: string; from: number; to: number; counts: string | undefined };

/** A sentence that is dealt with in another way. `from` undefined: it was as expected, or it is new in the golden set. */
export type Move = { line: number; was: "lost" | "won" | "moved"; from: Unexpected | undefined; to: Unexpected };

export type Comparison = {
  drops: Change[];
  gains: Change[];
  /** lost ones first, in the order of the golden set */
  moves: Move[];
};

/** Pure. A group that was not there, or is not there any more, is no change. */
export function compare(accepted: Accepted, now: { judged: readonly JudgedLine[]; figures: Figures }): Comparison {
  const before = new Map(ratesOf(accepted.figures).map((rate) => [keyOfRate(rate), rate.value]));
  const changes = ratesOf(now.figures).flatMap((rate) => {
    const from = before.get(keyOfRate(rate));
    const { group, name, value, counts } = rate;
    if (from === undefined || from === null || value === null) return [];
    return [{ change: { group, name, from, to: value, counts }, worse: worseBy(rate, from), slack: rate.slack }];
  });
  return {
    drops: changes.filter(({ worse, slack }) => worse > slack).map(({ change }) => change),
    gains: changes.filter(({ worse, slack }) => worse < -slack).map(({ change }) => change),
    moves: movesOf(accepted.unexpected, now.judged),
  };
}

const keyOfRate = ({ group, name }: Rate): string => `${group}\n${name}`;
const worseBy = ({ value, better }: Rate, from: number): number =>
  better === "more" ? from - (value ?? 0) : (value ?? 0) - from;

function movesOf(before: readonly Unexpected[], judged: readonly JudgedLine[]): Move[] {
  const unexpected = new Map(before.map((one) => [one.text, one]));
  const moves = judged.flatMap((line): Move[] => {
    const from = unexpected.get(line.text);
    const to = unexpectedOf(line);
    if (line.isAsExpected) return from === undefined ? [] : [{ line: line.line, was: "won", from, to }];
    if (from === undefined) return [{ line: line.line, was: "lost", from, to }];
    // A score that is another one and leads to the same is no move.
    const isSame = from.outcome === to.outcome && from.best === to.best;
    return isSame ? [] : [{ line: line.line, was: "moved", from, to }];
  });
  const order = ["lost", "moved", "won"];
  return moves.sort((a, b) => order.indexOf(a.was) - order.indexOf(b.was) || a.line - b.line);
}
