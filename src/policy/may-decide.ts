import type { Directory, Person } from "../identity/directory.ts";
import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";
import type { Risk } from "./judge.ts";

/** What is to be decided, as far as the question "by whom?" goes. `requester` is a upn. */
export type Matter = {
  approvalId: string;
  kind: "confirmation" | "review";
  risk: Risk;
  clusterId: string;
  amountCents: number;
  requester: string;
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
      (person.roles.length > 0 || person.upn === matter.requester) &&
      mayDecide(policies, person, matter).permitted,
  );
}
