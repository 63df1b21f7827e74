import assert from "node:assert/strict";
import { loadPolicies } from "../../src/policy/cedar.ts";
import { mayReviewTools } from "../../src/policy/may-review-tools.ts";
import { directory } from "../support/fleet.ts";

const policies = loadPolicies("manifest/policies");

describe("policy says who lets a tool that has changed be used", () => {
  const may = (name: string, owner = "priya.nair@contoso.example") =>
    mayReviewTools({ policies, tenantId: "t" }, directory.byUpn(`${name}@contoso.example`), { system: "erp", owner });
  const people: [string, string, boolean][] = [
    ["whoever answers for the system", "priya.nair", true],
    ["security", "daniel.kim", true],
    ["the platform team", "sofia.rossi", true],
    ["whoever answers for another system", "lucia.moreno", false],
    ["the lead of the cluster that uses it", "helena.okafor", false],
    ["somebody without a role", "maya.lindqvist", false],
    ["a stranger", "nobody", false],
  ];
  for (const [who, name, expected] of people)
    it(`${expected ? "" : "not "}${who}`, () => {
      const answer = may(name);
      assert.equal(answer.permitted, expected);
      assert.ok(answer.reason.length > 0);
    });
  it("where nobody answers for a system any more, security and the platform team still do", () => {
    assert.equal(may("sofia.rossi", "").permitted, true);
    assert.equal(may("priya.nair", "").permitted, false);
  });
});
