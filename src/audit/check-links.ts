import { faultIn, GENESIS, type Link } from "./link.ts";

/** The first link of a chain that is not as it must be. */
export type Fault = { seq: number; why: string };

/** Where a chain stands: its last link so far. */
export type Place = { seq: number; hash: string };

/** Before the first link. */
export const BEGINNING: Place = { seq: 0, hash: GENESIS };

/** Looks at links in their order, from the first or from where another look ended. */
export type LinkCheck = {
  /** @returns what is wrong with it; nothing is to be looked at after that */
  next(link: Link): Fault | undefined;
  /** where it stands: the last link that was sound */
  readonly seq: number;
  readonly hash: string;
};

export function checkLinks(from: Place = BEGINNING): LinkCheck {
  let { seq, hash } = from;
  return {
    next(link) {
      const fault = misplaced({ seq, hash }, link);
      if (fault !== undefined) return fault;
      const why = faultIn(link);
      if (why !== undefined) return { seq: link.seq, why };
      ({ seq, hash } = link);
      return undefined;
    },
    get seq() {
      return seq;
    },
    get hash() {
      return hash;
    },
  };
}

/** Does a link come next after the one at `place`? */
export function misplaced(place: Place, { seq, prev }: Pick<Link, "seq" | "prev">): Fault | undefined {
  if (seq !== place.seq + 1) return { seq, why: "a link is missing before it" };
  if (prev !== place.hash) return { seq, why: "it does not follow from the link before it" };
  return undefined;
}
