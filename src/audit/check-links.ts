import { faultIn, GENESIS, type Link } from "./link.ts";

/** The first link of a chain that is not as it must be. */
export type Fault = { seq: number; why: string };

/** Looks at links in their order, from the first or from where another look ended. */
export type LinkCheck = {
  /** @returns what is wrong with it; nothing is to be looked at after that */
  next(link: Link): Fault | undefined;
  /** where it stands: the last link that was sound */
  readonly seq: number;
  readonly hash: string;
};

export function checkLinks(from: { seq: number; hash: string } = { seq: 0, hash: GENESIS }): LinkCheck {
  let { seq, hash } = from;
  return {
    next(link) {
      const why =
        link.seq !== seq + 1
          ? "a link is missing before it"
          : link.prev !== hash
            ? "it does not follow from the link before it"
            : faultIn(link);
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
