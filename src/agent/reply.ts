import type { Shown } from "../action/action.ts";
import type { Plan } from "../run/plan.ts";

/** Where something was read, and when: every answer names its sources. */
export type Source = Shown["sources"][number];

/** What an agent found, ready to be shown: all values are plain text. */
export type Answer = {
  title: string;
  text?: string;
  facts: { label: string; value: string }[];
  table?: { columns: { title: string; right: boolean }[]; rows: string[][] };
  /** said where there was nothing to list or quote */
  empty?: string;
  quotes: { title: string; text: string }[];
  sources: Source[];
};

/** The outcome of one leaf agent's work on one turn. */
export type AgentReply =
  | { kind: "answer"; answer: Answer }
  | { kind: "ask-detail"; slot: string; question: string; choices: string[]; known: Record<string, unknown> }
  | { kind: "proposal"; plan: Plan }
  | { kind: "refused"; told: string; policyId?: string };
