import type { Look } from "./features.ts";
import { type Remembered, termOf } from "./nearest.ts";

/**
 * Which share of what a text says the utterances of an intent know, 0 to 1: words weighed by how much they tell; a word that
 * none of them has counts by the square of the share of its pieces that they have, so that an ending costs little and a
 * foreign verb much.
 */
export function knownShareIn(remembered: Remembered): (label: number, look: Look) => number {
  return (label, { words }) => {
    const has = (index: number): boolean => index >= 0 && termOf(remembered, label, index) >= 0;
    let all = 0;
    let known = 0;
    for (let i = 0; i < words.indices.length; i += 1) {
      const told = words.told[i] ?? 0;
      all += told;
      if (has(words.indices[i] ?? -1)) {
        known += told;
        continue;
      }
      const start = words.pieceStarts[i] ?? 0;
      const end = words.pieceStarts[i + 1] ?? 0;
      let shared = 0;
      for (let at = start; at < end; at += 1) if (has(words.pieces[at] ?? -1)) shared += 1;
      known += told * (shared / Math.max(1, end - start)) ** 2;
    }
    return all === 0 ? 0 : known / all;
  };
}
