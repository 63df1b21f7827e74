import type { Shown } from "../action/action.ts";
import type { Remembered } from "../memory/fact.ts";
import type { Denied } from "../run/denied.ts";
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
  /** what of it is text that others wrote, by the names under which it is shown */
  unverified?: string[];
  /** values that others may say differently */
  figures?: Figure[];
};

/** Who counts for more where two differ (R3.2): the system of record, then a document, then a mail. */
export const authorities = ["system", "document", "mail"] as const;

/** A value that somebody or something states. */
export type Figure = {
  /** what it is: two figures about the same should be equal */
  about: string;
  /** to be compared */
  value: string;
  /** as people read it */
  shown: string;
  authority: (typeof authorities)[number];
  /** name of a system ("erp"), or title of a document or mail */
  source: string;
  /** ISO day on which it was true */
  asOf: string;
};

/** The outcome of one leaf agent's work on one turn. */
export type AgentReply =
  | { kind: "answer"; answer: Answer }
  | {
      kind: "ask-detail";
      slot: string;
      question: string;
      choices: string[];
      known: Record<string, unknown>;
      remembered: readonly Remembered[];
    }
  | { kind: "proposal"; plan: Plan }
  | {
      kind: "refused";
      told: string;
      policyId?: string;
      /** what a model wished for */
      blocked?: Blocked;
      /** what policy did not let pass: whoever works with the reply keeps it as evidence */
      denied?: Denied;
      /** it would go on if the person had signed in */
      needsSignIn?: boolean;
    };

/** What a model wished for and did not get, with the code under which it is logged. */
export type Blocked = {
  code:
    | "undeclared-tool"
    | "malformed-wish"
    | "several-wishes"
    | "tool-not-allowed"
    | "untrusted-egress"
    | "wish-refused"
    | "turn-limit";
  /** the name that it used, cut */
  wish: string;
  /** had untrusted content been before it? */
  isTainted: boolean;
};
