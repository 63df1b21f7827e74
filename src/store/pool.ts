import type { Socket } from "node:net";
import pg from "pg";
import { isDatabaseAway } from "./database-errors.ts";

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
    // Statements that are issued without waiting go out together (see inOneGo).
    ...{ pipeline: true },
  });
  // An idle connection that breaks emits here; the next query opens a new one, so there is nothing to do.
  pool.on("error", () => {});
  return pool;
}

/** What is to be sent with the commit of an open transaction. */
const closing = new WeakMap<object, (() => Promise<unknown>)[]>();

/**
 * Sends a statement with the commit of the transaction, where `db` is in one, else at once. For statements that take a lock
 * which everybody wants: it is then held for the time of the commit, not for that of the transaction.
 */
export async function beforeCommit(db: Queryable, statement: () => Promise<unknown>): Promise<void> {
  const statements = closing.get(db);
  if (statements === undefined) await statement();
  else statements.push(statement);
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  const last: (() => Promise<unknown>)[] = [];
  closing.set(tx, last);
  try {
    await tx.query("begin");
    const result = await work(tx);
    closing.delete(tx);
    // A commit of a transaction in which a statement has failed is a rollback.
    await together(tx, () => [...last.map((statement) => statement()), tx.query("commit")]);
    return result;
  } catch (error) {
    closing.delete(tx);
    await tx.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}

/** Sends statements that need no result of each other in one packet. @throws the first error, when all have ended */
export async function together(tx: Tx, issue: () => Promise<unknown>[]): Promise<void> {
  // What is written while the socket is corked leaves in one packet.
  const { stream } = (tx as Tx & { connection: { stream: Socket } }).connection;
  stream.cork();
  const issued = issue();
  stream.uncork();
  const ended = await Promise.allSettled(issued);
  const failure = ended.find((one) => one.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/**
 * Runs statements that need no result of each other in one transaction and one round trip. When one fails the others have no
 * effect, and its error is thrown.
 * @param issue calls its statements without waiting for any of them; apart from those, nothing in it may fail, since the commit
 *   is on its way already
 */
export async function inOneGo(pool: Pool, issue: (tx: Tx) => Promise<unknown>[]): Promise<void> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await together(tx, () => [tx.query("begin"), ...issue(tx), tx.query("commit")]);
  } catch (error) {
    // The database has rolled back by itself: a commit of a failed transaction is a rollback.
    await tx.query("select 1").catch((brokenBy: Error) => {
      broken = brokenBy;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}

/**
 * One connection for short statements that stand alone: those of one moment leave in one packet. A statement here must never
 * wait for a lock, since the others wait behind it. A connection that breaks is replaced; its statements fail.
 */
export function createSharedConnection(pool: Pool): Queryable & { close(): Promise<void> } {
  type Connection = { client: Promise<Tx>; giveBack(error?: Error): void };
  let current: Connection | undefined;
  let corked = false;

  function connect(): Connection {
    const client = pool.connect();
    let given = false;
    const giveBack = (error?: Error): void => {
      if (given) return;
      given = true;
      if (current === connection) current = undefined;
      client.then(
        (open) => open.release(error),
        () => {},
      );
    };
    const connection: Connection = { client, giveBack };
    current = connection;
    client.then((open) => open.on("error", giveBack), giveBack);
    return connection;
  }

  const query = async (...statement: unknown[]): Promise<unknown> => {
    const connection = current ?? connect();
    const client = await connection.client;
    if (!corked) {
      const { stream } = (client as Tx & { connection: { stream: Socket } }).connection;
      corked = true;
      stream.cork();
      setImmediate(() => {
        corked = false;
        stream.uncork();
      });
    }
    try {
      return await (client.query as (...given: unknown[]) => Promise<unknown>)(...statement);
    } catch (error) {
      // Without an answer from the database the connection may hang, and everything behind it would.
      if (isDatabaseAway(error) || !(error instanceof pg.DatabaseError)) connection.giveBack(error as Error);
      throw error;
    }
  };
  return {
    query: query as Queryable["query"],
    async close() {
      const open = await current?.client.catch(() => undefined);
      if (open !== undefined) current?.giveBack();
    },
  };
}
