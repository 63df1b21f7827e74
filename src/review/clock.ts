import type { Queryable } from "../store/pool.ts";

/** The time by which flows go: one for all processes, and one that tests can move. */
export type Clock = { now(db: Queryable): Promise<Date> };

/** The database's clock: processes whose own clocks differ agree on it. */
export function databaseClock(): Clock {
  return {
    async now(db) {
      const { rows } = await db.query<{ now: Date }>("select clock_timestamp() as now");
      return rows[0]?.now ?? new Date();
    },
  };
}
