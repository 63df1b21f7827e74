import type { Tx } from "../../store/pool.ts";
import { lastNumber, type Range } from "../chain/store.ts";
import { startHelper } from "./helper.ts";
import { lookAtStretch } from "./look.ts";
import type { Anchored, Stretch } from "./stretch.ts";

/** Among whom the links of a chain are shared out. */
export type Sharing = {
  /** where the helpers sign in; as whom, is for whoever asks to say */
  url: string;
  /** threads beside this one, each with a connection of its own */
  helpers: number;
  /** links of one stretch */
  size?: number;
};

/** A thread starts in about the time in which so many links are verified: what is not longer than two of these is done alone. */
const SIZE = 25_000;

type Chain = { tenantId: string; moment: string; anchored: Anchored };

/**
 * Looks at all links of a chain, in stretches that this thread and its helpers take in turn. Where one is broken, none behind it
 * is begun any more.
 * @returns in the order of the links
 */
export async function lookAtAll(tx: Tx, chain: Chain, sharing: Sharing | undefined): Promise<Stretch[]> {
  const { tenantId, anchored } = chain;
  const { size = SIZE, helpers: wanted = 0, url = "" } = sharing ?? {};
  const last = await lastNumber(tx, tenantId);
  const found: Stretch[] = [];
  const ranges = rangesUpTo(last, size);
  const work = async (look: (range: Range) => Promise<Stretch>): Promise<void> => {
    try {
      for (let next = ranges.next(); next.done !== true; next = ranges.next()) {
        const stretch = await look(next.value);
        found[next.value.after / size] = stretch;
        if (stretch.broken !== undefined) ranges.return();
      }
    } catch (error) {
      ranges.return();
      throw error;
    }
  };
  const helpers = Array.from({ length: last > 2 * size ? wanted : 0 }, () => startHelper({ url, ...chain }));
  // The helpers take theirs first, while they still start. All are waited for: this connection is used until the last has ended.
  const lanes = [...helpers.map(({ look }) => look), (range: Range) => lookAtStretch(tx, tenantId, range, anchored)];
  const ended = await Promise.allSettled(lanes.map(work));
  const failure = ended.find((lane) => lane.status === "rejected");
  await Promise.all(helpers.map(({ end }) => end(failure !== undefined)));
  if (failure !== undefined) throw failure.reason;
  return found;
}

/** Ranges of `size` that hold all links up to the number `last`: as many as are asked for, since anybody may write a high number. */
function* rangesUpTo(last: number, size: number): Generator<Range, void> {
  for (let after = 0; after < last; after += size) yield { after, upTo: Math.min(after + size, last) };
}
