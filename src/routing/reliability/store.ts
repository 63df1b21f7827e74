import type { Queryable } from "../../store/pool.ts";
import { type Complaint, type Outcome, outcomesOf, type StoredTurn } from "./outcome.ts";

/**
 * Decisions since a day, with what became of them: the one place that knows where people's word is stored. Today that is turns
 * that continue another one (a choice on a card), and the audit's "turn.wrong-agent" (clicked, whatever came after). Once
 * routing_correction has rows they say both, with the turn that was routed: then they are to be read here instead.
 */
export async function loadOutcomes(db: Queryable, tenantId: string, since: Date): Promise<Outcome[]> {
  const { rows: turns } = await db.query<StoredTurn>(
    `select turn_id as "turnId", parent_turn_id as "parentTurnId", created_at as "at", agent_id as "agentId", intent,
            case when routing is null then null
                 else jsonb_build_object('outcome', routing->'outcome',
                                         'best', coalesce(routing->'chosen', routing->'candidates'->0))
            end as routing
       from turn where tenant_id = $1 and created_at >= $2 order by created_at`,
    [tenantId, since],
  );
  const { rows: complaints } = await db.query<Complaint>(
    `select turn_id as "turnId", at from audit_log
      where tenant_id = $1 and kind = 'turn.wrong-agent' and turn_id is not null and at >= $2`,
    [tenantId, since],
  );
  return outcomesOf(turns, complaints);
}
