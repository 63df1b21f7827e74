import { Decimal } from "decimal.js";
import type { Proposal } from "../action/proposal.ts";
import { resolveAll, type Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import type { Calls } from "../policy/spending.ts";
import type { Step } from "../policy/step.ts";
import type { ReadStep, WriteStep } from "./plan.ts";
import type { Run } from "./run.ts";
import { originsIn, untrustedIn } from "./step-origins.ts";

/** A call that is wanted, as far as whoever wants it knows. */
export type WantedCall = Pick<Step, "tool" | "risk" | "args" | "budget"> &
  Partial<Pick<Step, "amountCents" | "subject" | "subjectManager" | "confirm" | "untrustedArguments">>;

/** A call as policy sees it. A tool that nobody describes counts as a write that cannot be undone: policy will say no. */
export function callForPolicy(wanted: WantedCall, tools: readonly ToolInfo[]): Step {
  const info = tools.find(({ name }) => name === wanted.tool);
  return {
    ...{ amountCents: 0, subject: "", subjectManager: "", confirm: false, untrustedArguments: [] },
    access: info?.access ?? "write",
    toolRisk: info?.risk ?? "high",
    classification: info?.classification ?? "restricted",
    reversal: info?.access === "write" ? (info.reversal ?? "none") : "none",
    leaves: info?.inside !== true,
    ...wanted,
  };
}

/** A write as policy sees it. @param proposal what would be sent, what it is worth in EUR, and what of it others had a say in */
export function writeForPolicy(
  { tool, risk, confirm }: WriteStep,
  { args, amount, untrusted }: Pick<Proposal, "args" | "amount" | "untrusted">,
  tools: readonly ToolInfo[],
  budget: Step["budget"],
): Step {
  const untrustedArguments = untrusted.map(({ argument }) => argument);
  return callForPolicy(
    { tool, risk, confirm, args, amountCents: centsOf(amount ?? "0"), untrustedArguments, budget },
    tools,
  );
}

/** The same of a step that only reads. */
export function readForPolicy(step: ReadStep, scope: Scope, tools: readonly ToolInfo[], budget: Step["budget"]): Step {
  const untrustedArguments = untrustedIn(originsIn(step, scope, tools));
  const args = resolveAll(step.args, scope);
  return callForPolicy({ tool: step.tool, risk: "low", args, untrustedArguments, budget }, tools);
}

/** What the next superstep takes at least. */
export const ONE_CALL: Calls = { toolCalls: 1, turns: 1 };

/** What a run may still spend, asked about one call more. */
export function budgetOf({ state }: Pick<Run, "state">): Step["budget"] {
  return { spent: state.spent, limits: state.budgets, wanted: ONE_CALL };
}

/** "450.00" → 45000 */
export function centsOf(amount: string): number {
  return new Decimal(amount).times(100).round().toNumber();
}
