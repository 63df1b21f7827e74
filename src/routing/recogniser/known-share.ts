import type { Look } from "./features.ts";
import type { Remembered } from "./nearest.ts";

/**
 * Which share of what a text says the utterances of an intent know, 0 to 1: words weighed by how much they tell; a word that
 * none of them has counts by the square of the share of its pieces that they have, so that an ending costs little and a
 * foreign verb much. @param size how many features there are
 */
export function knownShareIn(
  { first, starts, indices }: Remembered,
  size: number,
): (label: number, look: Look) => number {
  const sets = new Map<number, Uint8Array>();
  const setOf = (label: number): Uint8Array => {
    const before = sets.get(label);
    if (before !== undefined) return before;
    const set = new Uint8Array((size >> 3) + 1);
    const end = starts[first[label + 1] ?? 0] ?? 0;
    for (let at = starts[first[label] ?? 0] ?? 0; at < end; at += 1) {
      const index = indices[at] ?? 0;
      set[index >> 3] = (set[index >> 3] ?? 0) | (1 << (index & 7));
    }
    sets.set(label, set);
    return set;
  };
  return (label, { words }) => {
    const set = setOf(label);
    const has = (index: number): boolean => index >= 0 && ((set[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    let all = 0;
    let known = 0;
    for (const { index, told, pieces } of words) {
      all += told;
      if (has(index)) {
        known += told;
        continue;
      }
      let shared = 0;
      for (const piece of pieces) if (has(piece)) shared += 1;
      known += told * (shared / Math.max(1, pieces.length)) ** 2;
    }
    return all === 0 ? 0 : known / all;
  };
}
