import type { PolicyRequest } from "../cedar.ts";
import { type Actor, higherRisk, type Step } from "../step.ts";

/** A step as the rules of manifest/policies see it: the type Step of their schema. */
export function contextOf(actor: Actor, step: Step): PolicyRequest["context"] {
  return {
    access: step.access,
    risk: higherRisk(step.risk, step.toolRisk),
    reversal: step.reversal,
    classification: step.classification,
    agentMode: actor.mode,
    clusterId: actor.clusterId,
    amountCents: step.amountCents,
    subject: step.subject,
    subjectManager: step.subjectManager,
    confirm: step.confirm,
    arguments: Object.entries(step.args).map(([name, value]) => `${name}=${shown(value)}`),
    untrusted: step.untrustedArguments,
  };
}

function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
