import type { Queryable } from "../../store/pool.ts";

/** People for whom something is kept, in pages. @param after the last one of the page before */
export async function rememberedPeople(
  db: Queryable,
  tenantId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ personId: string }>(
    `select distinct person_id as "personId" from memory.fact where tenant_id = $1 and person_id > $2 order by 1 limit $3`,
    [tenantId, after, limit],
  );
  return rows.map(({ personId }) => personId);
}

/** Facts that were read somewhere and whose value is kept for several people. */
export async function readForMany(db: Queryable, tenantId: string): Promise<string[]> {
  const { rows } = await db.query<{ factId: string }>(
    `select fact_id as "factId" from memory.fact f where tenant_id = $1 and source <> 'own-words'
        and exists (select from memory.fact o where o.tenant_id = $1 and o.source <> 'own-words'
                     and o.person_id <> f.person_id and lower(trim(o.value)) = lower(trim(f.value)))
      order by kept_at limit 1000`,
    [tenantId],
  );
  return rows.map(({ factId }) => factId);
}

/** What nobody has said yes to for so long is not wanted. @returns the ids */
export async function deleteUnanswered(db: Queryable, tenantId: string, before: Date): Promise<string[]> {
  const { rows } = await db.query<{ factId: string }>(
    `delete from memory.fact where tenant_id = $1 and state = 'proposed' and kept_at < $2 returning fact_id as "factId"`,
    [tenantId, before],
  );
  return rows.map(({ factId }) => factId);
}
