import type { Queryable, Tx } from "../../store/pool.ts";
import type { Delegation } from "../delegation.ts";

const COLUMNS = `delegation_id as "delegationId", from_id as "fromId", to_id as "toId", starts_at as "startsAt", ends_at as "endsAt"`;

/** Everything that is passed on at this moment or will be; few, so that all are read. `now` is the database's clock. */
export async function openDelegations(
  db: Queryable,
  tenantId: string,
): Promise<{ delegations: Delegation[]; now: Date }> {
  const { rows } = await db.query<Delegation & { now: Date }>({
    name: "delegations-open",
    text: `select ${COLUMNS}, clock_timestamp() as now from delegation
      where tenant_id = $1 and ended_at is null and ends_at > now() order by starts_at`,
    values: [tenantId],
  });
  // Without delegations the time does not matter.
  return { delegations: rows.map(({ now: _, ...one }) => one), now: rows[0]?.now ?? new Date(0) };
}

export async function insertDelegation(tx: Tx, tenantId: string, one: Delegation): Promise<void> {
  await tx.query(
    "insert into delegation (tenant_id, delegation_id, from_id, to_id, starts_at, ends_at) values ($1, $2, $3, $4, $5, $6)",
    [tenantId, one.delegationId, one.fromId, one.toId, one.startsAt, one.endsAt],
  );
}

/** Somebody is back. @returns how many of theirs were open */
export async function endDelegations(tx: Tx, tenantId: string, fromId: string): Promise<number> {
  const { rowCount } = await tx.query(
    "update delegation set ended_at = now() where tenant_id = $1 and from_id = $2 and ended_at is null and ends_at > now()",
    [tenantId, fromId],
  );
  return rowCount ?? 0;
}
