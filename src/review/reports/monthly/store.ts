import type { AgentRecord } from "../../../registry/agent-record.ts";
import type { Side } from "../../../registry/diff/pair.ts";
import type { Queryable } from "../../../store/pool.ts";
import type { Period } from "../period.ts";

type Span = Pick<Period, "from" | "to">;

/** Somebody did what policy allows as an exception. `agentId`: where it is about one; `why`: as they said it. */
export type Exception = { kind: string; at: Date; agentId: string | null; code: string | null; why: string };

/** @param kinds of evidence that tell of exceptions */
export async function exceptionsIn(
  db: Queryable,
  tenantId: string,
  { from, to }: Span,
  kinds: readonly string[],
): Promise<Exception[]> {
  const { rows } = await db.query<Exception>(
    `select l.kind, l.at, coalesce(l.data ->> 'agentId', r.agent_id) as "agentId", r.code,
            coalesce(l.data ->> 'why', l.data ->> 'reason', '') as why
       from audit_log l left join run r on r.tenant_id = l.tenant_id and r.run_id = l.run_id
      where l.tenant_id = $1 and l.at >= $2 and l.at < $3 and l.kind = any($4) order by l.seq`,
    [tenantId, from, to, kinds],
  );
  return rows;
}

/** People who changed the status of agents by hand; what flows did is not among it. */
export async function statusByHand(db: Queryable, tenantId: string, { from, to }: Span): Promise<Exception[]> {
  const { rows } = await db.query<Exception>(
    `select 'status: ' || from_status || ' → ' || to_status as kind, at, agent_id as "agentId", null as code, why
       from agent_event where tenant_id = $1 and at >= $2 and at < $3 and actor_kind in ('operator', 'lead') order by seq`,
    [tenantId, from, to],
  );
  return rows;
}

/** How approvals were decided. `quick`: within two seconds after whoever decided had it before them. */
export type Decisions = {
  approved: number;
  rejected: number;
  expired: number;
  /** decided by somebody in whose hands another one had put it */
  inPlace: number;
  quick: number;
  /** decisions of which the moment of the first look is known */
  looked: number;
};

export async function decisionsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Decisions> {
  const { rows } = await db.query<Decisions>(
    `select count(*) filter (where a.status = 'approved')::int as approved,
            count(*) filter (where a.status = 'rejected')::int as rejected,
            count(*) filter (where a.status = 'expired')::int as expired,
            count(*) filter (where a.decided_for is not null and a.decided_for <> a.decided_by)::int as "inPlace",
            count(*) filter (where a.decided_at - s.seen_at < interval '2 seconds')::int as quick,
            count(s.seen_at)::int as looked
       from approval a left join approval_asked s
            on s.tenant_id = a.tenant_id and s.approval_id = a.approval_id and s.person_id = a.decided_by
      where a.tenant_id = $1 and a.decided_at >= $2 and a.decided_at < $3`,
    [tenantId, from, to],
  );
  return rows[0] ?? { approved: 0, rejected: 0, expired: 0, inPlace: 0, quick: 0, looked: 0 };
}

/** Rules that denied actions, the most frequent first. */
export async function denyingRules(
  db: Queryable,
  tenantId: string,
  { from, to }: Span,
): Promise<{ policyId: string; n: number }[]> {
  const { rows } = await db.query<{ policyId: string; n: number }>(
    `select data #>> '{verdict,policyId}' as "policyId", count(*)::int as n from audit_log
      where tenant_id = $1 and kind = 'action.denied' and at >= $2 and at < $3 group by 1 order by n desc, 1`,
    [tenantId, from, to],
  );
  return rows;
}

/** Texts of policies that were in force for the first time. */
export async function newPolicies(db: Queryable, tenantId: string, { from, to }: Span): Promise<string[]> {
  const { rows } = await db.query<{ version: string }>(
    `select version from policy_version where tenant_id = $1 and created_at >= $2 and created_at < $3 order by created_at`,
    [tenantId, from, to],
  );
  return rows.map(({ version }) => version);
}

/** An agent as its newest version of that time says it. */
type Known = { agentId: string; record: AgentRecord; plans: Side["plans"] };

/** The newest version of each agent that was registered before a moment. */
export async function registeredBefore(db: Queryable, tenantId: string, at: Date): Promise<Map<string, Side>> {
  const { rows } = await db.query<Known>(
    `select distinct on (agent_id) agent_id as "agentId", record, plans from agent_version
      where tenant_id = $1 and registered_at < $2 order by agent_id, number desc`,
    [tenantId, at],
  );
  return new Map(rows.map(({ agentId, record, plans }) => [agentId, { record, plans }]));
}

/** What of a period left no evidence, or less than it should; `links` counts all evidence of the period. */
export type Gaps = { links: number; turnsWithout: number; actionsWithout: number; neverCameBack: number };

export async function gapsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Gaps> {
  const { rows } = await db.query<Gaps>(
    `select (select count(*)::int from audit_log where tenant_id = $1 and at >= $2 and at < $3) as links,
            (select count(*)::int from turn t where t.tenant_id = $1 and t.created_at >= $2 and t.created_at < $3
               and not exists (select 1 from audit_log l where l.tenant_id = $1 and l.turn_id = t.turn_id)) as "turnsWithout",
            (select count(*)::int from action a where a.tenant_id = $1 and a.state in ('done', 'undone')
               and a.updated_at >= $2 and a.updated_at < $3
               and not exists (select 1 from audit_log l where l.tenant_id = $1 and l.run_id = a.run_id
                                  and l.data ->> 'actionId' = a.action_id::text)) as "actionsWithout",
            (select count(*)::int from action_attempt where tenant_id = $1 and started_at >= $2 and started_at < $3
               and ended_at is null) as "neverCameBack"`,
    [tenantId, from, to],
  );
  return rows[0] ?? { links: 0, turnsWithout: 0, actionsWithout: 0, neverCameBack: 0 };
}
