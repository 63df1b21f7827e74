import assert from "node:assert/strict";
import { loadPolicies } from "../../src/policy/cedar.ts";
import { mayTeach, mayTeachAll, type Pupil } from "../../src/policy/may-teach.ts";
import { directory } from "../support/fleet.ts";

const policies = loadPolicies("manifest/policies");
const person = (name: string) => directory.byUpn(`${name}@contoso.example`);

describe("policy says who lets an agent learn", () => {
  const pupil: Pupil = { agentId: "1", clusterId: "finance", owner: "jonas.weber@contoso.example" };
  const people: [string, string, boolean][] = [
    ["its owner", "jonas.weber", true],
    ["the lead of its cluster", "helena.okafor", true],
    ["the platform team", "sofia.rossi", true],
    ["security", "daniel.kim", false],
    ["another approver of the cluster", "priya.nair", false],
    ["the lead of another cluster", "erik.johansson", false],
    ["whoever corrected it", "maya.lindqvist", false],
  ];
  for (const [who, name, expected] of people)
    it(`${expected ? "" : "not "}${who}`, () => {
      const answer = mayTeach(policies, person(name), pupil);
      assert.equal(answer.permitted, expected);
      assert.ok(answer.reason.length > 0);
    });
  it("not a stranger, also where the agent has no owner any more: then it is up to the platform team", () => {
    const gone = { ...pupil, clusterId: "", owner: "" };
    assert.equal(mayTeach(policies, undefined, pupil).permitted, false);
    assert.equal(mayTeach(policies, undefined, gone).permitted, false);
    assert.equal(mayTeach(policies, person("sofia.rossi"), gone).permitted, true);
    assert.equal(mayTeach(policies, person("helena.okafor"), gone).permitted, false);
  });
  it("every agent of a cluster: its lead and the platform team; of the fleet: the platform team", () => {
    const may = (name: string, cluster: string) => mayTeachAll(policies, person(name), cluster);
    assert.deepEqual([may("sofia.rossi", ""), may("sofia.rossi", "finance")], [true, true]);
    assert.deepEqual([may("helena.okafor", ""), may("helena.okafor", "finance")], [false, true]);
    assert.deepEqual([may("helena.okafor", "sales"), may("jonas.weber", "finance")], [false, false]);
    assert.equal(mayTeachAll(policies, undefined, ""), false);
  });
});
