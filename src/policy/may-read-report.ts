import type { Directory, Person } from "../identity/directory.ts";
import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";

type Around = { policies: Policies; tenantId: string };

/** May this person read the reports of a kind: "weekly", "monthly", "quarterly"? */
export function mayReadReport({ policies, tenantId }: Around, principal: Principal, kind: string): PolicyAnswer {
  const resource = { type: "Fleet", id: tenantId } as const;
  const answer = policies.ask({ principal, action: "readReport", resource, context: { kind } });
  if (answer.policyId !== NO_POLICY) return answer;
  return {
    ...answer,
    reason: "It is for the platform team and security; what is not weekly, for the leads of clusters too.",
  };
}

/** Those who get the reports of a kind: everybody who may read them. */
export function readersOf(around: Around, { people }: Pick<Directory, "people">, kind: string): Person[] {
  return people.filter(
    (person) => person.kind === "person" && person.enabled && mayReadReport(around, person, kind).permitted,
  );
}
