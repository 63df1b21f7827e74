import { z } from "zod";
import type { Fault } from "../check-links.ts";
import type { Link } from "../link.ts";
import { classOf } from "./classes.ts";

/** The kind of the link that says what was pruned. */
export const PRUNED = "audit.pruned";

/** What that link records: nothing of this class up to `upTo` but those older than `before`, so many links. */
export const PruneRecord = z.object({
  class: z.string(),
  before: z.string(),
  upTo: z.int(),
  links: z.int(),
  /** the folder of the export that holds what was dropped */
  export: z.string(),
});

/**
 * What links say of pruning, by class: how many are empty and which is the last of them, how many were said to be, and up to
 * where. `until`: the time of the last empty one.
 */
export type Pruned = {
  emptied: ReadonlyMap<string, { links: number; last: number }>;
  said: ReadonlyMap<string, { links: number; upTo: number }>;
  until: string | undefined;
};

export const NOTHING_PRUNED: Pruned = { emptied: new Map(), said: new Map(), until: undefined };

/**
 * Looks after links whose data is gone: each must be of its class, and a later link must say that the class was pruned
 * (`unsaid`). Somebody who empties a link to hide what it said would have to say so.
 */
export function checkPruned(): { next(link: Link): Fault | undefined; soFar(): Pruned } {
  const emptied = new Map<string, { links: number; last: number }>();
  const said = new Map<string, { links: number; upTo: number }>();
  let until: string | undefined;
  return {
    next(link) {
      if (link.pruned !== null) {
        if (classOf(link.kind) !== link.pruned)
          return { seq: link.seq, why: `its data is gone as of class "${link.pruned}", which it is not of` };
        emptied.set(link.pruned, { links: (emptied.get(link.pruned)?.links ?? 0) + 1, last: link.seq });
        until = link.at;
      } else if (link.kind === PRUNED) {
        const record = PruneRecord.safeParse(JSON.parse(link.data));
        if (!record.success) return { seq: link.seq, why: "it does not say what was pruned" };
        const { class: name, links, upTo } = record.data;
        said.set(name, bothSaid(said.get(name), { links, upTo }));
      }
      return undefined;
    },
    soFar: () => ({ emptied, said, until }),
  };
}

/** What two parts of a chain say together, the earlier one first. */
export function bothPruned(earlier: Pruned, later: Pruned): Pruned {
  const emptied = new Map(earlier.emptied);
  for (const [name, { links, last }] of later.emptied)
    emptied.set(name, { links: (emptied.get(name)?.links ?? 0) + links, last });
  const said = new Map(earlier.said);
  for (const [name, record] of later.said) said.set(name, bothSaid(said.get(name), record));
  return { emptied, said, until: later.until ?? earlier.until };
}

type Said = { links: number; upTo: number };

function bothSaid(before: Said | undefined, { links, upTo }: Said): Said {
  return { links: (before?.links ?? 0) + links, upTo: Math.max(before?.upTo ?? 0, upTo) };
}

/** At the end of a chain: links that are empty although none says that they were pruned. */
export function unsaid({ emptied, said }: Pruned): Fault | undefined {
  for (const [name, { links, last }] of emptied) {
    const record = said.get(name);
    if (record === undefined || last > record.upTo || links > record.links)
      return { seq: last, why: "its data is gone, and no link says that it was pruned" };
  }
  return undefined;
}

/** How many links are empty. */
export function countPruned({ emptied }: Pruned): number {
  return [...emptied.values()].reduce((sum, { links }) => sum + links, 0);
}
