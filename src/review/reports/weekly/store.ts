import type { Queryable } from "../../../store/pool.ts";
import type { Kind } from "../../alerts/alert.ts";
import type { Period } from "../period.ts";

type Span = Pick<Period, "from" | "to">;
export type Counted = { kind: string; n: number };

/** An incident that was open at some time of the period, as it stands now. */
export type ReportedIncident = {
  agentId: string;
  kind: Kind;
  state: "open" | "acknowledged" | "closed";
  openedAt: Date;
  heard: number;
  /** from the first alert to the acknowledgement; null: nobody acknowledged it */
  minutesToAcknowledge: number | null;
  isSilent: boolean;
};

export async function incidentsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<ReportedIncident[]> {
  const { rows } = await db.query<ReportedIncident>(
    `select agent_id as "agentId", kind, state, opened_at as "openedAt", heard, silent_at is not null as "isSilent",
            (extract(epoch from acknowledged_at - opened_at) / 60)::float8 as "minutesToAcknowledge"
       from incident where tenant_id = $1 and opened_at < $3 and (closed_at is null or closed_at >= $2) order by opened_at`,
    [tenantId, from, to],
  );
  return rows;
}

/** Alerts that came, by what became of them. */
export async function alertsIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Counted[]> {
  const { rows } = await db.query<Counted>(
    `select state as kind, count(*)::int as n from alert
      where tenant_id = $1 and received_at >= $2 and received_at < $3 group by state order by state`,
    [tenantId, from, to],
  );
  return rows;
}

/** Links of the audit log, by kind. */
export async function evidenceIn(db: Queryable, tenantId: string, { from, to }: Span): Promise<Counted[]> {
  const { rows } = await db.query<Counted>(
    `select kind, count(*)::int as n from audit_log where tenant_id = $1 and at >= $2 and at < $3 group by kind order by kind`,
    [tenantId, from, to],
  );
  return rows;
}

/** Something of a run that a report tells of; `what` is the outcome, or why it was held. */
export type RunLine = { code: string; agentId: string; what: string; at: Date };

/** Runs that ended otherwise than they should, and those of which nobody knew whether something had happened. */
export async function troubledRuns(db: Queryable, tenantId: string, { from, to }: Span): Promise<RunLine[]> {
  const { rows } = await db.query<RunLine>(
    `select r.code, r.agent_id as "agentId", e.at,
            case e.type when 'ended' then e.data ->> 'outcome' else 'needed a human check' end as what
       from run_event e join run r using (tenant_id, run_id)
      where tenant_id = $1 and e.at >= $2 and e.at < $3
        and (e.type = 'step-unknown' or (e.type = 'ended' and e.data ->> 'outcome' in ('failed', 'partly-done', 'undone')))
      order by e.at`,
    [tenantId, from, to],
  );
  return rows;
}

/** Runs that were held because a budget was used up. */
export async function heldByBudget(db: Queryable, tenantId: string, { from, to }: Span): Promise<RunLine[]> {
  const { rows } = await db.query<RunLine>(
    `select r.code, r.agent_id as "agentId", e.at, e.data ->> 'text' as what
       from run_event e join run r using (tenant_id, run_id)
      where tenant_id = $1 and e.type = 'held' and e.data ->> 'why' = 'budget' and e.at >= $2 and e.at < $3 order by e.at`,
    [tenantId, from, to],
  );
  return rows;
}

/** What a run was allowed to spend, and what it spent. */
export type Spending = {
  code: string;
  agentId: string;
  spent: { turns: number; toolCalls: number; seconds: number };
  budgets: { maxTurns: number; maxToolCalls: number; maxRuntimeSeconds: number };
};

/** Of runs that ended in the period and came close to a budget. @param share from which on, 0 to 1 */
export async function nearBudget(
  db: Queryable,
  tenantId: string,
  { from, to }: Span,
  share: number,
): Promise<Spending[]> {
  const { rows } = await db.query<Spending>(
    `select r.code, r.agent_id as "agentId", r.state -> 'spent' as spent, r.state -> 'budgets' as budgets
       from run_event e join run r using (tenant_id, run_id)
      where tenant_id = $1 and e.type = 'ended' and e.at >= $2 and e.at < $3
        and greatest((state #>> '{spent,turns}')::numeric / (state #>> '{budgets,maxTurns}')::numeric,
                     (state #>> '{spent,toolCalls}')::numeric / (state #>> '{budgets,maxToolCalls}')::numeric,
                     (state #>> '{spent,seconds}')::numeric / (state #>> '{budgets,maxRuntimeSeconds}')::numeric) >= $4
      order by e.at`,
    [tenantId, from, to, share],
  );
  return rows;
}

/** How long the answers of an agent took: the 95th percentile, in milliseconds; `slaMs`: what it promises, null where it is gone. */
export type Latency = { agentId: string; turns: number; p95Ms: number; slaMs: number | null };

export async function latencies(db: Queryable, tenantId: string, { from, to }: Span): Promise<Latency[]> {
  const { rows } = await db.query<Latency>(
    `select t.*, (v.record ->> 'sla_response_ms')::int as "slaMs"
       from (select agent_id as "agentId", count(*)::int as turns,
                    percentile_cont(0.95) within group (order by latency_ms)::int as "p95Ms"
               from turn where tenant_id = $1 and agent_id is not null and created_at >= $2 and created_at < $3
              group by agent_id) t
       left join agent_pointer p on p.tenant_id = $1 and p.agent_id::text = t."agentId"
       left join agent_version v on v.tenant_id = $1 and v.agent_id = p.agent_id and v.number = p.active
      order by t."agentId"`,
    [tenantId, from, to],
  );
  return rows;
}

/** Something that somebody tried and was not let do. `what` names the call; `why` the rule, or the reason. */
export type Stopped = { kind: string; agentId: string; code: string; what: string; why: string };

/** Actions that a policy denied, and approved ones that the last look before the effect stopped. */
export async function stoppedActions(db: Queryable, tenantId: string, { from, to }: Span): Promise<Stopped[]> {
  const { rows } = await db.query<Stopped>(
    `select l.kind, l.actor as "agentId", coalesce(r.code, '') as code, coalesce(l.data ->> 'tool', '') as what,
            coalesce(l.data ->> 'why', l.data #>> '{verdict,policyId}', '') as why
       from audit_log l left join run r on r.tenant_id = l.tenant_id and r.run_id = l.run_id
      where l.tenant_id = $1 and l.kind in ('action.denied', 'action.not-started') and l.at >= $2 and l.at < $3 order by l.seq`,
    [tenantId, from, to],
  );
  return rows;
}

/** Statements that differed, by what they are about. */
export async function conflictsIn(
  db: Queryable,
  tenantId: string,
  { from, to }: Span,
): Promise<{ about: string; clusterId: string; n: number }[]> {
  const { rows } = await db.query<{ about: string; clusterId: string; n: number }>(
    `select about, cluster_id as "clusterId", count(*)::int as n from conflict_event
      where tenant_id = $1 and at >= $2 and at < $3 group by about, cluster_id order by n desc, about`,
    [tenantId, from, to],
  );
  return rows;
}
