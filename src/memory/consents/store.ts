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

/** A statement about the one consent of a person for a cluster. @returns whether it touched a row */
function onConsent(statement: string) {
  return async (db: Queryable, tenantId: string, personId: string, clusterId: string): Promise<boolean> => {
    const { rowCount } = await db.query(statement, [tenantId, personId, clusterId]);
    return rowCount === 1;
  };
}

/** @returns false where it was given before */
export const insertConsent = onConsent(
  "insert into memory.consent (tenant_id, person_id, cluster_id) values ($1, $2, $3) on conflict do nothing",
);

/** What was kept under it goes with it. @returns false where there was none */
export const deleteConsent = onConsent(
  "delete from memory.consent where tenant_id = $1 and person_id = $2 and cluster_id = $3",
);

/** Holds it until the transaction ends. @returns false where there is none */
export const lockConsent = onConsent(
  "select from memory.consent where tenant_id = $1 and person_id = $2 and cluster_id = $3 for update",
);
