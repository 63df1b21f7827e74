import type { Queryable, Tx } from "../../store/pool.ts";
import type { Lesson } from "./lesson.ts";

/** A lesson as it was approved. `version` is that of the agent with which it began to serve. */
export type LearntLesson = Lesson & { lessonId: string; version: number; approvedBy: string; approvedAt: Date };

const COLUMNS = `lesson_id as "lessonId", agent_id as "agentId", intent, utterance, version, approved_by as "approvedBy",
  approved_at as "approvedAt"`;

export async function insertLesson(tx: Tx, tenantId: string, lesson: Omit<LearntLesson, "approvedAt">): Promise<void> {
  const { lessonId, agentId, intent, utterance, version, approvedBy } = lesson;
  await tx.query(
    `insert into lesson (tenant_id, lesson_id, agent_id, intent, utterance, version, approved_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, lessonId, agentId, intent, utterance, version, approvedBy],
  );
}

/** All that was ever learnt, in its order. */
export async function lessonsOf(db: Queryable, tenantId: string): Promise<LearntLesson[]> {
  const { rows } = await db.query<LearntLesson>(
    `select ${COLUMNS} from lesson where tenant_id = $1 order by lesson.number`,
    [tenantId],
  );
  return rows;
}

export async function loadLesson(db: Queryable, tenantId: string, lessonId: string): Promise<LearntLesson | undefined> {
  const { rows } = await db.query<LearntLesson>(
    `select ${COLUMNS} from lesson where tenant_id = $1 and lesson_id = $2`,
    [tenantId, lessonId],
  );
  return rows[0];
}
