import type { Tx } from "../store/pool.ts";

/** Something that people see on cards. `nudge`: those who are asked are to be told again. */
export type Subject =
  | { kind: "run"; id: string; nudge?: { approvalId: string; kind: "remind" | "escalate" } }
  | { kind: "handoff"; id: string }
  /** corrections that are decided as one */
  | { kind: "correction"; id: string }
  /** whoever answers for an agent is to look it over */
  | { kind: "review"; id: string; nudge?: true }
  /** monitoring has something against an agent */
  | { kind: "incident"; id: string }
  /** an agent comes to its end */
  | { kind: "sunset"; id: string }
  /** nobody answers for an agent any more */
  | { kind: "vacancy"; id: string }
  /** something is remembered of somebody, waits to be, or is not any more */
  | { kind: "memory"; id: string }
  /** monitoring said something that nobody can act on */
  | { kind: "alert"; id: string }
  /** a period is over, and its report was made */
  | { kind: "report"; id: string };

/**
 * Says, inside the transaction that changed it, that a subject has a new state. The bot brings every card about it up to date
 * and sends the cards that are due; domain rooms know no more of cards than this.
 */
export type Announce = (tx: Tx, subject: Subject) => Promise<void>;
