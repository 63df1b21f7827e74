import type { Queryable, Tx } from "../store/pool.ts";
import { type Correction, type CorrectionKind, pupilOf, type Said, wordsOf } from "./correction.ts";

const COLUMNS = `correction_id as "correctionId", group_id as "groupId", c.kind, c.turn_id as "turnId", c.person_id as "personId",
  t.person_name as "personName", t.code, said, score, registry_version as "registryVersion", state,
  case when answered_agent_id is not null then
    json_build_object('agentId', answered_agent_id, 'intent', answered_intent) end as answered,
  case when chosen_agent_id is not null then
    json_build_object('agentId', chosen_agent_id, 'intent', chosen_intent) end as chosen,
  decided_by as "decidedBy", decided_at as "decidedAt", why, c.created_at as "createdAt"`;
const FROM = "routing_correction c join turn t using (tenant_id, turn_id)";

export async function insertCorrection(
  tx: Tx,
  tenantId: string,
  said: Said,
  of: { correctionId: string; groupId: string },
): Promise<void> {
  await tx.query(
    `insert into routing_correction (tenant_id, correction_id, group_id, kind, turn_id, person_id, said, words, answered_agent_id,
       answered_intent, chosen_agent_id, chosen_intent, score, registry_version, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open')`,
    [
      ...[tenantId, of.correctionId, of.groupId, said.kind, said.turnId, said.personId, said.said, wordsOf(said.said)],
      ...[said.answered?.agentId ?? null, said.answered?.intent ?? null],
      ...[said.chosen?.agentId ?? null, said.chosen?.intent ?? null, said.score, said.registryVersion],
    ],
  );
}

/** Somebody has changed their mind about a turn: what they say now counts. */
export async function changeCorrection(
  tx: Tx,
  tenantId: string,
  correctionId: string,
  { answered, chosen, score }: Said,
  to: { groupId: string; kind: CorrectionKind },
): Promise<void> {
  await tx.query(
    `update routing_correction set group_id = $3, kind = $4, answered_agent_id = $5, answered_intent = $6, chosen_agent_id = $7,
            chosen_intent = $8, score = $9, changed_at = now()
      where tenant_id = $1 and correction_id = $2 and state = 'open'`,
    [
      ...[tenantId, correctionId, to.groupId, to.kind, answered?.agentId ?? null, answered?.intent ?? null],
      ...[chosen?.agentId ?? null, chosen?.intent ?? null, score],
    ],
  );
}

export async function deleteCorrection(tx: Tx, tenantId: string, correctionId: string): Promise<void> {
  await tx.query("delete from routing_correction where tenant_id = $1 and correction_id = $2 and state = 'open'", [
    tenantId,
    correctionId,
  ]);
}

/** The open group that says the same words about the same lesson. */
export async function openGroupLike(db: Queryable, tenantId: string, said: Said): Promise<string | undefined> {
  const pupil = pupilOf(said);
  const { rows } = await db.query<{ groupId: string }>(
    `select group_id as "groupId" from routing_correction
      where tenant_id = $1 and state = 'open' and words = $2
        and coalesce(chosen_agent_id, answered_agent_id) = $3 and chosen_intent is not distinct from $4 limit 1`,
    [tenantId, wordsOf(said.said), pupil.agentId, pupil.intent],
  );
  return rows[0]?.groupId;
}

/** What was said about turns, the latest first. */
export async function correctionsOfTurns(
  db: Queryable,
  tenantId: string,
  turnIds: readonly string[],
): Promise<Correction[]> {
  const { rows } = await db.query<Correction>(
    `select ${COLUMNS} from ${FROM} where tenant_id = $1 and turn_id = any($2) order by c.created_at desc`,
    [tenantId, turnIds],
  );
  return rows;
}

/** Those of a group, oldest first; none where all were taken back. */
export async function loadGroup(db: Queryable, tenantId: string, groupId: string): Promise<Correction[]> {
  const { rows } = await db.query<Correction>(
    `select ${COLUMNS} from ${FROM} where tenant_id = $1 and group_id = $2 order by c.created_at, correction_id`,
    [tenantId, groupId],
  );
  return rows;
}

const MOST_LISTED = 1_000;

/** All that is open, group by group: what more people said comes first, then what waits longest. */
export async function openGroups(db: Queryable, tenantId: string): Promise<Correction[][]> {
  const { rows } = await db.query<Correction>(
    `select ${COLUMNS} from ${FROM} where tenant_id = $1 and state = 'open'
      order by c.created_at, correction_id limit ${MOST_LISTED}`,
    [tenantId],
  );
  return [...Map.groupBy(rows, ({ groupId }) => groupId).values()].sort((a, b) => b.length - a.length);
}

export async function closeGroup(
  tx: Tx,
  tenantId: string,
  groupId: string,
  to: { state: "approved" | "declined"; by: string; why: string | null },
): Promise<void> {
  await tx.query(
    `update routing_correction set state = $3, decided_by = $4, why = $5, decided_at = now()
      where tenant_id = $1 and group_id = $2 and state = 'open'`,
    [tenantId, groupId, to.state, to.by, to.why],
  );
}
