import assert from "node:assert/strict";
import { decide, type Standing } from "../../src/routing/decide.ts";
import { aCandidate } from "../support/samples.ts";

const standing = (changes: Partial<Standing> = {}): Standing => ({
  ...aCandidate(),
  ...{ status: "active", confidenceThreshold: 0.6, isReadOnly: true },
  ...changes,
});
const finance = (score: number) => [{ clusterId: "finance", score }];

describe("the rules of routing", () => {
  it("below 0.60 it asks", () => {
    assert.equal(decide(finance(0.59), [standing({ score: 0.59 })]).outcome, "clarify");
    assert.equal(decide([], []).outcome, "clarify");
  });
  it("from 0.80 the best leaf serves", () => {
    assert.equal(decide(finance(0.8), [standing({ score: 0.8 })]).outcome, "serve");
  });
  it("in between, people of the cluster are called", () => {
    const { outcome, clusterId } = decide(finance(0.79), [standing({ score: 0.79 })]);
    assert.deepEqual([outcome, clusterId], ["handoff", "finance"]);
  });
  it("an intent with a higher threshold of its own needs that", () => {
    assert.equal(
      decide(finance(0.9), [standing({ score: 0.88, confidenceThreshold: 0.9, isReadOnly: false })]).outcome,
      "handoff",
    );
  });
  it("a degraded agent serves only when nothing healthy does", () => {
    const degraded = standing({ agentId: "d", status: "degraded", score: 0.95 });
    const healthy = standing({ agentId: "h", score: 0.85 });
    assert.equal(decide(finance(1), [degraded, healthy]).chosen?.agentId, "h");
    assert.equal(decide(finance(1), [degraded]).chosen?.agentId, "d");
  });
  it("a suspended agent never serves", () => {
    for (const status of ["suspended", "draft", "deprecated"] as const)
      assert.equal(decide(finance(1), [standing({ status, score: 0.99 })]).outcome, "handoff");
  });
  it("likely readings that change nothing answer side by side, three at most", () => {
    const readings = ["a", "b", "c", "d"].map((agentId) => standing({ agentId, score: 0.24 }));
    const close = [standing({ agentId: "a", score: 0.45 }), standing({ agentId: "b", score: 0.4 })];
    assert.deepEqual(
      decide(finance(0.9), close).fanOut.map(({ agentId }) => agentId),
      ["a", "b"],
    );
    assert.equal(decide(finance(0.96), readings).outcome, "handoff");
  });
  it("one that is likely, and an unlikely one beside it, answer where both together are likely enough", () => {
    const readings = [standing({ agentId: "a", score: 0.74 }), standing({ agentId: "b", score: 0.07 })];
    assert.equal(decide(finance(0.9), readings).fanOut.length, 2);
    const acting = standing({ agentId: "c", score: 0.06, isReadOnly: false });
    assert.equal(
      decide(
        finance(0.9),
        [readings[0], acting, readings[1]].filter((one) => one !== undefined),
      ).outcome,
      "serve",
    );
  });
  it("with one that acts among them, people are asked instead", () => {
    const close = [standing({ score: 0.45 }), standing({ score: 0.4, isReadOnly: false })];
    assert.equal(decide(finance(0.9), close).outcome, "handoff");
  });
});
