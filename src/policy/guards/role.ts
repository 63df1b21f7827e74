import { contextOf } from "./context.ts";
import { findingOf, type Guard } from "./guard.ts";

/** Who asks: the rules of the action "use" say what is nobody else's business, and what strangers may not have done. */
export const role: Guard = ({ policies, principal, actor, step }) =>
  findingOf(
    policies.ask({
      principal,
      action: "use",
      resource: { type: "Tool", id: step.tool },
      context: contextOf(actor, step),
    }),
  );
