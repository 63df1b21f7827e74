import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";

/** May this person say whether something in quarantine is harmless? It was to be remembered for the agents of `clusterId`. */
export function mayJudgeMemory(policies: Policies, principal: Principal, clusterId: string): PolicyAnswer {
  const resource = { type: "Fleet", id: clusterId } as const;
  const answer = policies.ask({ principal, action: "judgeMemory", resource, context: { clusterId } });
  if (answer.policyId !== NO_POLICY) return answer;
  return { ...answer, reason: "It is up to the lead of the cluster and to security." };
}
