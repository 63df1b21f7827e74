import assert from "node:assert/strict";
import { loadPolicies } from "../../src/policy/cedar.ts";
import { type Actor, judge, type Step } from "../../src/policy/judge.ts";
import { deciders, type Matter, mayDecide } from "../../src/policy/may-decide.ts";
import { directory } from "../support/fleet.ts";

const policies = loadPolicies("manifest/policies");
const person = (name: string) => directory.byUpn(`${name}@contoso.example`);
const actor: Actor = {
  ...{ agentId: "a", clusterId: "finance", mode: "action-capable" },
  tools: ["erp.get_invoice", "erp.create_credit_note"],
};
const read: Step = {
  ...{ tool: "erp.get_invoice", access: "read", risk: "low", reversal: "none", amountCents: 0 },
  ...{ subject: "", subjectManager: "", confirm: false },
};
const write: Step = {
  ...read,
  tool: "erp.create_credit_note",
  access: "write",
  reversal: "compensable",
  risk: "high",
  amountCents: 45_000,
};

describe("policy judges each step", () => {
  it("a read within the agent's tools is allowed", () => {
    assert.equal(judge(policies, person("maya.lindqvist"), actor, read).verdict, "allow");
  });
  it("a high-risk write needs somebody else", () => {
    const verdict = judge(policies, person("maya.lindqvist"), actor, write);
    assert.deepEqual([verdict.verdict, "kind" in verdict && verdict.kind], ["ask", "review"]);
    assert.ok(verdict.policyId.length > 0 && verdict.policyVersion.length > 0 && verdict.reason.length > 0);
  });
  it("a medium-risk write needs the requester's confirmation", () => {
    const verdict = judge(policies, person("maya.lindqvist"), actor, { ...write, risk: "medium", amountCents: 0 });
    assert.deepEqual([verdict.verdict, "kind" in verdict && verdict.kind], ["ask", "confirmation"]);
  });
  for (const [what, changed] of [
    ["a tool that the agent's record does not list", [{ ...actor, tools: [] }, read]],
    ["a write by a read-only agent", [{ ...actor, mode: "read-only" }, write]],
    ["a write that does not say how it is undone", [actor, { ...write, reversal: "none" }]],
  ] as const)
    it(`refuses ${what}`, () => {
      const [by, step] = changed as [Actor, Step];
      assert.equal(judge(policies, person("maya.lindqvist"), by, step).verdict, "deny");
    });
  it("a stranger may not have anything done", () => {
    assert.equal(judge(policies, undefined, actor, write).verdict, "deny");
  });
});

describe("policy says who may decide", () => {
  const matter: Matter = {
    ...{ approvalId: "1", kind: "review", clusterId: "finance", risk: "high", amountCents: 45_000 },
    ...{ requester: "maya.lindqvist@contoso.example", stage: "reviewer", approverRoles: [], escalatedTo: [] },
  };
  it("approvers of the cluster, not others, not strangers", () => {
    for (const [name, expected] of [
      ["jonas.weber", true],
      ["helena.okafor", true],
      ["noah.fischer", false],
      ["tomas.novak", false],
      ["maya.lindqvist", false],
    ] as const)
      assert.equal(mayDecide(policies, person(name), matter).permitted, expected, name);
    assert.equal(mayDecide(policies, undefined, matter).permitted, false);
  });
  it("the question goes to exactly those", () => {
    const asked = deciders(policies, directory, matter);
    assert.ok(asked.length >= 3);
    for (const one of asked) assert.ok(mayDecide(policies, one, matter).permitted);
  });
});
