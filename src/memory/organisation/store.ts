import type { Queryable } from "../../store/pool.ts";

/** Replaces what was read before. */
export async function saveCollection(
  db: Queryable,
  tenantId: string,
  { collection, tool, rows }: { collection: string; tool: string; rows: Record<string, unknown>[] },
): Promise<void> {
  await db.query(
    `insert into memory.organisation (tenant_id, collection, tool, rows, read_at) values ($1, $2, $3, $4, clock_timestamp())
     on conflict (tenant_id, collection) do update set tool = excluded.tool, rows = excluded.rows, read_at = excluded.read_at`,
    [tenantId, collection, tool, JSON.stringify(rows)],
  );
}
