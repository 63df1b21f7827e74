import type { Queryable } from "../../store/pool.ts";
import type { AgentRecord } from "../agent-record.ts";

/** One agent of the running registry in a line: the version that serves, with the status that people gave it. */
export type Listed = {
  agentId: string;
  name: string;
  cluster: AgentRecord["cluster_id"];
  status: AgentRecord["status"];
  capability: AgentRecord["capability_mode"];
  owner: string;
  version: number;
  /** calendar days */
  nextReview: string;
  deprecationDate: string;
};

/** `owner`: an address, or what stands before its @ */
export type Filter = { cluster?: string | undefined; status?: string | undefined; owner?: string | undefined };

/** By cluster and name. Only what a line needs is read of each record: fleets of thousands are listed at once. */
export async function listAgents(db: Queryable, tenantId: string, filter: Filter = {}): Promise<Listed[]> {
  const { rows } = await db.query<Listed>(
    `select * from (
       select v.agent_id as "agentId", r.display_name as name, r.cluster_id as cluster, coalesce(p.status, r.status) as status,
              r.capability_mode as capability, r.owner_upn as owner, v.number as version,
              r.last_review_at + r.review_cadence_days as "nextReview", r.deprecation_date as "deprecationDate"
         from agent_pointer p
         join agent_version v on v.tenant_id = p.tenant_id and v.agent_id = p.agent_id and v.number = p.active
        cross join jsonb_to_record(v.record) as r(display_name text, cluster_id text, status text, capability_mode text,
              owner_upn text, last_review_at date, review_cadence_days int, deprecation_date date)
        where p.tenant_id = $1) listed
      where ($2::text is null or cluster = $2) and ($3::text is null or status = $3)
        and ($4::text is null or $4 in (owner, split_part(owner, '@', 1)))
      order by cluster, lower(name), "agentId"`,
    [tenantId, filter.cluster ?? null, filter.status ?? null, filter.owner?.toLowerCase() ?? null],
  );
  return rows;
}
