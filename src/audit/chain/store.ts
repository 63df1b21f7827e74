import type { Queryable } from "../../store/pool.ts";
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

/** The links of a range of numbers, in order: few rows whatever the planner knows of the table. */
async function linksBetween(db: Queryable, tenantId: string, after: number, upTo: number): Promise<Link[]> {
  const { rows } = await db.query<unknown[]>({
    name: "audit-links",
    text: `select ${LINK_COLUMNS} from audit_log where tenant_id = $1 and seq > $2 and seq <= $3 order by seq`,
    values: [tenantId, after, upTo],
    rowMode: "array",
  } as never);
  return rows.map((cells) => linkOf(tenantId, cells));
}

const PAGE = 5_000;

/** All links after one, page by page: the next page is on its way while one is looked at. */
export async function* allLinks(db: Queryable, tenantId: string, after = 0): AsyncGenerator<Link[]> {
  const { rows } = await db.query<{ last: number }>(
    "select coalesce(max(seq), 0) as last from audit_log where tenant_id = $1",
    [tenantId],
  );
  const last = rows[0]?.last ?? 0;
  const ask = (from: number): Promise<Link[]> | undefined =>
    from < last ? linksBetween(db, tenantId, from, from + PAGE) : undefined;
  let next = ask(after);
  for (let from = after + PAGE; next !== undefined; from += PAGE) {
    const page: Link[] = await next;
    next = ask(from);
    // Whoever stops looking does not hear of its failure.
    next?.catch(() => {});
    yield page;
  }
}
