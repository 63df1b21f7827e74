import { createHash } from "node:crypto";
import type { Queryable, Tx } from "../../store/pool.ts";
import type { Kind, Source } from "../fact.ts";

/** What a token lets its holder read: one person's facts for one cluster, or the organisation's memory alone. */
export type Reach = { tenantId: string; agentId: string; of?: { personId: string; clusterId: string } };

export type FactRow = { kind: Kind; name: string; value: string; source: Source; trust: number; keptAt: Date };

/**
 * Lets the holder of the token read, once and shortly; by the owner's account.
 * @returns false where the person is not remembered in that cluster: then there is nothing to read
 */
export async function allowReading(
  db: Queryable,
  token: string,
  { tenantId, agentId, of }: Reach,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into memory.reading (token_hash, tenant_id, person_id, cluster_id, agent_id, expires_at)
     select $1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6)
      where $3::text is null
         or exists (select from memory.consent where tenant_id = $2 and person_id = $3 and cluster_id = $4)`,
    [hashOf(token), tenantId, of?.personId ?? null, of?.clusterId ?? null, agentId, seconds],
  );
  return rowCount === 1;
}

/** @param token undefined: those whose time is over */
export async function endReading(db: Queryable, token?: string): Promise<void> {
  if (token === undefined) await db.query("delete from memory.reading where expires_at < clock_timestamp()");
  else await db.query("delete from memory.reading where token_hash = $1", [hashOf(token)]);
}

/** By the agents' account, first in its transaction. @returns false where the token is unknown, was used or is too old */
export async function openReading(tx: Tx, token: string): Promise<boolean> {
  const { rows } = await tx.query<{ opened: boolean }>("select memory.open_reading($1) as opened", [token]);
  return rows[0]?.opened === true;
}

/** By the agents' account: row-level security says whose. */
export async function readFacts(tx: Tx): Promise<FactRow[]> {
  const { rows } = await tx.query<FactRow>(
    `select kind, name, value, source, trust::float8 as trust, kept_at as "keptAt" from memory.fact order by length(name) desc, name`,
  );
  return rows;
}

export type Collection = { collection: string; tool: string; rows: Record<string, unknown>[]; readAt: Date };

/** The same. */
export async function readOrganisation(tx: Tx): Promise<Collection[]> {
  const { rows } = await tx.query<Collection>(
    `select collection, tool, rows, read_at as "readAt" from memory.organisation order by collection`,
  );
  return rows;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
