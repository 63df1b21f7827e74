import { z } from "zod";
import { SignalboxError } from "../../errors.ts";
import type { Pool } from "../../store/pool.ts";
import { saveCollection } from "./store.ts";

/** A list that a system has of the organisation. @property rows the field of the tool's result that holds it */
export type Shelf = { collection: string; tool: string; rows: string };
export type ReadTool = (tool: string) => Promise<Record<string, unknown>>;

const Rows = z.array(z.record(z.string(), z.unknown()));

/**
 * Reads the organisation's lists anew, each by itself: where one system is away, what was read of it before stays, with its date.
 * @throws what went wrong, after all the others were read
 */
export async function refreshOrganisation(
  { pool, tenantId, read }: { pool: Pool; tenantId: string; read: ReadTool },
  shelves: readonly Shelf[],
): Promise<void> {
  const refreshed = await Promise.allSettled(
    shelves.map(async ({ collection, tool, rows: field }) => {
      const rows = Rows.safeParse((await read(tool))[field]);
      if (!rows.success)
        throw new SignalboxError(
          "organisation-unreadable",
          `${tool} gives no list "${field}" of objects for organisational memory. Correct the shelf in src/cluster/context.ts, or the tool.`,
        );
      await saveCollection(pool, tenantId, { collection, tool, rows: rows.data });
    }),
  );
  const failures = refreshed.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
}
