import { setTimeout as sleep } from "node:timers/promises";
import { type Pool, type Tx, write } from "./pool.ts";

/** Locks that processes of one database take turns on. */
const LOCKS = { migrations: 727_001, engine: 727_002, "audit-anchors": 727_003, rights: 727_004 };

/**
 * Runs `work` while no other process runs work under the same lock.
 * @param work gets the connection that holds the lock
 */
export async function withAdvisoryLock<T>(
  pool: Pool,
  lock: keyof typeof LOCKS,
  work: (holder: Tx) => Promise<T>,
): Promise<T> {
  const holder = await pool.connect();
  let done = false;
  try {
    // Asked again and again: a statement that waits for the lock would run into the pool's query timeout.
    while (!(await tryLock(holder, LOCKS[lock]))) await sleep(50);
    const result = await work(holder);
    await holder.query("select pg_advisory_unlock($1)", [LOCKS[lock]]);
    done = true;
    return result;
  } finally {
    // After an error the connection is closed, which rolls back and gives the lock up.
    holder.release(!done);
  }
}

async function tryLock(holder: Tx, number: number): Promise<boolean> {
  const { rows } = await holder.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [number]);
  return rows[0]?.got === true;
}

/** Transactions that give the same name take turns, each until its end. */
export async function takeTurns(tx: Tx, name: string): Promise<void> {
  await write(tx, { name: "take-turns", text: "select pg_advisory_xact_lock(hashtext($1))", values: [name] });
}
