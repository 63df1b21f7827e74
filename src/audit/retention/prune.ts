import type { z } from "zod";
import { type Pool, transaction } from "../../store/pool.ts";
import { appendAudit } from "../store.ts";
import type { Retention } from "./classes.ts";
import { classOf } from "./classes.ts";
import { PRUNED, type PruneRecord } from "./pruned.ts";
import { dropData, kindsOlderThan, yearsAgo } from "./store.ts";

type Dropped = z.infer<typeof PruneRecord>;

/**
 * Drops the data of links whose time is over and that an export holds; the links stay, and one more says what was dropped.
 * @param options.upTo the last link that the export holds, and that was found sound there and here
 * @returns what was dropped, by class
 */
export async function prune(
  owner: Pool,
  tenantId: string,
  options: { retention: Retention; upTo: number; folder: string; by: string },
): Promise<Dropped[]> {
  const { retention, upTo, folder, by } = options;
  return transaction(owner, async (tx) => {
    const dropped: Dropped[] = [];
    for (const [name, years] of Object.entries(retention)) {
      const before = await yearsAgo(tx, years);
      const kinds = (await kindsOlderThan(tx, tenantId, before, upTo)).filter((kind) => classOf(kind) === name);
      const links = kinds.length === 0 ? 0 : await dropData(tx, tenantId, { kinds, class: name, before, upTo });
      if (links === 0) continue;
      const record = { class: name, before, upTo, links, export: folder };
      await appendAudit(tx, { tenantId, kind: PRUNED, actor: by, data: record });
      dropped.push(record);
    }
    return dropped;
  });
}
