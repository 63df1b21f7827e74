import type { Tx } from "../../store/pool.ts";

/** By the database's clock. @returns ISO 8601 */
export async function yearsAgo(tx: Tx, years: number): Promise<string> {
  const { rows } = await tx.query<{ at: Date }>("select now() - make_interval(years => $1) as at", [years]);
  return (rows[0]?.at ?? new Date(0)).toISOString();
}

/** Kinds of links that still hold data. */
export async function kindsOlderThan(tx: Tx, tenantId: string, before: string, upTo: number): Promise<string[]> {
  const { rows } = await tx.query<{ kind: string }>(
    "select distinct kind from audit_log where tenant_id = $1 and at < $2 and seq <= $3 and pruned is null",
    [tenantId, before, upTo],
  );
  return rows.map(({ kind }) => kind);
}

/** Only as whoever owns the log. @returns how many links were emptied */
export async function dropData(
  tx: Tx,
  tenantId: string,
  what: { kinds: readonly string[]; class: string; before: string; upTo: number },
): Promise<number> {
  const { rows } = await tx.query<{ links: number }>("select audit_prune($1, $2, $3, $4, $5) as links", [
    tenantId,
    what.kinds,
    what.class,
    what.before,
    what.upTo,
  ]);
  return rows[0]?.links ?? 0;
}
