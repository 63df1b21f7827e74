import type { AgentRecord } from "../registry/agent-record.ts";
import { plain } from "../registry/same-words.ts";
import type { BotPorts } from "./incoming.ts";

/** "invoice agent", "Invoice-Agent", an id → the agent that is called so. */
export function agentCalled({ registry }: Pick<BotPorts, "registry">, typed: string): AgentRecord | undefined {
  const bare = (name: string): string => plain(name).replaceAll(/[^\p{L}\p{N}]+/gu, "");
  const wanted = bare(typed);
  return registry.agents.find(({ display_name, agent_id }) => bare(display_name) === wanted || agent_id === typed);
}
