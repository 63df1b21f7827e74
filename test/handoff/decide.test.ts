import assert from "node:assert/strict";
import { decideHandoff, type HandoffCommand } from "../../src/handoff/handoff.ts";
import { aHandoff, ids } from "../support/samples.ts";

const mayServe = { permitted: true, policyId: "serve", reason: "" };
const mayNot = { permitted: false, policyId: "serve", reason: "Only responders of Finance." };
const command = (changes: Partial<HandoffCommand> = {}): HandoffCommand => ({
  ...{ verb: "claim", actorId: ids.jonas, mayServe, note: undefined, busyWith: undefined },
  ...changes,
});

describe("deciding on a handoff", () => {
  it("the first claim wins, a later one hears who was first", () => {
    assert.deepEqual(decideHandoff(aHandoff(), command()), { outcome: "claimed" });
    const claimed = aHandoff({ status: "claimed", claimedBy: ids.noah });
    assert.deepEqual(decideHandoff(claimed, command()), { outcome: "already-claimed", by: ids.noah });
  });
  it("only people of the cluster, and never the one who waits", () => {
    assert.equal(decideHandoff(aHandoff(), command({ mayServe: mayNot })).outcome, "not-yours");
    assert.equal(decideHandoff(aHandoff(), command({ actorId: ids.maya })).outcome, "not-yours");
  });
  it("nobody talks with two people at once", () => {
    assert.deepEqual(decideHandoff(aHandoff(), command({ busyWith: "7Q2K" })), { outcome: "busy", code: "7Q2K" });
  });
  it("only who claimed it resolves it; the requester may hand back too", () => {
    const claimed = aHandoff({ status: "claimed", claimedBy: ids.jonas });
    assert.deepEqual(decideHandoff(claimed, command({ verb: "resolve", note: " done " })), {
      outcome: "resolved",
      note: "done",
    });
    assert.equal(decideHandoff(claimed, command({ verb: "resolve", actorId: ids.noah })).outcome, "already-claimed");
    assert.equal(
      decideHandoff(claimed, command({ verb: "return", actorId: ids.maya, mayServe: mayNot })).outcome,
      "returned",
    );
    assert.equal(decideHandoff(aHandoff(), command({ verb: "resolve" })).outcome, "not-claimed");
  });
  it("what is over stays over", () => {
    for (const status of ["resolved", "returned"] as const)
      for (const verb of ["claim", "resolve", "return"] as const)
        assert.equal(
          decideHandoff(aHandoff({ status, claimedBy: ids.jonas }), command({ verb })).outcome,
          "already-over",
        );
  });
});
