import { loadPolicies } from "../../src/policy/cedar.ts";
import type { Actor, Step } from "../../src/policy/step.ts";

export const thePolicies = loadPolicies("manifest/policies");

/** An agent of finance that may act, with data up to the most closely held. */
export function anActor(changes: Partial<Actor> = {}): Actor {
  return {
    ...{ agentId: "a", clusterId: "finance", mode: "action-capable" },
    tools: ["erp.get_invoice", "erp.create_credit_note"],
    scopes: ["crm", "erp", "hris", "itsm"].map((system) => ({ scope: `${system}.all`, classification: "restricted" })),
    ...changes,
  };
}

/** A look-up of one invoice. */
export function aRead(changes: Partial<Step> = {}): Step {
  return {
    ...{ tool: "erp.get_invoice", access: "read", risk: "low", toolRisk: "low", reversal: "none", amountCents: 0 },
    ...{ classification: "confidential", subject: "", subjectManager: "", confirm: false },
    ...{ args: { invoice_id: "INV-1042" }, untrustedArguments: [], leaves: false, budget: "reserved" },
    ...changes,
  };
}

/** A credit note of 450.00 EUR. */
export function aCreditNote(changes: Partial<Step> = {}): Step {
  return aRead({
    ...{ tool: "erp.create_credit_note", access: "write", reversal: "compensable", risk: "high", amountCents: 45_000 },
    args: { invoice_id: "INV-1042", amount: "450.00", reason: "damaged goods" },
    ...changes,
  });
}
