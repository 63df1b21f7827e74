import type { Reversal, Risk } from "../policy/step.ts";

/** A call of a tool, complete or still with references to the result of the effect that it undoes. */
export type Call = { tool: string; args: Record<string, unknown> };

/**
 * An action is one write that a run wants to make or has made. `unknown` means that it was sent and nobody can say whether
 * it happened: a person has to look. `void` means that it was never allowed to start.
 */
export type Action = {
  actionId: string;
  runId: string;
  stepId: string;
  tool: string;
  args: Record<string, unknown>;
  digest: string;
  risk: Risk;
  reversal: Reversal;
  compensation: Call | null;
  proposal: Shown;
  idempotencyKey: string;
  state: "proposed" | "started" | "done" | "failed" | "unknown" | "void" | "undone";
  /** the approval that covers it; null where policy let it run */
  approvalId: string | null;
  /** who acts */
  agentId: string;
  agentVersion: string;
  /** the action that it takes back */
  undoes: string | null;
  /** the wish behind what it takes back is carried out anew */
  replays: boolean;
  /** the run that took it back */
  undoneBy: string | null;
  result: Record<string, unknown> | null;
  failure: string | null;
};

/** What people are shown about an action, as plain texts; `done` is a template over the effect's result. */
export type Shown = {
  summary: string;
  target: string;
  inputs: { label: string; value: string }[];
  changes: { label: string; from: string; to: string }[];
  impact: string;
  undo: string;
  otherwise: string;
  done: string;
  sources: { system: string; tool: string; at: string }[];
  /** what of its call derives from text that others wrote, and where that was read */
  untrusted?: { argument: string; from: string[] }[] | undefined;
};
