import type { Classification } from "../identity/classification.ts";
import type { Calls, Limits, Spent } from "./spending.ts";
import type { Stage } from "./stages.ts";

export const risks = ["low", "medium", "high"] as const;
export type Risk = (typeof risks)[number];
export type Reversal = "event-sourced" | "compensable" | "non-reversible";

/** One step of a plan that wants to call a tool. `amountCents` in minor units; 0 where no amount is at stake. */
export type Step = {
  tool: string;
  access: "read" | "write";
  /** as its plan says */
  risk: Risk;
  /** the least risk of any call of this tool: no plan can say less */
  toolRisk: Risk;
  reversal: Reversal | "none";
  /** of the data that the tool reads or changes */
  classification: Classification;
  amountCents: number;
  /** whose data is touched, as upn; "" where none */
  subject: string;
  subjectManager: string;
  /** the agent's record wants the requester to confirm it, whatever its risk */
  confirm: boolean;
  /** what would be sent, with every reference resolved */
  args: Readonly<Record<string, unknown>>;
  /** names of arguments that derive from content that nobody vouches for: mails, documents, what other systems hold */
  untrustedArguments: readonly string[];
  /** somebody else than the company runs the system: what it is asked leaves the company */
  leaves: boolean;
  /** what its run may still spend; "reserved" where whoever judges reserves for several steps at once */
  budget: { spent: Spent; limits: Limits; wanted: Calls } | "reserved";
};

/** The agent that wants it, at one of its versions. */
export type Actor = {
  agentId: string;
  clusterId: string;
  mode: "read-only" | "action-capable";
  tools: readonly string[];
  /** which data it was approved for: scope names carry the system ("erp.receivables") */
  scopes: readonly { scope: string; classification: Classification }[];
};

/** The guards of the chain, in their order. */
export const guardNames = ["allow-list", "role", "classification", "risk", "budget", "taint", "approval"] as const;
export type GuardName = (typeof guardNames)[number];

/** Verdicts are data; each carries the guard and the rule that decided, its version and its reason, for card and audit. */
export type Verdict = {
  guard: GuardName;
  policyId: string;
  policyVersion: string;
  reason: string;
  /** the step's, raised by its tool */
  risk: Risk;
} & ({ verdict: "allow" } | { verdict: "ask"; kind: "confirmation" | "review"; stages: Stage[] } | { verdict: "deny" });

/** The higher of two. */
export function higherRisk(a: Risk, b: Risk): Risk {
  return risks.indexOf(a) > risks.indexOf(b) ? a : b;
}
