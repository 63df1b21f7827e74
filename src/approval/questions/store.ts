import type { Queryable, Tx } from "../../store/pool.ts";

/** A question of an approver to the requester. */
export type Question = { number: number; askedBy: string; question: string; answer: string | null };

export async function insertQuestion(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  asked: Pick<Question, "askedBy" | "question">,
): Promise<number> {
  const { rows } = await tx.query<{ number: number }>(
    `insert into approval_question (tenant_id, approval_id, number, asked_by, question)
     select $1, $2, coalesce(max(number), 0) + 1, $3, $4 from approval_question where tenant_id = $1 and approval_id = $2
     returning number`,
    [tenantId, approvalId, asked.askedBy, asked.question],
  );
  return rows[0]?.number ?? 1;
}

/** Answers the oldest open question. @returns it; undefined where none is open */
export async function answerQuestion(
  tx: Tx,
  tenantId: string,
  approvalId: string,
  answer: string,
): Promise<Question | undefined> {
  const { rows } = await tx.query<Question>(
    `update approval_question set answer = $3, answered_at = now()
      where tenant_id = $1 and approval_id = $2
        and number = (select min(number) from approval_question where tenant_id = $1 and approval_id = $2 and answer is null)
     returning number, asked_by as "askedBy", question, answer`,
    [tenantId, approvalId, answer],
  );
  return rows[0];
}

/** Questions that wait for an answer of this person. */
export async function questionsFor(
  db: Queryable,
  tenantId: string,
  requesterId: string,
): Promise<{ approvalId: string; runId: string; code: string; askedBy: string; question: string }[]> {
  const { rows } = await db.query<{
    approvalId: string;
    runId: string;
    code: string;
    askedBy: string;
    question: string;
  }>(
    `select a.approval_id as "approvalId", a.run_id as "runId", a.code, q.asked_by as "askedBy", q.question
       from approval a join approval_question q using (tenant_id, approval_id)
      where a.tenant_id = $1 and a.requester_id = $2 and a.status = 'pending' and q.answer is null
      order by q.asked_at limit 20`,
    [tenantId, requesterId],
  );
  return rows;
}
