import type { Queryable } from "../../store/pool.ts";
import type { AgentRecord } from "../agent-record.ts";

/** One agent of the running registry in a line: the version that serves, with the status and the owner that people gave it. */
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

/** `owner`: an address, or what stands before its @. `named`: a name in whatever capitals, or an id. */
export type Filter = { [by in "cluster" | "status" | "owner" | "named"]?: string | undefined };

/** By cluster and name. The records themselves are not touched: fleets of thousands are listed at once. */
export async function listAgents(db: Queryable, tenantId: string, filter: Filter = {}): Promise<Listed[]> {
  const { cluster = null, status = null, owner = null, named = null } = filter;
  const { rows } = await db.query<Listed>(
    `select agent_id as "agentId", display_name as name, cluster_id as cluster, coalesce(p.status, record_status) as status,
            capability_mode as capability, coalesce(p.owner_upn, v.owner_upn) as owner, v.number as version,
            greatest(greatest(last_review_at::date, r.reviewed) + review_cadence_days::int, r.put_off) as "nextReview",
            deprecation_date as "deprecationDate"
       from agent_pointer p join agent_version v using (tenant_id, agent_id)
       left join (select agent_id, max((decided_at at time zone 'utc')::date) filter (where state = 'reviewed') as reviewed,
                         max(until_on) as put_off from review where tenant_id = $1 group by agent_id) r using (agent_id)
      where tenant_id = $1 and v.number = p.active
        and ($2::text is null or cluster_id = $2) and ($3::text is null or coalesce(p.status, record_status) = $3)
        and ($4::text is null or lower($4) in (coalesce(p.owner_upn, v.owner_upn), split_part(coalesce(p.owner_upn, v.owner_upn), '@', 1)))
        and ($5::text is null or lower($5) in (agent_id::text, lower(display_name)))
      order by cluster_id, lower(display_name), agent_id`,
    [tenantId, cluster, status, owner, named],
  );
  return rows;
}
