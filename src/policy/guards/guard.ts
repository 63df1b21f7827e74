import type { Policies, PolicyAnswer, Principal } from "../cedar.ts";
import type { Stage } from "../stages.ts";
import type { Actor, Step } from "../step.ts";

/** What a guard looks at. */
export type Judged = { policies: Policies; principal: Principal; actor: Actor; step: Step };

/** What it finds. `asks` lets the step pass, once these people have agreed. */
export type Finding = {
  policyId: string;
  reason: string;
  /** all rules that decided, where several did */
  rules?: readonly string[];
} & ({ is: "passed" | "refused" } | { is: "asks"; kind: "confirmation" | "review"; stages: Stage[] });

/** One link of the chain: pure. One that throws refuses. */
export type Guard = (judged: Judged) => Finding;

/** What the policies answered, as a finding. */
export function findingOf({ permitted, policyId, reason, rules = [] }: PolicyAnswer): Finding {
  return { is: permitted ? "passed" : "refused", policyId, reason, rules };
}
