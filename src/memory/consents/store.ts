import type { Queryable } from "../../store/pool.ts";

export type Consent = { clusterId: string; givenAt: Date };

export async function consentsOf(db: Queryable, tenantId: string, personId: string): Promise<Consent[]> {
  const { rows } = await db.query<Consent>(
    `select cluster_id as "clusterId", given_at as "givenAt" from memory.consent
      where tenant_id = $1 and person_id = $2 order by cluster_id`,
    [tenantId, personId],
  );
  return rows;
}

/** @returns false where it was given before */
export async function insertConsent(
  db: Queryable,
  tenantId: string,
  personId: string,
  clusterId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "insert into memory.consent (tenant_id, person_id, cluster_id) values ($1, $2, $3) on conflict do nothing",
    [tenantId, personId, clusterId],
  );
  return rowCount === 1;
}

/** What was kept under it goes with it. @returns false where there was none */
export async function deleteConsent(
  db: Queryable,
  tenantId: string,
  personId: string,
  clusterId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "delete from memory.consent where tenant_id = $1 and person_id = $2 and cluster_id = $3",
    [tenantId, personId, clusterId],
  );
  return rowCount === 1;
}

/** Holds it until the transaction ends. @returns false where there is none */
export async function lockConsent(
  db: Queryable,
  tenantId: string,
  personId: string,
  clusterId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "select from memory.consent where tenant_id = $1 and person_id = $2 and cluster_id = $3 for update",
    [tenantId, personId, clusterId],
  );
  return rowCount === 1;
}
