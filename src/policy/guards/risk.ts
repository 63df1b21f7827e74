import { contextOf } from "./context.ts";
import { findingOf, type Guard } from "./guard.ts";

/**
 * What can go wrong: a write says how it is undone, and the rules of the action "attempt" say which kinds of steps no approval
 * makes right. The risk that they see is the plan's, raised by the tool's.
 */
export const risk: Guard = ({ policies, principal, actor, step }) => {
  if (step.access === "write" && step.reversal === "none")
    return { is: "refused", policyId: "undo-declared", reason: `${step.tool} does not say how it is undone.` };
  return findingOf(
    policies.ask({
      principal,
      action: "attempt",
      resource: { type: "Tool", id: step.tool },
      context: contextOf(actor, step),
    }),
  );
};
