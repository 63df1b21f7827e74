import type { Directory, Person } from "../identity/directory.ts";
import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";
import type { Risk } from "./judge.ts";
import type { Stage } from "./stages.ts";

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
  /** roles that the agent's record names: whoever reviews it holds them, besides what the rules ask */
  approverRoles: readonly string[];
  /** upns of those to whom it went when nobody answered */
  escalatedTo: readonly string[];
};

/** May this person decide? The one place that knows; cards, commands and lists all ask here. */
export function mayDecide(policies: Policies, principal: Principal, matter: Matter): PolicyAnswer {
  const answer = ask(policies, principal, "decide", matter);
  if (answer.policyId === NO_POLICY) return { ...answer, reason: whoDecides[matter.kind] };
  return asNamed(answer, principal, matter);
}

function ask(policies: Policies, principal: Principal, action: string, matter: Matter): PolicyAnswer {
  // Rules of former versions judge too, and know nothing of the roles that records name.
  const { approvalId, approverRoles: _, ...context } = matter;
  return policies.ask({ principal, action, resource: { type: "Approval", id: approvalId }, context });
}

/** A record can ask for more than the rules do, never for less. A lead to whom it came decides in any case: the cluster is theirs. */
function asNamed(answer: PolicyAnswer, principal: Principal, matter: Matter): PolicyAnswer {
  const missing = missingRole(principal?.roles ?? [], matter);
  if (!answer.permitted || missing === undefined) return answer;
  return {
    permitted: false,
    policyId: "approver-role",
    reason: `The agent's record wants somebody with the role ${missing} to decide this.`,
  };
}

/** The role that the record names and that somebody with these roles lacks; undefined where they may review it. */
export function missingRole(
  roles: readonly string[],
  { kind, stage, clusterId, approverRoles }: Pick<Matter, "kind" | "stage" | "clusterId" | "approverRoles">,
): string | undefined {
  if (kind !== "review" || stage !== "reviewer" || roles.includes(`cluster-lead-${clusterId}`)) return undefined;
  return approverRoles.find((role) => !roles.includes(role));
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

/** May this person stand in for somebody who may decide? A role that the record names is not passed on with a say. */
export function mayStandIn(policies: Policies, principal: Principal, matter: Matter): PolicyAnswer {
  return asNamed(ask(policies, principal, "standIn", matter), principal, matter);
}

/** May this person approve it together with others, at one click? */
export function mayDecideInBatch(policies: Policies, principal: Principal, matter: Matter): boolean {
  return asNamed(ask(policies, principal, "decideInBatch", matter), principal, matter).permitted;
}
