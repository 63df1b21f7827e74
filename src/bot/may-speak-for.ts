import type { Policies, PolicyAnswer, Principal } from "../policy/cedar.ts";
import { mayAnswerFor } from "../policy/may-answer-for.ts";
import type { AgentRecord } from "../registry/agent-record.ts";

/** May this person answer for the agent? @param record as it serves now, with the owner that was named last */
export function maySpeakFor(
  { policies }: { policies: Policies },
  person: Principal,
  { agent_id: agentId, cluster_id: clusterId, owner_upn: owner }: AgentRecord,
): PolicyAnswer {
  return mayAnswerFor(policies, person, { agentId, clusterId, owner });
}
