import assert from "node:assert/strict";
import { type Authority, decide } from "../../src/approval/approval.ts";
import type { Discussed } from "../../src/approval/store.ts";
import { anApproval, ids } from "../support/samples.ts";

const may = { permitted: true, policyId: "decide", reason: "", holderId: ids.jonas };
const mayNot = { ...may, permitted: false, policyId: "not-yours", reason: "Only approvers of Finance decide this." };
type Circumstances = { actorId?: string; authority?: Authority; seenInputs?: number | undefined; now?: Date };
const by = (changes: Circumstances = {}) => ({
  ...{ actorId: ids.jonas, authority: may, seenInputs: 1 as number | undefined, now: new Date("2026-11-20T10:00:00Z") },
  ...changes,
});
/** An approver who votes as themselves. */
const as = (id: string) => by({ actorId: id, authority: { ...may, holderId: id } });
const approving = (approval: Discussed, circumstances = by()) =>
  decide(approval, approval.votes, { ...circumstances, verb: "approve" });
const vote = (id: string, stage = 0) => ({ actorId: id, holderId: id, stage });

describe("deciding on an approval", () => {
  it("given a pending one, when an approver approves, then it is approved", () => {
    assert.deepEqual(approving(anApproval()), { outcome: "approved", holderId: ids.jonas });
  });
  it("a rejection needs a reason", () => {
    const rejecting = (reason: string) => decide(anApproval(), [], { ...by(), verb: "reject", reason });
    assert.deepEqual(rejecting(" \n "), { outcome: "reason-required" });
    assert.deepEqual(rejecting(" wrong "), { outcome: "rejected", reason: "wrong", holderId: ids.jonas });
  });
  it("somebody without a say learns nothing but that, whatever state it is in", () => {
    for (const status of ["pending", "approved", "rejected", "expired"] as const)
      assert.equal(approving(anApproval({ status }), by({ authority: mayNot })).outcome, "not-yours");
  });
  it("a decision is final: whatever comes later is told what was decided", () => {
    for (const status of ["approved", "rejected", "expired", "cancelled", "superseded", "failed-to-resume"] as const)
      assert.deepEqual(approving(anApproval({ status })), { outcome: "already", status });
  });
  it("at its deadline and after it, it has expired", () => {
    const { expiresAt } = anApproval();
    assert.equal(approving(anApproval(), by({ now: expiresAt })).outcome, "expired");
    assert.equal(approving(anApproval(), by({ now: new Date(expiresAt.getTime() - 1) })).outcome, "approved");
  });
  it("a card that shows older inputs does not decide; one that shows an older state of the same inputs does", () => {
    assert.equal(approving(anApproval({ inputsVersion: 2 }), by({ seenInputs: 1 })).outcome, "stale");
    assert.equal(approving(anApproval({ inputsVersion: 2 }), by({ seenInputs: undefined })).outcome, "approved");
    assert.equal(approving(anApproval({ version: 7 }), by({ seenInputs: 1 })).outcome, "approved");
  });
});

describe("two of m, and one stage after the other", () => {
  const two = { stages: [{ who: "reviewer", quorum: 2 }] } as const satisfies Partial<Discussed>;
  const both = {
    stages: [
      { who: "reviewer", quorum: 1 },
      { who: "lead", quorum: 1 },
    ],
  } satisfies Partial<Discussed>;
  it("the first of two is counted, and it is said how many are missing", () => {
    const outcome = approving(anApproval({ ...two, stages: [...two.stages] }), as(ids.jonas));
    assert.deepEqual(outcome, { outcome: "counted", holderId: ids.jonas, missing: 1, isStageOver: false });
  });
  it("the second of two decides", () => {
    const approval = anApproval({ stages: [...two.stages], votes: [vote(ids.noah)] });
    assert.equal(approving(approval, as(ids.jonas)).outcome, "approved");
  });
  it("nobody is counted twice: not as themselves, not for somebody whose say was used, not in two stages", () => {
    const approval = anApproval({ stages: [...two.stages], votes: [vote(ids.jonas)] });
    assert.equal(approving(approval, as(ids.jonas)).outcome, "already-voted");
    const standIn = by({ actorId: ids.noah, authority: { ...may, holderId: ids.jonas } });
    assert.equal(approving(approval, standIn).outcome, "already-voted");
    const later = anApproval({ stages: both.stages as Discussed["stages"], stage: 1, votes: [vote(ids.jonas)] });
    assert.equal(approving(later, as(ids.jonas)).outcome, "already-voted");
  });
  it("the end of a stage opens the next; the last one decides", () => {
    const first = anApproval({ stages: both.stages as Discussed["stages"] });
    assert.deepEqual(approving(first), { outcome: "counted", holderId: ids.jonas, missing: 0, isStageOver: true });
    const second = anApproval({ stages: both.stages as Discussed["stages"], stage: 1, votes: [vote(ids.jonas)] });
    assert.equal(approving(second, as(ids.noah)).outcome, "approved");
  });
  it("one rejection is enough, also after others have approved", () => {
    const approval = anApproval({ stages: [...two.stages], votes: [vote(ids.noah)] });
    assert.equal(decide(approval, approval.votes, { ...by(), verb: "reject", reason: "No." }).outcome, "rejected");
  });
});

describe("asking and passing on", () => {
  it("a question needs words", () => {
    assert.equal(decide(anApproval(), [], { ...by(), verb: "ask", question: " " }).outcome, "question-required");
    assert.equal(decide(anApproval(), [], { ...by(), verb: "ask", question: "Why?" }).outcome, "asked");
  });
  it("a confirmation is the requester's own word: it cannot be passed on", () => {
    const wish = { ...by(), verb: "delegate", to: ids.noah, refusal: undefined } as const;
    assert.equal(decide(anApproval({ kind: "confirmation" }), [], wish).outcome, "cannot-delegate");
    assert.deepEqual(decide(anApproval(), [], wish), { outcome: "delegated", to: ids.noah, holderId: ids.jonas });
  });
});
