import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";

/** An agent that somebody speaks for; `owner` is a upn. */
export type Charge = { agentId: string; clusterId: string; owner: string };

/** May this person say who answers for the agent from now on? */
export function mayNameOwner(
  policies: Policies,
  principal: Principal,
  { agentId, clusterId }: Pick<Charge, "agentId" | "clusterId">,
): PolicyAnswer {
  const resource = { type: "Agent", id: agentId } as const;
  const answer = policies.ask({ principal, action: "nameOwner", resource, context: { clusterId } });
  if (answer.policyId !== NO_POLICY) return answer;
  return { ...answer, reason: "It is up to the lead of the cluster and the platform team." };
}

/** May this person answer for the agent: its reviews, its alerts, its end? */
export function mayAnswerFor(policies: Policies, principal: Principal, { agentId, ...context }: Charge): PolicyAnswer {
  const answer = policies.ask({ principal, action: "answerFor", resource: { type: "Agent", id: agentId }, context });
  if (answer.policyId !== NO_POLICY) return answer;
  return { ...answer, reason: "It is up to the owner of the agent; the platform team stands in." };
}
