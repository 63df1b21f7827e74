import assert from "node:assert/strict";
import { authorityOf, nextInLine, whomToAsk } from "../../src/approval/authority.ts";
import type { Delegation } from "../../src/approval/delegation.ts";
import { loadDirectory, type Person } from "../../src/identity/directory.ts";
import { loadPolicies } from "../../src/policy/cedar.ts";
import { deciders, type Matter, mayDecide, mayDecideInBatch, mayStandIn } from "../../src/policy/may-decide.ts";

const directory = loadDirectory("env/local/people.json");
const policies = loadPolicies("manifest/policies");
const person = (name: string): Person => {
  const found = directory.byUpn(`${name}@contoso.example`);
  assert.ok(found);
  return found;
};
const now = new Date("2026-11-20T10:00:00Z");

/** Sofia and Tomas approve in IT & Security; of the two, Tomas alone is a responder. Daniel leads the cluster. */
const matter: Matter = {
  ...{ approvalId: "1", kind: "review", clusterId: "it-security", risk: "high", amountCents: 0 },
  ...{ requester: "maya.lindqvist@contoso.example", stage: "reviewer", escalatedTo: [] },
  approverRoles: ["it-security-responder"],
};
const unnamed = { ...matter, approverRoles: [] };
const names = (people: readonly Person[]): string[] => people.map(({ givenName }) => givenName).sort();

describe("the approver whom an agent's record names", () => {
  it("holds that role besides what policy asks; where none is named, policy alone decides", () => {
    assert.deepEqual(names(deciders(policies, directory, unnamed)), ["Sofia", "Tomas"]);
    assert.deepEqual(names(deciders(policies, directory, matter)), ["Tomas"]);
    const refused = mayDecide(policies, person("sofia.rossi"), matter);
    assert.deepEqual([refused.permitted, refused.policyId], [false, "approver-role"]);
    assert.match(refused.reason, /somebody with the role it-security-responder/);
  });

  it("a role alone is not enough: what policy forbids, no record permits", () => {
    const named = { ...matter, approverRoles: ["finance-approver"] };
    assert.equal(mayDecide(policies, person("jonas.weber"), named).permitted, false);
    assert.equal(
      mayDecide(policies, person("tomas.novak"), { ...matter, requester: "tomas.novak@contoso.example" }).permitted,
      false,
    );
  });

  it("several roles: whoever decides holds each of them", () => {
    const both = { ...matter, approverRoles: ["it-security-responder", "platform"] };
    assert.deepEqual(deciders(policies, directory, both), []);
  });

  it("a confirmation is the requester's own word, and the stage of the lead is the lead's", () => {
    const confirmation = { ...matter, kind: "confirmation", stage: "requester" } as const;
    assert.ok(mayDecide(policies, person("maya.lindqvist"), confirmation).permitted);
    assert.ok(mayDecide(policies, person("daniel.kim"), { ...matter, stage: "lead" }).permitted);
  });

  it("the role is not passed on with a say: whoever stands in holds it too, else the question stays where it was", () => {
    const [tomas, noah, daniel] = [person("tomas.novak"), person("noah.fischer"), person("daniel.kim")];
    assert.ok(mayStandIn(policies, noah, unnamed).permitted);
    assert.equal(mayStandIn(policies, noah, matter).permitted, false);
    const away = (to: Person): Delegation[] => [
      {
        delegationId: "d",
        fromId: tomas.aadObjectId,
        toId: to.aadObjectId,
        startsAt: new Date("2026-11-01"),
        endsAt: new Date("2026-12-01"),
      },
    ];
    const around = { policies, directory, now, asked: [] };
    assert.equal(authorityOf(noah, matter, { ...around, delegations: away(noah) }).permitted, false);
    assert.equal(authorityOf(daniel, matter, { ...around, delegations: away(daniel) }).permitted, true);
    const asked = whomToAsk(matter, { ...around, delegations: away(noah) });
    assert.deepEqual(
      asked.map(({ personId }) => personId),
      [tomas.aadObjectId],
    );
  });

  it("nobody answered: it goes to the lead of the cluster; of managers, only to those who hold the role", () => {
    assert.deepEqual(names(nextInLine(matter, directory, [person("tomas.novak").aadObjectId])), ["Daniel"]);
    const asked = [person("tomas.novak").aadObjectId, person("daniel.kim").aadObjectId];
    assert.deepEqual(names(nextInLine(unnamed, directory, asked)), ["Marcus", "Sofia"]);
    assert.deepEqual(names(nextInLine(matter, directory, asked)), []);
    const escalated = { ...matter, escalatedTo: [person("daniel.kim").upn] };
    assert.ok(mayDecide(policies, person("daniel.kim"), escalated).permitted);
    const toManager = { ...matter, escalatedTo: [person("sofia.rossi").upn] };
    assert.equal(mayDecide(policies, person("sofia.rossi"), toManager).permitted, false);
  });

  it("nothing of it is approved at one click with others by somebody without the role", () => {
    const small = { ...matter, risk: "low" } as const;
    assert.ok(mayDecideInBatch(policies, person("tomas.novak"), small));
    assert.equal(mayDecideInBatch(policies, person("sofia.rossi"), small), false);
  });
});
