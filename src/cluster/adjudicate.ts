import { authorities, type Figure } from "../agent/reply.ts";
import { plain } from "../registry/same-words.ts";

/** Values of the same thing that differ. `counts`: the one that is believed, and why it is. */
export type Conflict = { about: string; counts: Figure; others: Figure[] };

/**
 * Finds what was stated differently, and says what counts: the higher authority, and among equals what was true last (R3.2).
 * Pure. Of several others that state the same, the weightiest speaks.
 */
export function adjudicate(figures: readonly Figure[]): Conflict[] {
  const about = Map.groupBy(figures, (one) => one.about.toLowerCase());
  return [...about.values()].flatMap((stated): Conflict[] => {
    const [counts, ...rest] = stated.toSorted(byWeight);
    if (counts === undefined) return [];
    const others = rest.filter(
      (one, i) => !isSame(one, counts) && !rest.slice(0, i).some((before) => isSame(before, one)),
    );
    return others.length === 0 ? [] : [{ about: counts.about, counts, others }];
  });
}

/** Weightiest first: which of several answers about the same stands on top. */
export function byWeight(a: Figure, b: Figure): number {
  return (
    authorities.indexOf(a.authority) - authorities.indexOf(b.authority) ||
    (a.asOf < b.asOf ? 1 : a.asOf > b.asOf ? -1 : 0)
  );
}

/** 40000 and 40000.00 are the same, and so is a name without its accents. */
function isSame(a: Figure, b: Figure): boolean {
  const [x, y] = [a.value, b.value].map((value) => plain(value).trim());
  return x === y || (isNumber(x) && isNumber(y) && Number(x) === Number(y));
}

const isNumber = (text: string | undefined): boolean => /^-?\d+(\.\d+)?$/.test(text ?? "");
