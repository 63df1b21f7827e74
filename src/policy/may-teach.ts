import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";

/** The agent that would learn; `owner` is a upn. Both are empty where the agent is gone: then it is up to the platform team. */
export type Pupil = { agentId: string; clusterId: string; owner: string };

/** May this person say what the agent learns? The one place that knows; cards, commands and lists all ask here. */
export function mayTeach(policies: Policies, principal: Principal, { agentId, ...context }: Pupil): PolicyAnswer {
  const answer = policies.ask({ principal, action: "teach", resource: { type: "Agent", id: agentId }, context });
  if (answer.policyId !== NO_POLICY) return answer;
  return { ...answer, reason: "It is up to the owner of the agent, the lead of its cluster and the platform team." };
}

/** May this person say what every agent of a cluster learns, whoever owns it? @param clusterId "" for the whole fleet */
export function mayTeachAll(policies: Policies, principal: Principal, clusterId: string): boolean {
  return mayTeach(policies, principal, { agentId: "", clusterId, owner: "" }).permitted;
}
