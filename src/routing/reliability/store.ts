import type { Queryable } from "../../store/pool.ts";
import type { StoredDecision } from "./outcome.ts";

/**
 * Routing decisions since a day, in their order, each with the latest word about it: the one place that knows where people's
 * word is stored. Whoever takes theirs back leaves no row.
 */
export async function loadDecisions(db: Queryable, tenantId: string, since: Date): Promise<StoredDecision[]> {
  const { rows } = await db.query<StoredDecision>(
    `select t.created_at as "at", routing->>'outcome' as "outcome",
            coalesce(routing->'chosen', routing->'candidates'->0) as "best",
            coalesce((routing->'phase1'->>'widened')::boolean, false) as "widened",
            coalesce((routing->'phase1'->>'shortlistMissed')::boolean, false) as "missed",
            routing->'phase1'->'opinion' as "opinion",
            case when c.turn_id is not null then json_build_object('state', c.state,
              'answered', case when answered_agent_id is not null then
                json_build_object('agentId', answered_agent_id, 'intent', answered_intent) end,
              'chosen', case when chosen_agent_id is not null then
                json_build_object('agentId', chosen_agent_id, 'intent', chosen_intent) end) end as "word"
       from turn t
       left join (select distinct on (turn_id) * from routing_correction
                   where tenant_id = $1 order by turn_id, created_at desc) c on c.turn_id = t.turn_id
      where t.tenant_id = $1 and t.created_at >= $2 and routing is not null
      order by t.created_at`,
    [tenantId, since],
  );
  return rows;
}
