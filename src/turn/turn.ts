import type { Answer, Blocked } from "../agent/reply.ts";
import type { Conflict } from "../cluster/adjudicate.ts";
import type { Person } from "../identity/directory.ts";
import type { Remembered } from "../memory/fact.ts";
import type { Candidate, RoutingDecision } from "../routing/router.ts";
import type { Denied } from "../run/denied.ts";
import type { Plan } from "../run/plan.ts";

/**
 * A turn is one thing that a person says and the reply that it gets. It is worked out without writing anything, and then
 * committed whole: a turn that was interrupted is worked out again and leaves no trace of the first try.
 */
export type TurnInput = {
  turnId: string;
  conversationId: string;
  activityId: string;
  text: string;
  /** undefined: somebody whom the directory does not know */
  person: Person | undefined;
  /** aadObjectId, or the channel's id of a stranger */
  personId: string;
  personName: string;
  resume: Resume;
};

/** What the turn continues. */
export type Resume =
  | { kind: "nothing" }
  /** a detail that an earlier turn asked for */
  | { kind: "detail"; awaits: Awaits }
  /** a choice on a card: the text is that of the earlier turn */
  | { kind: "choice"; parentTurnId: string; agentId: string; intent: string }
  /** people are wanted, not agents; no cluster: it is not known whose */
  | { kind: "person"; parentTurnId: string | undefined; clusterId: string | undefined };

/** A detail that is awaited: the intent is chosen, what is known is kept. */
export type Awaits = {
  turnId: string;
  agentId: string;
  intent: string;
  slot: string;
  known: Record<string, unknown>;
  /** what of it comes from the person's memory */
  remembered?: readonly Remembered[];
  text: string;
};

export type AgentLabel = { agentId: string; displayName: string; version: string; clusterId: string; intent: string };

export type TurnReply =
  | {
      kind: "answer";
      agent: AgentLabel;
      answers: { agent: AgentLabel; answer: Answer }[];
      /** what was stated differently; absent: nothing was */
      conflicts?: Conflict[];
      why: string;
    }
  | { kind: "clarify"; candidates: Candidate[] }
  | { kind: "choose-cluster" }
  | { kind: "ask-detail"; agent: AgentLabel; question: string; choices: string[]; awaits: Awaits }
  | { kind: "proposal"; agent: AgentLabel; plan: Plan }
  | {
      kind: "refused";
      agent: AgentLabel | undefined;
      told: string;
      blocked?: Blocked | undefined;
      needsSignIn?: boolean | undefined;
    }
  | { kind: "handoff"; clusterId: string; reason: string; candidates: Candidate[] }
  | { kind: "failed"; told: string };

/** A turn, worked out and not yet committed. */
export type Turn = {
  input: TurnInput;
  reply: TurnReply;
  routing: RoutingDecision | undefined;
  /** what policy did not let agents do while they worked on it */
  denied: readonly (Denied & { agent: AgentLabel })[];
  latencyMs: number;
};
