import type { Directory, Person } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import { deciders, type Matter, mayDecide, mayStandIn, missingRole } from "../policy/may-decide.ts";
import type { Authority } from "./approval.ts";
import type { Asked } from "./asked/store.ts";
import { type Delegation, standInFor, standsInFor } from "./delegation.ts";

/** Everything that says who may decide: policy, people, and who passed their say on to whom. */
export type Surroundings = {
  policies: Policies;
  directory: Directory;
  delegations: readonly Delegation[];
  asked: readonly Pick<Asked, "personId" | "because" | "holderId">[];
  now: Date;
};

/**
 * May this person decide, and with whose say? Their own comes first; then that of somebody who passed theirs on to them, for
 * this question or for a time. A say that is passed on is worth what it was worth in its holder's hands.
 */
export function authorityOf(actor: Person | undefined, matter: Matter, around: Surroundings): Authority {
  const { policies, directory } = around;
  const own = mayDecide(policies, actor, matter);
  const holderId = actor?.aadObjectId ?? "";
  if (own.permitted || actor === undefined) return { ...own, holderId };
  const may = mayStandIn(policies, actor, matter);
  for (const holder of holdersFor(actor.aadObjectId, around)) {
    const person = directory.byId(holder);
    if (person === undefined || !mayDecide(policies, person, matter).permitted) continue;
    // Who asked for it does not decide it, in whose place ever.
    return { ...may, holderId: holder };
  }
  return { ...own, holderId };
}

function holdersFor(personId: string, { asked, delegations, now }: Surroundings): string[] {
  const forThis = asked
    .filter((one) => one.personId === personId && one.because === "delegated")
    .map((one) => one.holderId);
  return [...new Set([...forThis, ...standsInFor(personId, delegations, now)])];
}

/** Whom a question goes to: those who may decide, or whoever stands in for them at this moment. */
export function whomToAsk(
  matter: Matter,
  around: Omit<Surroundings, "asked">,
): { personId: string; because: Asked["because"]; holderId: string }[] {
  const { policies, directory, delegations, now } = around;
  const asked = new Map<string, { personId: string; because: Asked["because"]; holderId: string }>();
  for (const { aadObjectId: holderId, upn } of deciders(policies, directory, matter)) {
    const standIn = standInFor(holderId, delegations, now);
    const person = directory.byId(standIn);
    const passed = standIn !== holderId && person !== undefined && mayStandIn(policies, person, matter).permitted;
    const personId = passed ? standIn : holderId;
    const because = passed ? "stands-in" : matter.escalatedTo.includes(upn) ? "escalated" : "policy";
    if (!asked.has(personId)) asked.set(personId, { personId, because, holderId });
  }
  return [...asked.values()];
}

/**
 * To whom it goes when nobody answers: the leads of the cluster who were not asked yet, else the managers of those who were.
 * Nobody who asked for it is among them, and of managers only those who hold the role that the agent's record names.
 */
export function nextInLine(matter: Matter, directory: Directory, askedIds: readonly string[]): Person[] {
  const able = (person: Person | undefined): person is Person =>
    person !== undefined &&
    person.kind === "person" &&
    person.enabled &&
    person.upn !== matter.requester &&
    missingRole(person.roles, matter) === undefined &&
    !askedIds.includes(person.aadObjectId);
  const leads = directory.people.filter((one) => able(one) && one.roles.includes(`cluster-lead-${matter.clusterId}`));
  if (leads.length > 0) return leads;
  const managers = askedIds.flatMap((id) => {
    const manager = directory.people.find(({ aadObjectId }) => aadObjectId === id)?.manager;
    return manager == null ? [] : [directory.byUpn(manager)];
  });
  return [...new Map(managers.filter(able).map((one) => [one.aadObjectId, one])).values()];
}
