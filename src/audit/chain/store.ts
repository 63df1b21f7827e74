import pg from "pg";
import type { Queryable, Tx } from "../../store/pool.ts";
import type { Link } from "../link.ts";

const AS_HASHED = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** What the database says is the end of a chain. `seq` 0 and "genesis": nothing was ever appended. */
export type Head = { seq: number; hash: string };

export async function headOf(db: Queryable, tenantId: string): Promise<Head | undefined> {
  const { rows } = await db.query<Head>("select seq, hash from audit_head where tenant_id = $1", [tenantId]);
  return rows[0];
}

/** Where every chain of this database ends now, by tenant; `at` is the database's time. */
export async function allHeads(db: Queryable): Promise<(Head & { tenant: string; at: string })[]> {
  const { rows } = await db.query<Head & { tenant: string; at: string }>(
    `select tenant_id as tenant, seq, hash, ${AS_HASHED("clock_timestamp()")} as at from audit_head where seq > 0 order by tenant_id`,
  );
  return rows;
}

export async function hashAt(db: Queryable, tenantId: string, seq: number): Promise<string | undefined> {
  const { rows } = await db.query<{ hash: string }>("select hash from audit_log where tenant_id = $1 and seq = $2", [
    tenantId,
    seq,
  ]);
  return rows[0]?.hash;
}

/** Times and data leave the database as the texts that were hashed. */
export const LINK_COLUMNS = `seq, ${AS_HASHED("at")}, kind, prev_hash, hash, v, content,
  pruned, actor, turn_id, run_id, data::text`;

type Cells = [
  ...[seq: number, at: string, kind: string, prev: string, hash: string, v: number, content: string | null],
  ...[pruned: string | null, actor: string | null, turnId: string | null, runId: string | null, data: string | null],
];

export function linkOf(tenant: string, cells: readonly unknown[]): Link {
  const [seq, at, kind, prev, hash, v, content, pruned, actor, turnId, runId, data] = cells as Cells;
  return { tenant, seq, at, kind, prev, hash, v, content, pruned, actor, turnId, runId, data } as Link;
}

/** The links behind the number `after`, up to the number `upTo`. */
export type Range = { after: number; upTo: number };

// By ranges of numbers: few rows whatever the planner knows of the table.
const linksOf = (tenantId: string, { after, upTo }: Range) => ({
  text: `select ${LINK_COLUMNS} from audit_log where tenant_id = $1 and seq > $2 and seq <= $3 order by seq`,
  values: [tenantId, after, upTo],
  rowMode: "array" as const,
});

/**
 * Shows `look` the links of a range in order, as each arrives: nothing is kept of them, and the database reads on meanwhile.
 * @param look returns whether it wants to see more
 */
export async function eachLink(tx: Tx, tenantId: string, range: Range, look: (link: Link) => boolean): Promise<void> {
  const { text, values, rowMode } = linksOf(tenantId, range);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const query = tx.query(
    new pg.Query({ text, values, rowMode } as pg.QueryConfig, (error) => (error ? reject(error) : resolve())),
  );
  let wantsMore = true;
  query.on("row", (cells: unknown[], soFar) => {
    // Where a query has a time limit the driver keeps all its rows besides.
    if (soFar !== undefined) soFar.rows.length = 0;
    if (!wantsMore) return;
    try {
      wantsMore = look(linkOf(tenantId, cells));
    } catch (error) {
      wantsMore = false;
      reject(error);
    }
  });
  return promise;
}

const PAGE = 2_500;

/** The links of a range, page by page, for whoever has to wait between them: the next page is on its way meanwhile. */
export async function* linksIn(db: Queryable, tenantId: string, { after, upTo }: Range): AsyncGenerator<Link[]> {
  const ask = async (from: number): Promise<Link[]> => {
    const page = { after: from, upTo: Math.min(from + PAGE, upTo) };
    const { rows } = await db.query<unknown[]>({ name: "audit-links", ...linksOf(tenantId, page) } as never);
    return rows.map((cells) => linkOf(tenantId, cells));
  };
  let next = after < upTo ? ask(after) : undefined;
  for (let from = after + PAGE; next !== undefined; from += PAGE) {
    const page: Link[] = await next;
    next = from < upTo ? ask(from) : undefined;
    // Whoever stops looking does not hear of its failure.
    next?.catch(() => {});
    yield page;
  }
}

/** The highest number of a link that is there; 0 where there is none. */
export async function lastNumber(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ last: number }>(
    "select coalesce(max(seq), 0) as last from audit_log where tenant_id = $1",
    [tenantId],
  );
  return rows[0]?.last ?? 0;
}

/** The first link behind a number; undefined: none comes. */
export async function firstBehind(
  db: Queryable,
  tenantId: string,
  after: number,
): Promise<Pick<Link, "seq" | "prev"> | undefined> {
  const { rows } = await db.query<Pick<Link, "seq" | "prev">>(
    "select seq, prev_hash as prev from audit_log where tenant_id = $1 and seq > $2 order by seq limit 1",
    [tenantId, after],
  );
  return rows[0];
}

/** Before anything else in a transaction: what it reads is of one moment. @returns by what `lookBack` finds that moment */
export async function lookAtOnce(tx: Tx): Promise<string> {
  await tx.query("set transaction isolation level repeatable read, read only");
  const { rows } = await tx.query<{ moment: string }>("select pg_export_snapshot() as moment");
  return rows[0]?.moment ?? "";
}

/** Before anything else in a transaction: it reads what the transaction reads that gave this moment, and that is still open. */
export async function lookBack(tx: Tx, moment: string): Promise<void> {
  await tx.query("set transaction isolation level repeatable read, read only");
  await tx.query(`set transaction snapshot ${pg.escapeLiteral(moment)}`);
}
