import type { Directory, Person } from "../identity/directory.ts";
import type { Policies, PolicyAnswer, Principal } from "./cedar.ts";
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
  return policies.ask({ principal, action: "decide", resource: { type: "Approval", id: approvalId }, context });
}

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
