import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";

/** A system whose tools are not as they were reviewed; `owner` is a upn, empty where nobody answers for it. */
export type ReviewedSystem = { system: string; owner: string };

/** May this person say whether such tools may be used? The one place that knows; cards and commands ask here. */
export function mayReviewTools(
  { policies, tenantId }: { policies: Policies; tenantId: string },
  principal: Principal,
  context: ReviewedSystem,
): PolicyAnswer {
  const resource = { type: "Fleet", id: tenantId } as const;
  const answer = policies.ask({ principal, action: "reviewTools", resource, context });
  if (answer.policyId !== NO_POLICY) return answer;
  return { ...answer, reason: "It is up to whoever answers for the system, to security and to the platform team." };
}
