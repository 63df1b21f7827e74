import type { AgentRecord } from "../registry/agent-record.ts";
import type { Actor } from "./step.ts";

/** An agent at the version of this record, as policy knows it. */
export function actorOf(
  record: Pick<AgentRecord, "agent_id" | "cluster_id" | "capability_mode" | "tools" | "data_scopes">,
): Actor {
  return {
    agentId: record.agent_id,
    clusterId: record.cluster_id,
    mode: record.capability_mode,
    tools: record.tools,
    scopes: record.data_scopes.map(({ scope_name: scope, classification }) => ({ scope, classification })),
  };
}
