import type { Anchor } from "../anchors/anchor.ts";
import { BEGINNING, checkLinks, type Fault, misplaced, type Place } from "../check-links.ts";
import type { Link } from "../link.ts";
import { bothPruned, checkPruned, NOTHING_PRUNED, type Pruned } from "../retention/pruned.ts";

/** What a look at the links of a range found by itself; whether they follow from those before them shows when looks are joined. */
export type Stretch = {
  /** the first link that is there; undefined: none is */
  first: { seq: number; prev: string } | undefined;
  /** the last one that is sound */
  last: Place;
  pruned: Pruned;
  /** the first thing that is wrong in it */
  broken: Fault | undefined;
};

/** Anchors of one chain, by the number of the link that they speak of. */
export type Anchored = ReadonlyMap<number, readonly Anchor[]>;

/** Looks at links one after the other, until one is wrong. */
export function checkStretch(anchored: Anchored): { next(link: Link): Fault | undefined; found(): Stretch } {
  let first: Stretch["first"];
  let check = checkLinks();
  const pruned = checkPruned();
  let broken: Fault | undefined;
  return {
    next(link) {
      if (first === undefined) {
        first = { seq: link.seq, prev: link.prev };
        check = checkLinks({ seq: link.seq - 1, hash: link.prev });
      }
      broken = check.next(link) ?? pruned.next(link) ?? againstAnchors(link.hash, anchored.get(link.seq));
      return broken;
    },
    found: () => ({ first, last: { seq: check.seq, hash: check.hash }, pruned: pruned.soFar(), broken }),
  };
}

function againstAnchors(hash: string, anchors: readonly Anchor[] | undefined): Fault | undefined {
  const other = anchors?.find((anchor) => anchor.hash !== hash);
  return (
    other && { seq: other.seq, why: `it is not the link that was anchored at ${other.at}: the chain was replaced` }
  );
}

/**
 * What looks at all ranges of a chain say of the whole, in the order of its links: the same as one look from its first link to its
 * last. Nothing behind the first fault counts, so looks that would come after one may be missing.
 */
export function joinStretches(stretches: readonly Stretch[]): Omit<Stretch, "first"> {
  let last = BEGINNING;
  let pruned = NOTHING_PRUNED;
  for (const stretch of stretches) {
    if (stretch.first === undefined) continue;
    const seam = misplaced(last, stretch.first);
    if (seam !== undefined) return { last, pruned, broken: seam };
    ({ last } = stretch);
    pruned = bothPruned(pruned, stretch.pruned);
    if (stretch.broken !== undefined) return { last, pruned, broken: stretch.broken };
  }
  return { last, pruned, broken: undefined };
}
