import type { Assignment } from "../cluster/coordinate.ts";
import { SignalboxError } from "../errors.ts";
import type { TurnPorts } from "./ports.ts";

/** An agent in service with one of its intents; undefined where it is not in service any more. */
export function assign(
  ports: Pick<TurnPorts, "registry" | "plans">,
  agentId: string,
  intent: string,
): Assignment | undefined {
  const agent = ports.registry.byId.get(agentId);
  const pattern = agent?.intent_patterns.find((one) => one.intent_label === intent);
  if (agent === undefined || pattern === undefined) return undefined;
  if (agent.status !== "active" && agent.status !== "degraded") return undefined;
  const plan = ports.plans.get(pattern.plan);
  if (plan === undefined)
    throw new SignalboxError(
      "plan-missing",
      `Agent ${agent.display_name} names the plan ${pattern.plan}, which does not exist.`,
    );
  const confirm = pattern.action_requires_confirmation ?? false;
  return { agent, version: ports.registry.versionOf(agentId), intent, risk: pattern.risk, confirm, plan };
}
