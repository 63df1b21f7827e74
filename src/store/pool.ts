import pg from "pg";

export type Pool = pg.Pool;
/** A client inside an open transaction. */
export type Tx = pg.PoolClient;
/** Something that can run one statement: the pool, or a transaction. */
export type Queryable = Pick<pg.Pool, "query">;

// Rows carry timestamps as Date, numerics as string (money is never a float) and bigint as number: ids here stay below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A date is a calendar day, not an instant: keep it as the text "2026-11-20".
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/**
 * A pool that fails fast: a turn must be able to say "my database is away" within seconds.
 * @param name shown in pg_stat_activity
 */
export function openPool(url: string, options: { name: string; max?: number }): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 15_000,
    keepAlive: true,
  });
  // An idle connection that breaks emits here; the next query opens a new one, so there is nothing to do.
  pool.on("error", () => {});
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query("begin");
    const result = await work(tx);
    await tx.query("commit");
    return result;
  } catch (error) {
    await tx.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}
