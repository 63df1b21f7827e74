import { NO_POLICY, type PolicyAnswer } from "../cedar.ts";
import { strictest } from "../stages.ts";
import { contextOf } from "./context.ts";
import { findingOf, type Guard } from "./guard.ts";

/** From least to most supervision: the first that the policies permit is what the step needs. */
const supervisions = [
  ["perform", undefined],
  ["performConfirmed", "confirmation"],
  ["performApproved", "review"],
] as const;

/** Who has to agree before it runs. */
export const approval: Guard = ({ policies, principal, actor, step }) => {
  const resource = { type: "Tool", id: step.tool } as const;
  const context = contextOf(actor, step);
  let refusal: PolicyAnswer | undefined;
  for (const [action, kind] of supervisions) {
    const answer = policies.ask({ principal, action, resource, context });
    if (answer.permitted) {
      if (kind === undefined) return findingOf(answer);
      const { policyId, reason, rules = [], stages = [] } = answer;
      return { is: "asks", kind, stages: strictest(stages), policyId, reason, rules };
    }
    // A rule that forbids says more than the absence of one that permits.
    if (refusal === undefined || refusal.policyId === NO_POLICY) refusal = answer;
  }
  return findingOf(refusal ?? { permitted: false, policyId: NO_POLICY, reason: "No policy permits it." });
};
