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
 * Looks after links whose data is gone: each must be of its class, and a later link must say that the class was pruned. Somebody
 * who empties a link to hide what it said would have to say so.
 */
export function checkPruned(): { next(link: Link): Fault | undefined; end(): Fault | undefined; count(): number } {
  const emptied = new Map<string, { links: number; last: Link }>();
  const said = new Map<string, { links: number; upTo: number }>();
  return {
    next(link) {
      if (link.pruned !== null) {
        if (classOf(link.kind) !== link.pruned)
          return { seq: link.seq, why: `its data is gone as of class "${link.pruned}", which it is not of` };
        emptied.set(link.pruned, { links: (emptied.get(link.pruned)?.links ?? 0) + 1, last: link });
      } else if (link.kind === PRUNED) {
        const record = PruneRecord.safeParse(JSON.parse(link.data));
        if (!record.success) return { seq: link.seq, why: "it does not say what was pruned" };
        const before = said.get(record.data.class);
        said.set(record.data.class, {
          links: (before?.links ?? 0) + record.data.links,
          upTo: Math.max(before?.upTo ?? 0, record.data.upTo),
        });
      }
      return undefined;
    },
    end() {
      for (const [name, { links, last }] of emptied) {
        const record = said.get(name);
        if (record === undefined || last.seq > record.upTo || links > record.links)
          return { seq: last.seq, why: "its data is gone, and no link says that it was pruned" };
      }
      return undefined;
    },
    count: () => [...emptied.values()].reduce((sum, { links }) => sum + links, 0),
  };
}
