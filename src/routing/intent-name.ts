import type { AgentRecord } from "../registry/agent-record.ts";

/** An intent as people who change the registry call it. `agent`: the display name. */
export type IntentName = { cluster: string; agent: string; intent: string };

/** An intent that a turn may be routed to: its agent is active, or only degraded. */
export type RoutableIntent = { name: IntentName; utterances: readonly string[] };

export function routableIntents(agents: readonly AgentRecord[]): RoutableIntent[] {
  return agents
    .filter(({ status }) => status === "active" || status === "degraded")
    .flatMap((agent) =>
      agent.intent_patterns.map(({ intent_label, example_utterances }) => ({
        name: { cluster: agent.cluster_id, agent: agent.display_name, intent: intent_label },
        utterances: example_utterances,
      })),
    );
}

/** "finance / Invoice Agent / overdue-invoices": unique in a fleet, and sorted by cluster. */
export const keyOf = ({ cluster, agent, intent }: IntentName): string => `${cluster} / ${agent} / ${intent}`;
