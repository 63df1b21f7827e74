import type { Queryable, Tx } from "../store/pool.ts";

/** The channel of the database on which desks tell each other, and themselves, that there is something new. */
export const DESK_CHANNEL = "desk";

/** What is not kept: it is told to the pages that listen right now. */
export type Passing = { tenantId: string; typing: { conversationId: string; name: string } };

/** The number of a change. Holds its lock until the transaction ends, so numbers become visible in their order. */
export async function nextChange(tx: Tx, tenantId: string): Promise<number> {
  const { rows } = await tx.query<{ change: number }>(
    `with ticked as (
       insert into desk.clock (tenant_id, change) values ($1, 1)
       on conflict (tenant_id) do update set change = clock.change + 1 returning change)
     select change, pg_notify($2, '') from ticked`,
    [tenantId, DESK_CHANNEL],
  );
  return rows[0]?.change ?? 0;
}

/** The time by the database's clock. */
export async function timeNow(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>("select now() as now");
  return rows[0]?.now ?? new Date();
}
