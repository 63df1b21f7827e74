import type { Queryable, Tx } from "../../store/pool.ts";
import type { Day } from "../day.ts";
import type { Review, Standing } from "./review.ts";

const COLUMNS = `review_id as "reviewId", agent_id as "agentId", due_on as "dueOn", state, asked_at as "askedAt", reminded,
  degraded_at as "degradedAt", decided_by as "decidedBy", decided_at as "decidedAt", until_on as "untilOn", why, version`;

/** Opens the review of an agent. @returns false where it is open already, or was decided for that day */
export async function openReview(
  tx: Tx,
  tenantId: string,
  { reviewId, agentId, dueOn, now }: { reviewId: string; agentId: string; dueOn: Day; now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into review (tenant_id, review_id, agent_id, due_on, state, asked_at)
     select $1, $2, $3, $4, 'open', $5
      where not exists (select 1 from review where tenant_id = $1 and agent_id = $3 and due_on >= $4)
     on conflict do nothing`,
    [tenantId, reviewId, agentId, dueOn, now],
  );
  return rowCount === 1;
}

export async function loadReview(db: Queryable, tenantId: string, reviewId: string): Promise<Review | undefined> {
  const { rows } = await db.query<Review>(`select ${COLUMNS} from review where tenant_id = $1 and review_id = $2`, [
    tenantId,
    reviewId,
  ]);
  return rows[0];
}

export async function lockReview(tx: Tx, tenantId: string, reviewId: string): Promise<Review | undefined> {
  const { rows } = await tx.query<Review>(
    `select ${COLUMNS} from review where tenant_id = $1 and review_id = $2 for update`,
    [tenantId, reviewId],
  );
  return rows[0];
}

export async function openReviews(db: Queryable, tenantId: string): Promise<Review[]> {
  const { rows } = await db.query<Review>(
    `select ${COLUMNS} from review where tenant_id = $1 and state = 'open' order by due_on, agent_id`,
    [tenantId],
  );
  return rows;
}

/** What was decided about agents, by agent. @param agentId of this one only */
export async function standings(db: Queryable, tenantId: string, agentId?: string): Promise<Map<string, Standing>> {
  const { rows } = await db.query<Standing & { agentId: string }>(
    `select agent_id as "agentId", max(decided_on) filter (where state = 'reviewed') as "reviewedOn",
            max(decided_on) filter (where state = 'extended') as "extendedOn", max(until_on)::text as "extendedUntil"
       from (select agent_id, state, until_on, (decided_at at time zone 'utc')::date::text as decided_on from review
              where tenant_id = $1 and ($2::uuid is null or agent_id = $2) and decided_by <> 'registry') decided
      group by agent_id`,
    [tenantId, agentId ?? null],
  );
  return new Map(rows.map(({ agentId: id, ...standing }) => [id, standing]));
}

/** Is the agent degraded because nobody answered its review? */
export async function isUnanswered(tx: Tx, tenantId: string, agentId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    "select 1 from review where tenant_id = $1 and agent_id = $2 and state = 'open' and degraded_at is not null",
    [tenantId, agentId],
  );
  return rowCount !== 0;
}

/** Somebody else answers for the agent: they are asked afresh, as if it had just fallen due. @returns the review */
export async function askAfresh(tx: Tx, tenantId: string, agentId: string, now: Date): Promise<string | undefined> {
  const { rows } = await tx.query<{ reviewId: string }>(
    `update review set asked_at = $3, reminded = 1, degraded_at = null, version = version + 1
      where tenant_id = $1 and agent_id = $2 and state = 'open' returning review_id as "reviewId"`,
    [tenantId, agentId, now],
  );
  return rows[0]?.reviewId;
}

/** Whoever answers for it was asked again. */
export async function noteReminded(
  tx: Tx,
  tenantId: string,
  reviewId: string,
  { reminded, degradedAt }: { reminded: number; degradedAt: Date | null },
): Promise<void> {
  await tx.query(
    `update review set reminded = $3, degraded_at = coalesce(degraded_at, $4), version = version + 1
      where tenant_id = $1 and review_id = $2`,
    [tenantId, reviewId, reminded, degradedAt],
  );
}

export async function closeReview(
  tx: Tx,
  tenantId: string,
  reviewId: string,
  to: { state: Exclude<Review["state"], "open">; by: string; now: Date; untilOn?: Day; why?: string },
): Promise<void> {
  await tx.query(
    `update review set state = $3, decided_by = $4, decided_at = $5, until_on = $6, why = $7, version = version + 1
      where tenant_id = $1 and review_id = $2`,
    [tenantId, reviewId, to.state, to.by, to.now, to.untilOn ?? null, to.why ?? null],
  );
}
