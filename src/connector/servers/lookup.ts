import type { Queryable } from "../../store/pool.ts";
import { type Candidate, pick } from "./pick.ts";
import { Refusal } from "./refusal.ts";

/** Reads the few names of one kind and picks the one that is meant. @throws Refusal */
export async function lookUp(db: Queryable, noun: string, wanted: string, sql: string): Promise<Candidate> {
  const candidates = await db.query<Candidate>(sql);
  return pick(noun, wanted, candidates.rows);
}

/** The id of what is meant, or null where the filter was not given: SQL then skips the condition. */
export async function filterId(
  db: Queryable,
  noun: string,
  wanted: string | undefined,
  sql: string,
): Promise<string | null> {
  return wanted === undefined ? null : (await lookUp(db, noun, wanted, sql)).id;
}

/**
 * Rows of a capped list, and what its window functions say of all matches (`count(*) over () as total_count`).
 * @param none the totals of an empty list; their names are taken out of the rows
 */
export async function listRows<R extends object, T extends Record<string, unknown>>(
  db: Queryable,
  sql: string,
  values: unknown[],
  none: T,
): Promise<{ rows: R[]; totals: T }> {
  const found = await db.query<Record<string, unknown>>(sql, values);
  const names = Object.keys(none);
  const [first] = found.rows;
  const totals = first === undefined ? none : (Object.fromEntries(names.map((name) => [name, first[name]])) as T);
  for (const row of found.rows) for (const name of names) delete row[name];
  return { rows: found.rows as R[], totals };
}

/** The row with this id. @throws Refusal */
export async function oneRow<R extends object>(db: Queryable, noun: string, id: string, sql: string): Promise<R> {
  const found = await db.query<R>(sql, [id]);
  const [row] = found.rows;
  if (row === undefined) throw new Refusal(`There is no ${noun} ${id}. Check the number.`);
  return row;
}
