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

const IDLE_IN_TRANSACTION_MS = 15_000;

/**
 * A pool that fails fast: a turn must be able to say "my database is away" within seconds.
 * @param name shown in pg_stat_activity
 */
export function openPool(url: string, options: { name: string; max?: number; idleInTransactionMs?: number }): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 15_000,
    // A process that stands still within a transaction, or whose machine is gone, must not hold its locks: nobody else could
    // go on with its work, or decide on it.
    idle_in_transaction_session_timeout: options.idleInTransactionMs ?? IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    // Statements need not wait for the answers of those before them.
    ...{ pipeline: true },
  });
  pool.on("connect", (client) => {
    sendTogether(client);
    // One that breaks between two statements of a transaction emits here; the next statement fails, which says enough.
    client.on("error", () => {});
  });
  // An idle connection that breaks emits here; the next query opens a new one, so there is nothing to do.
  pool.on("error", () => {});
  return pool;
}

type Statement = pg.QueryConfig;

/** An open transaction: what was sent without waiting for its answer, what still goes on, and what is to be sent with the commit. */
type Unanswered = { sent: Promise<unknown>[]; going: Promise<unknown>[]; last: Map<string, LastWrite> };
type LastWrite = { items: string[]; statement(items: string[]): Statement };
const unanswered = new WeakMap<object, Unanswered>();

/**
 * Runs a statement whose answer nobody needs. In a transaction it leaves in one packet with what follows; should it fail, the
 * transaction does, with its error.
 */
export async function write(db: Queryable, statement: Statement): Promise<void> {
  const tx = unanswered.get(db);
  const answer = db.query(statement);
  if (tx === undefined) await answer;
  else later(tx.sent, answer);
}

/** Several statements that need each other but that nothing waits for; the commit waits until they are done. */
export async function alongside(db: Queryable, work: Promise<unknown>): Promise<void> {
  const tx = unanswered.get(db);
  if (tx === undefined) await work;
  else later(tx.going, work);
}

/**
 * The same, sent with the commit: for a statement that takes a lock which everybody wants, so that it is held shortly. Items
 * with one `key` become one statement, in the order in which they came.
 */
export async function writeLast(
  db: Queryable,
  { key, item, statement }: { key: string; item: string; statement: LastWrite["statement"] },
): Promise<void> {
  const tx = unanswered.get(db);
  const before = tx?.last.get(key);
  if (tx === undefined) await db.query(statement([item]));
  else if (before === undefined) tx.last.set(key, { items: [item], statement });
  else before.items.push(item);
}

function later(list: Promise<unknown>[], answer: Promise<unknown>): void {
  // Looked at when the transaction ends.
  answer.catch(() => {});
  list.push(answer);
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  const open: Unanswered = { sent: [], going: [], last: new Map() };
  unanswered.set(tx, open);
  try {
    later(open.sent, tx.query("begin"));
    const result = await work(tx);
    await allOf(open.going);
    unanswered.delete(tx);
    // A commit of a transaction in which a statement has failed is a rollback.
    const last = [...open.last.values()].map(({ items, statement }) => tx.query(statement(items)));
    await allOf([...open.sent, ...last, tx.query("commit")]);
    return result;
  } catch (error) {
    unanswered.delete(tx);
    // What follows a failed statement says only that there was one: the first failure says why.
    const cause = await allOf([...open.sent, ...open.going]).then(
      () => error,
      (first: unknown) => first,
    );
    await tx.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw cause;
  } finally {
    tx.release(broken);
  }
}

/** @throws the first error in the order given, when all have ended */
async function allOf(answers: Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(answers);
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
    await allOf([tx.query("begin"), ...issue(tx), tx.query("commit")]);
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

/** Statements that are issued before anything else happens leave in one packet: each packet is a system call. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as pg.PoolClient & { connection: { stream: Socket } }).connection;
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  let isCorked = false;
  client.query = ((...given: unknown[]) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      // After every promise that is settled by now has been followed up.
      queueMicrotask(() =>
        process.nextTick(() => {
          isCorked = false;
          stream.uncork();
        }),
      );
    }
    return query(...given);
  }) as pg.PoolClient["query"];
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
