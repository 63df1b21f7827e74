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

// By ranges of numbers: few rows whatever the planner knows of the table.
const linksBetween = (tenantId: string, after: number, upTo: number) => ({
  text: `select ${LINK_COLUMNS} from audit_log where tenant_id = $1 and seq > $2 and seq <= $3 order by seq`,
  values: [tenantId, after, upTo],
  rowMode: "array" as const,
});

/** Links of one statement: it must end within the time that a statement may take. */
const RANGE = 25_000;

/**
 * Shows `look` all links of a chain in order, as each arrives: nothing is kept of them, and the database reads on meanwhile. Pages
 * of links that are kept cost a third more of this process's time.
 * @param look returns whether it wants to see more
 */
export async function eachLink(
  tx: Tx,
  tenantId: string,
  look: (link: Link) => boolean,
  range: number = RANGE,
): Promise<void> {
  const last = await lastNumber(tx, tenantId);
  let seen = 0;
  let wantsMore = true;
  for (let after = 0; after < last && wantsMore; after += range) {
    // A gap of a whole range ends at the next link, however high a number somebody has given that.
    if (seen < after) after = (await numberBehind(tx, tenantId, after)) - 1;
    await eachOf(tx, linksBetween(tenantId, after, after + range), (cells) => {
      const link = linkOf(tenantId, cells);
      seen = link.seq;
      wantsMore &&= look(link);
    });
  }
}

async function eachOf(tx: Tx, statement: object, see: (cells: unknown[]) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const query = tx.query(new pg.Query(statement as pg.QueryConfig, (error) => (error ? reject(error) : resolve())));
  query.on("row", (cells: unknown[], soFar) => {
    // Where a query has a time limit the driver keeps all its rows besides.
    if (soFar !== undefined) soFar.rows.length = 0;
    try {
      see(cells);
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}

const PAGE = 2_500;

/** All links after one, page by page, for whoever has to wait between them: the next page is on its way meanwhile. */
export async function* linksBehind(db: Queryable, tenantId: string, after: number): AsyncGenerator<Link[]> {
  const last = await lastNumber(db, tenantId);
  const ask = async (from: number): Promise<Link[]> => {
    const statement = { name: "audit-links", ...linksBetween(tenantId, from, from + PAGE) };
    const { rows } = await db.query<unknown[]>(statement as never);
    return rows.map((cells) => linkOf(tenantId, cells));
  };
  let next = after < last ? ask(after) : undefined;
  for (let from = after + PAGE; next !== undefined; from += PAGE) {
    const page: Link[] = await next;
    next = from < last ? ask(from) : undefined;
    // Whoever stops looking does not hear of its failure.
    next?.catch(() => {});
    yield page;
  }
}

/** The highest number of a link that is there; 0 where there is none. */
async function lastNumber(db: Queryable, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ last: number }>(
    "select coalesce(max(seq), 0) as last from audit_log where tenant_id = $1",
    [tenantId],
  );
  return rows[0]?.last ?? 0;
}

/** The lowest number of a link above another one, where there is one. */
async function numberBehind(db: Queryable, tenantId: string, after: number): Promise<number> {
  const { rows } = await db.query<{ next: number }>(
    "select coalesce(min(seq), $2 + 1) as next from audit_log where tenant_id = $1 and seq > $2",
    [tenantId, after],
  );
  return rows[0]?.next ?? after + 1;
}
