import type { PlanTemplate } from "../agent/plan-template.ts";
import type { Assignment } from "../cluster/coordinate.ts";
import { SignalboxError } from "../errors.ts";
import type { Serving } from "../registry/fleet.ts";
import type { TurnPorts } from "./ports.ts";

/**
 * An agent in service with one of its intents, at the version that serves this conversation; undefined where it is not in
 * service any more.
 */
export function assign(
  ports: Pick<TurnPorts, "fleet">,
  { agentId, intent, conversationId }: { agentId: string; intent: string; conversationId: string },
): Assignment | undefined {
  const serving = ports.fleet.pick(agentId, conversationId);
  // Whether it is in service is a matter of the agent, not of the version that is tried.
  const status = ports.fleet.registry.byId.get(agentId)?.status;
  if (serving === undefined || (status !== "active" && status !== "degraded")) return undefined;
  return assignmentOf(serving, intent);
}

/** One of the intents of an agent at a version. */
export function assignmentOf(
  { record: agent, version, plans }: Serving<PlanTemplate>,
  intent: string,
): Assignment | undefined {
  const pattern = agent.intent_patterns.find((one) => one.intent_label === intent);
  if (pattern === undefined) return undefined;
  const plan = plans.get(pattern.plan);
  if (plan === undefined)
    throw new SignalboxError(
      "plan-missing",
      `Agent ${agent.display_name} names the plan ${pattern.plan}, which does not exist.`,
    );
  const confirm = pattern.action_requires_confirmation ?? false;
  return { agent, version, intent, risk: pattern.risk, confirm, approverRole: pattern.approver_role, plan };
}
