import type { Queryable, Tx } from "../../store/pool.ts";
import type { Fact } from "../fact.ts";

const COLUMNS = `fact_id as "factId", person_id as "personId", cluster_id as "clusterId", kind, name, value, source,
  trust::float8 as trust, state, why, cleared_by as "clearedBy", kept_at as "keptAt", version`;

/** Everything of one person, whatever its state, by cluster and name. */
export async function factsOf(db: Queryable, tenantId: string, personId: string): Promise<Fact[]> {
  const { rows } = await db.query<Fact>(
    `select ${COLUMNS} from memory.fact where tenant_id = $1 and person_id = $2 order by cluster_id, lower(name)`,
    [tenantId, personId],
  );
  return rows;
}

export async function loadFact(db: Queryable, tenantId: string, factId: string): Promise<Fact | undefined> {
  const { rows } = await db.query<Fact>(`select ${COLUMNS} from memory.fact where tenant_id = $1 and fact_id = $2`, [
    tenantId,
    factId,
  ]);
  return rows[0];
}

export async function lockFact(tx: Tx, tenantId: string, factId: string): Promise<Fact | undefined> {
  const { rows } = await tx.query<Fact>(
    `select ${COLUMNS} from memory.fact where tenant_id = $1 and fact_id = $2 for update`,
    [tenantId, factId],
  );
  return rows[0];
}

export type NewFact = Pick<Fact, "personId" | "clusterId" | "kind" | "name" | "value" | "source" | "trust"> & {
  factId: string;
  turnId: string | undefined;
  state: Fact["state"];
  why: string | null;
};

/** Keeps it, in place of what had that name. @returns the fact as it stands */
export async function upsertFact(tx: Tx, tenantId: string, fact: NewFact): Promise<Fact | undefined> {
  const { rows } = await tx.query<Fact>(
    `insert into memory.fact as f (tenant_id, fact_id, person_id, cluster_id, kind, name, value, source, trust, turn_id, state, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant_id, person_id, cluster_id, lower(name)) do update
       set kind = excluded.kind, name = excluded.name, value = excluded.value, source = excluded.source,
           trust = excluded.trust, turn_id = excluded.turn_id, state = excluded.state, why = excluded.why,
           cleared_by = null, kept_at = clock_timestamp(), version = f.version + 1
     returning ${COLUMNS}`,
    [
      ...[
        tenantId,
        fact.factId,
        fact.personId,
        fact.clusterId,
        fact.kind,
        fact.name,
        fact.value,
        fact.source,
        fact.trust,
      ],
      ...[fact.turnId ?? null, fact.state, fact.why],
    ],
  );
  return rows[0];
}

/** @param clearedBy who said that it is harmless; absent: that was not asked */
export async function serveFact(tx: Tx, tenantId: string, factId: string, clearedBy?: string): Promise<void> {
  await tx.query(
    `update memory.fact set state = 'kept', why = null, cleared_by = coalesce($3, cleared_by), version = version + 1
      where tenant_id = $1 and fact_id = $2`,
    [tenantId, factId, clearedBy ?? null],
  );
}

export async function quarantineFact(tx: Tx, tenantId: string, factId: string, why: string): Promise<void> {
  await tx.query(
    `update memory.fact set state = 'quarantined', why = $3, cleared_by = null, version = version + 1
      where tenant_id = $1 and fact_id = $2`,
    [tenantId, factId, why],
  );
}

/** @returns the ids of those that were there */
export async function deleteFacts(
  tx: Tx,
  tenantId: string,
  personId: string,
  factIds: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ factId: string }>(
    `delete from memory.fact where tenant_id = $1 and person_id = $2 and fact_id = any($3) returning fact_id as "factId"`,
    [tenantId, personId, factIds],
  );
  return rows.map(({ factId }) => factId);
}

/** @param code the first eight digits of its id. @returns undefined where none, or more than one, begins so */
export async function quarantinedByCode(db: Queryable, tenantId: string, code: string): Promise<string | undefined> {
  const { rows } = await db.query<{ factId: string }>(
    `select fact_id as "factId" from memory.fact
      where tenant_id = $1 and state = 'quarantined' and fact_id::text like lower($2) || '%' limit 2`,
    [tenantId, code],
  );
  return rows.length === 1 ? rows[0]?.factId : undefined;
}
