import assert from "node:assert/strict";
import { type ApprovalCommand, decide } from "../../src/approval/approval.ts";
import { anApproval, ids } from "../support/samples.ts";

const may = { permitted: true, policyId: "decide", reason: "" };
const mayNot = { permitted: false, policyId: "not-yours", reason: "Only approvers of Finance decide this." };
const command = (changes: Partial<ApprovalCommand> = {}): ApprovalCommand => ({
  ...{
    verb: "approve",
    actorId: ids.jonas,
    may,
    reason: undefined,
    seenVersion: 1,
    now: new Date("2026-11-20T10:00:00Z"),
  },
  ...changes,
});

describe("deciding on an approval", () => {
  it("given a pending one, when an approver approves, then it is approved", () => {
    assert.deepEqual(decide(anApproval(), command()), { outcome: "approved" });
  });
  it("a rejection needs a reason", () => {
    assert.deepEqual(decide(anApproval(), command({ verb: "reject", reason: " \n " })), { outcome: "reason-required" });
    assert.deepEqual(decide(anApproval(), command({ verb: "reject", reason: " wrong " })), {
      outcome: "rejected",
      reason: "wrong",
    });
  });
  it("somebody without a say learns nothing but that, whatever state it is in", () => {
    for (const status of ["pending", "approved", "rejected", "expired"] as const)
      assert.equal(decide(anApproval({ status }), command({ may: mayNot })).outcome, "not-yours");
  });
  it("a decision is final: whatever comes later is told what was decided", () => {
    for (const status of ["approved", "rejected", "expired", "cancelled", "superseded", "failed-to-resume"] as const)
      assert.deepEqual(decide(anApproval({ status }), command()), { outcome: "already", status });
  });
  it("at its deadline and after it, it has expired", () => {
    const { expiresAt } = anApproval();
    assert.equal(decide(anApproval(), command({ now: expiresAt })).outcome, "expired");
    assert.equal(decide(anApproval(), command({ now: new Date(expiresAt.getTime() - 1) })).outcome, "approved");
  });
  it("a card that shows an older version does not decide", () => {
    assert.equal(decide(anApproval({ version: 2 }), command({ seenVersion: 1 })).outcome, "stale");
    assert.equal(decide(anApproval({ version: 2 }), command({ seenVersion: undefined })).outcome, "approved");
  });
});
