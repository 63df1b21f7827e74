import type { AgentEvent } from "../../../registry/events/store.ts";
import type { Queryable } from "../../../store/pool.ts";
import type { Period } from "../period.ts";

type Span = Pick<Period, "from" | "to">;

/** Changes of status, the oldest first. */
export async function lifeIn(
  db: Queryable,
  tenantId: string,
  { from, to }: Span,
): Promise<(AgentEvent & { at: Date })[]> {
  const { rows } = await db.query<AgentEvent & { at: Date }>(
    `select agent_id as "agentId", from_status as "from", to_status as "to", actor as by, actor_kind as "as", why, at
       from agent_event where tenant_id = $1 and at >= $2 and at < $3 order by seq`,
    [tenantId, from, to],
  );
  return rows;
}

/** Reviews that people answered. `late`: later than the seven days that they have. */
export type Reviews = { reviewed: number; extended: number; deprecated: number; late: number; degraded: number };

export async function reviewsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Reviews> {
  const { rows } = await db.query<Reviews>(
    `select count(*) filter (where decided and state = 'reviewed')::int as reviewed,
            count(*) filter (where decided and state = 'extended')::int as extended,
            count(*) filter (where decided and state = 'deprecated')::int as deprecated,
            count(*) filter (where decided and decided_at > asked_at + interval '7 days')::int as late,
            count(*) filter (where degraded_at >= $2 and degraded_at < $3)::int as degraded
       from (select *, decided_at >= $2 and decided_at < $3 and decided_by <> 'registry' as decided
               from review where tenant_id = $1) one`,
    [tenantId, from, to],
  );
  return rows[0] ?? { reviewed: 0, extended: 0, deprecated: 0, late: 0, degraded: 0 };
}

/** Agents without an owner, that were so at some time of the period. */
export type ReportedVacancy = { agentId: string; reason: string; formerOwner: string; state: string; openedAt: Date };

export async function vacanciesIn(db: Queryable, tenantId: string, { to }: Span): Promise<ReportedVacancy[]> {
  const { rows } = await db.query<ReportedVacancy>(
    `select agent_id as "agentId", reason, former_owner as "formerOwner", state, opened_at as "openedAt"
       from vacancy where tenant_id = $1 and state = 'open' and opened_at < $2 order by opened_at`,
    [tenantId, to],
  );
  return rows;
}

/** How many versions of agents were registered. */
export async function versionsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from agent_version where tenant_id = $1 and registered_at >= $2 and registered_at < $3`,
    [tenantId, from, to],
  );
  return rows[0]?.n ?? 0;
}

/** Agents that served somebody. */
export async function usedIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Set<string>> {
  const { rows } = await db.query<{ agentId: string }>(
    `select distinct agent_id as "agentId" from turn
      where tenant_id = $1 and agent_id is not null and created_at >= $2 and created_at < $3`,
    [tenantId, from, to],
  );
  return new Set(rows.map(({ agentId }) => agentId));
}

/** A data scope of an agent as it serves. `approvedAt` is a day. */
export type ApprovedScope = { agentId: string; scope: string; approvedBy: string; approvedAt: string };

/** Data scopes whose approval is older than a day. */
export async function scopesApprovedBefore(db: Queryable, tenantId: string, day: string): Promise<ApprovedScope[]> {
  const { rows } = await db.query<ApprovedScope>(
    `select agent_id as "agentId", scope ->> 'scope_name' as scope, scope ->> 'approved_by' as "approvedBy",
            scope ->> 'approved_at' as "approvedAt"
       from agent_pointer p join agent_version v using (tenant_id, agent_id),
            lateral jsonb_array_elements(v.record -> 'data_scopes') scope
      where tenant_id = $1 and v.number = p.active and coalesce(p.status, v.record_status) <> 'deprecated'
        and (scope ->> 'approved_at') < $2 order by scope ->> 'approved_at', agent_id`,
    [tenantId, day],
  );
  return rows;
}
