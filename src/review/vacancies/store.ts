import type { Queryable, Tx } from "../../store/pool.ts";
import type { Vacancy } from "./vacancy.ts";

const COLUMNS = `vacancy_id as "vacancyId", agent_id as "agentId", reason, former_owner as "formerOwner", state,
  opened_at as "openedAt", suspended_at as "suspendedAt", owner_upn as "ownerUpn", named_by as "namedBy", version`;

/** @returns false where it is open already */
export async function openVacancy(
  tx: Tx,
  tenantId: string,
  vacancy: Pick<Vacancy, "vacancyId" | "agentId" | "reason" | "formerOwner"> & { now: Date },
): Promise<boolean> {
  const { vacancyId, agentId, reason, formerOwner, now } = vacancy;
  const { rowCount } = await tx.query(
    `insert into vacancy (tenant_id, vacancy_id, agent_id, reason, former_owner, state, opened_at)
     values ($1, $2, $3, $4, $5, 'open', $6) on conflict do nothing`,
    [tenantId, vacancyId, agentId, reason, formerOwner, now],
  );
  return rowCount === 1;
}

export async function loadVacancy(db: Queryable, tenantId: string, vacancyId: string): Promise<Vacancy | undefined> {
  const { rows } = await db.query<Vacancy>(`select ${COLUMNS} from vacancy where tenant_id = $1 and vacancy_id = $2`, [
    tenantId,
    vacancyId,
  ]);
  return rows[0];
}

export async function lockVacancy(tx: Tx, tenantId: string, vacancyId: string): Promise<Vacancy | undefined> {
  const { rows } = await tx.query<Vacancy>(
    `select ${COLUMNS} from vacancy where tenant_id = $1 and vacancy_id = $2 for update`,
    [tenantId, vacancyId],
  );
  return rows[0];
}

export async function openVacancies(db: Queryable, tenantId: string): Promise<Vacancy[]> {
  const { rows } = await db.query<Vacancy>(
    `select ${COLUMNS} from vacancy where tenant_id = $1 and state = 'open' order by opened_at`,
    [tenantId],
  );
  return rows;
}

export async function hasVacancy(tx: Tx, tenantId: string, agentId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    "select 1 from vacancy where tenant_id = $1 and agent_id = $2 and state = 'open'",
    [tenantId, agentId],
  );
  return rowCount !== 0;
}

export async function noteSuspended(tx: Tx, tenantId: string, vacancyId: string, now: Date): Promise<void> {
  await tx.query(
    "update vacancy set suspended_at = $3, version = version + 1 where tenant_id = $1 and vacancy_id = $2",
    [tenantId, vacancyId, now],
  );
}

/** Whoever was named fills it; without anybody it has ended by itself. */
export async function closeVacancy(
  tx: Tx,
  tenantId: string,
  vacancyId: string,
  named?: { owner: string; by: string },
): Promise<void> {
  await tx.query(
    `update vacancy set state = $3, owner_upn = $4, named_by = $5, version = version + 1
      where tenant_id = $1 and vacancy_id = $2`,
    [tenantId, vacancyId, named === undefined ? "ended" : "filled", named?.owner ?? null, named?.by ?? null],
  );
}
