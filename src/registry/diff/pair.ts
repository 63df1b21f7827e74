import type { AgentRecord } from "../agent-record.ts";

/** An agent in one state of the registry; `plans` are plain JSON. */
export type Side = { record: AgentRecord; plans: Record<string, unknown> };

/** The same agent in two states; it may be missing in one of them. */
export type Pair = { agentId: string; before: Side | undefined; after: Side | undefined };

export type Named = { agentId: string; name: string };

/** One thing that is another. `from` is null where it is new, `to` where it is gone. */
export type Change = Named & {
  /** null: of the agent as a whole */
  intent: string | null;
  what: string;
  from: unknown;
  to: unknown;
  /** could more go wrong than before? */
  isRiskier: boolean;
};

/** As it is called now. */
export function named({ agentId, before, after }: Pair): Named {
  return { agentId, name: (after ?? before)?.record.display_name ?? agentId };
}
