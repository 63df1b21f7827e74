import type { Queryable } from "../../store/pool.ts";

/** What an agent was used for in a time: counts, and the 95th percentile of its answers in milliseconds. */
export type Usage = {
  turns: number;
  people: number;
  failed: number;
  corrected: number;
  runs: number;
  p95Ms: number | null;
};

/** @param days so many, up to now on the database's clock */
export async function usageOf(db: Queryable, tenantId: string, agentId: string, days: number): Promise<Usage> {
  const { rows } = await db.query<Usage>(
    `with mine as (
       select turn_id, person_id, outcome, latency_ms from turn
        where tenant_id = $1 and agent_id = $2 and created_at >= now() - make_interval(days => $3))
     select count(*)::int as turns, count(distinct person_id)::int as people,
            count(*) filter (where outcome = 'failed')::int as failed,
            (select count(distinct c.turn_id)::int from routing_correction c where c.tenant_id = $1 and c.turn_id in (select turn_id from mine)) as corrected,
            (select count(*)::int from run r where r.tenant_id = $1 and r.agent_id = $2
               and r.created_at >= now() - make_interval(days => $3)) as runs,
            percentile_cont(0.95) within group (order by latency_ms)::int as "p95Ms"
       from mine`,
    [tenantId, agentId, days],
  );
  return rows[0] ?? { turns: 0, people: 0, failed: 0, corrected: 0, runs: 0, p95Ms: null };
}
