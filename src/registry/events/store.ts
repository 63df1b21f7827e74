import type { Queryable, Tx } from "../../store/pool.ts";
import type { Mover, Status } from "../lifecycle.ts";

/** A change of an agent's status. `by`: Entra object id of a person, or the name of a flow. */
export type AgentEvent = { agentId: string; from: Status; to: Status; by: string; as: Mover; why: string };

const EVENT = `agent_id as "agentId", from_status as "from", to_status as "to", actor as by, actor_kind as "as", why, at`;

export async function appendAgentEvent(tx: Tx, tenantId: string, event: AgentEvent): Promise<void> {
  const { agentId, from, to, by, as, why } = event;
  await tx.query(
    `insert into agent_event (tenant_id, agent_id, from_status, to_status, actor, actor_kind, why)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, agentId, from, to, by, as, why],
  );
}

/** The latest changes first. @param agentId of this agent only */
export async function agentEvents(
  db: Queryable,
  tenantId: string,
  { agentId, limit }: { agentId?: string; limit: number },
): Promise<(AgentEvent & { at: Date })[]> {
  const { rows } = await db.query<AgentEvent & { at: Date }>(
    `select ${EVENT} from agent_event where tenant_id = $1 and ($2::uuid is null or agent_id = $2) order by seq desc limit $3`,
    [tenantId, agentId ?? null, limit],
  );
  return rows;
}

/** All that ever happened, by agent and in its order. */
export async function allEvents(db: Queryable, tenantId: string): Promise<(AgentEvent & { at: Date })[]> {
  const { rows } = await db.query<AgentEvent & { at: Date }>(
    `select ${EVENT} from agent_event where tenant_id = $1 order by agent_id, seq`,
    [tenantId],
  );
  return rows;
}
