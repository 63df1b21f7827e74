import assert from "node:assert/strict";
import { judge } from "../../src/policy/judge.ts";
import { directory } from "../support/fleet.ts";
import { anActor, aRead, thePolicies as policies } from "../support/policy.ts";

const person = (name: string) => directory.byUpn(`${name}@contoso.example`);
const noah = "noah.fischer@contoso.example";

describe("policy keeps what IT knows of a person private", () => {
  for (const tool of ["itsm.list_access_of_person", "itsm.list_sign_in_failures", "itsm.list_training_due"]) {
    const actor = anActor({ clusterId: "it-security", mode: "read-only", tools: [tool] });
    const step = aRead({ tool, subject: noah, subjectManager: "oskar.lindholm@contoso.example" });
    for (const [who, name, verdict] of [
      ["that person", "noah.fischer", "allow"],
      ["their manager", "oskar.lindholm", "allow"],
      ["the service desk", "tomas.novak", "allow"],
      ["Security", "daniel.kim", "allow"],
      ["a colleague", "felix.kruger", "deny"],
      ["somebody else's manager", "erik.johansson", "deny"],
    ] as const)
      it(`${tool} for ${who}: ${verdict}`, () =>
        assert.equal(judge(policies, person(name), actor, step).verdict, verdict));
    it(`${tool} is refused to a stranger, and where nobody says whose data it is`, () => {
      assert.equal(judge(policies, undefined, actor, step).verdict, "deny");
      assert.equal(judge(policies, person("felix.kruger"), actor, { ...step, subject: "" }).verdict, "deny");
    });
  }
});
