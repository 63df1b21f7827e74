import { crossedBy } from "../spending.ts";
import type { Guard } from "./guard.ts";

/** Does the call fit into what the run may still spend? */
export const budget: Guard = ({ step }) => {
  const policyId = "run-budget";
  if (step.budget === "reserved") return { is: "passed", policyId, reason: "It is reserved with its superstep." };
  const { spent, limits, wanted } = step.budget;
  const crossed = crossedBy(spent, limits, wanted);
  return crossed === undefined
    ? { is: "passed", policyId, reason: "It fits into the budget." }
    : { is: "refused", policyId, reason: `The next step would go over its budget of ${crossed}.` };
};
