import type { Directory, Person } from "../identity/directory.ts";
import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";
import type { Stage } from "./stages.ts";
import type { Risk } from "./step.ts";

/** What is to be decided, as far as the question "by whom?" goes. `requester` is a upn. */
export type Matter = {
  approvalId: string;
  kind: "confirmation" | "review";
  risk: Risk;
  clusterId: string;
  amountCents: number;
  requester: string;
  /** whose turn it is; "requester" for a confirmation */
  stage: Stage["who"] | "requester";
  /** upns of those to whom it went when nobody answered */
  escalatedTo: readonly string[];
};

/** May this person decide? The one place that knows; cards, commands and lists all ask here. */
export function mayDecide(policies: Policies, principal: Principal, matter: Matter): PolicyAnswer {
  const { approvalId, ...context } = matter;
  const answer = policies.ask({ principal, action: "decide", resource: { type: "Approval", id: approvalId }, context });
  return answer.policyId === NO_POLICY ? { ...answer, reason: whoDecides[matter.kind] } : answer;
}

/** For somebody whom no rule names: a person is told who it is up to, not that a rule is missing. */
const whoDecides = {
  confirmation: "Only the person who asked can confirm it.",
  review: "Only its approvers can, and you are not one of them.",
};

/** Everybody who may decide, in the directory's order. */
export function deciders(policies: Policies, directory: Directory, matter: Matter): Person[] {
  return directory.people.filter(
    (person) =>
      person.kind === "person" &&
      person.enabled &&
      (person.roles.length > 0 || person.upn === matter.requester || matter.escalatedTo.includes(person.upn)) &&
      mayDecide(policies, person, matter).permitted,
  );
}

/** May this person stand in for somebody who may decide? */
export function mayStandIn(policies: Policies, principal: Principal, matter: Matter): PolicyAnswer {
  const { approvalId, ...context } = matter;
  return policies.ask({ principal, action: "standIn", resource: { type: "Approval", id: approvalId }, context });
}

/** May this person approve it together with others, at one click? */
export function mayDecideInBatch(policies: Policies, principal: Principal, matter: Matter): boolean {
  const { approvalId, ...context } = matter;
  const request = {
    principal,
    action: "decideInBatch",
    resource: { type: "Approval", id: approvalId },
    context,
  } as const;
  return policies.ask(request).permitted;
}
