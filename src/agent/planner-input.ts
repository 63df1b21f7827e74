import type { Connectors } from "../connector/client.ts";
import type { Person } from "../identity/directory.ts";
import type { Remembered } from "../memory/fact.ts";
import type { Policies } from "../policy/cedar.ts";
import type { Actor, Risk } from "../policy/step.ts";
import type { Budgets } from "../run/plan.ts";
import type { Origin } from "../trust/label.ts";
import type { Grounding, Kept } from "./from-memory.ts";
import type { ChatModel } from "./model/chat.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { Vocabulary } from "./slots/utterance.ts";

/** What the embedded planner works with; `actor` is the agent on whose behalf it works. */
export type PlannerInput = {
  plan: PlanTemplate;
  risk: Risk;
  /** the record wants the requester to confirm it, whatever its risk */
  confirm: boolean;
  /** the role that the record names for who approves it */
  approverRole: string | undefined;
  budgets: Budgets;
  actor: Actor;
  /** of the agent's record: its tokens grant what that version lists */
  agentVersion: string;
  requester: Person | undefined;
  text: string;
  /** slots from earlier turns of the same intent */
  known: Record<string, unknown>;
  asked: string | undefined;
  today: string;
  /** what those earlier turns took from the requester's memory */
  remembered?: readonly Remembered[];
  /** where the words come from, where they are not the requester's own */
  wordsFrom?: Origin[] | undefined;
  /** where slots come from that were filled before, where that was not the requester */
  slotOrigins?: Record<string, Origin[]> | undefined;
  /** what else is remembered, for a model: what nobody vouches for is untrusted, whenever it was kept */
  kept?: readonly Kept[] | undefined;
};
export type PlannerPorts = {
  connectors: Connectors;
  policies: Policies;
  vocabulary: Vocabulary;
  /** what the coordinator of a cluster hands to its agents (R3.1) */
  contextOf(clusterId: string): Grounding;
  /** what the requester had kept for the agents of that cluster (R10.3) */
  recall(who: { personId: string; clusterId: string; agentId: string }): Promise<readonly Remembered[]>;
  /** the language model that is configured; absent: plans that need one are refused */
  model?: ChatModel | undefined;
};
