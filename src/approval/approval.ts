import type { Risk } from "../policy/judge.ts";
import type { Stage } from "../policy/stages.ts";

/**
 * An approval is the question to people whether an action may run, bound to that action and to the digest of its exact
 * arguments. A confirmation is answered by the requester; a review by others, in one stage or several, each with its quorum.
 * Its six ends are told apart everywhere.
 */
export type ApprovalStatus =
  | "pending"
  | "approved"
  | "rejected"
  | "expired"
  | "cancelled"
  | "superseded"
  | "failed-to-resume";

/** An argument that an approver may change before they approve: the slot of the plan, and what it says now. */
export type Editable = { slot: string; label: string; value: string };

export type Approval = {
  approvalId: string;
  code: string;
  runId: string;
  stepId: string;
  actionId: string;
  kind: "confirmation" | "review";
  digest: string;
  /** grows when what would run changes */
  inputsVersion: number;
  clusterId: string;
  risk: Risk;
  /** decimal, EUR */
  amount: string | null;
  /** aadObjectId */
  requesterId: string;
  policyId: string;
  policyVersion: string;
  policyReason: string;
  stages: Stage[];
  /** roles that the agent's record names: whoever reviews it holds them, besides what policy asks */
  approverRoles: string[];
  /** index into `stages` */
  stage: number;
  /** aadObjectIds of those to whom it went when nobody answered */
  escalatedTo: string[];
  editable: Editable[];
  status: ApprovalStatus;
  version: number;
  /** aadObjectId of who decided; the last of them, where several had to agree */
  decidedBy: string | null;
  /** whose say it was, where somebody stood in for them */
  decidedFor: string | null;
  reason: string | null;
  decidedAt: Date | null;
  consumedAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
};

/** One say of one person, as themselves or for somebody who passed theirs on. */
export type Vote = { actorId: string; holderId: string; stage: number };

/** Whether somebody may decide: policy's answer, and whose say they would use. */
export type Authority = { permitted: boolean; policyId: string; reason: string; holderId: string };

/** What somebody wants; the actor is authenticated, `now` is the database's clock. */
export type ApprovalCommand = {
  actorId: string;
  authority: Authority;
  /** the inputs that the person saw; undefined for typed commands */
  seenInputs: number | undefined;
  now: Date;
} & ApprovalVerb;

export type ApprovalVerb =
  | { verb: "approve" }
  | { verb: "reject"; reason: string | undefined }
  | { verb: "ask"; question: string | undefined }
  /** `refusal`: why that person cannot have it; undefined where they can */
  | { verb: "delegate"; to: string; refusal: string | undefined };

/** The outcome of an attempt to decide: data, for the card, for the reply and for the audit alike. */
export type ApprovalOutcome =
  | { outcome: "approved"; holderId: string }
  /** one say more; others have to agree too */
  | { outcome: "counted"; holderId: string; missing: number; isStageOver: boolean }
  | { outcome: "rejected"; reason: string; holderId: string }
  | { outcome: "asked"; question: string }
  | { outcome: "delegated"; to: string; holderId: string }
  | { outcome: "already"; status: ApprovalStatus }
  | { outcome: "already-voted" }
  | { outcome: "expired" }
  | { outcome: "stale" }
  | { outcome: "not-yours"; policyId: string; why: string }
  | { outcome: "cannot-delegate"; why: string }
  | { outcome: "reason-required" }
  | { outcome: "question-required" };

/**
 * Decides on an approval: pure, total, and the same for every path (card, message with value, typed command).
 * Who may decide comes first: somebody without a say learns nothing but that.
 */
export function decide(approval: Approval, votes: readonly Vote[], command: ApprovalCommand): ApprovalOutcome {
  const { authority, actorId } = command;
  if (!authority.permitted) return { outcome: "not-yours", policyId: authority.policyId, why: authority.reason };
  if (approval.status !== "pending") return { outcome: "already", status: approval.status };
  if (command.now >= approval.expiresAt) return { outcome: "expired" };
  if (command.seenInputs !== undefined && command.seenInputs !== approval.inputsVersion) return { outcome: "stale" };
  const { holderId } = authority;
  switch (command.verb) {
    case "ask": {
      const question = tidy(command.question);
      return question === "" ? { outcome: "question-required" } : { outcome: "asked", question };
    }
    case "delegate":
      if (approval.kind === "confirmation")
        return { outcome: "cannot-delegate", why: "A confirmation is your own word: it cannot be passed on." };
      if (command.refusal !== undefined) return { outcome: "cannot-delegate", why: command.refusal };
      return { outcome: "delegated", to: command.to, holderId };
    case "reject": {
      const reason = tidy(command.reason);
      return reason === "" ? { outcome: "reason-required" } : { outcome: "rejected", reason, holderId };
    }
    case "approve": {
      if (votes.some((vote) => vote.actorId === actorId || vote.holderId === holderId))
        return { outcome: "already-voted" };
      const missing = missingIn(approval, votes) - 1;
      if (missing > 0) return { outcome: "counted", holderId, missing, isStageOver: false };
      if (approval.kind === "review" && approval.stage + 1 < approval.stages.length)
        return { outcome: "counted", holderId, missing: 0, isStageOver: true };
      return { outcome: "approved", holderId };
    }
  }
}

/** How many have still to agree in the current stage. */
export function missingIn(approval: Pick<Approval, "kind" | "stages" | "stage">, votes: readonly Vote[]): number {
  const quorum = approval.kind === "confirmation" ? 1 : (approval.stages[approval.stage]?.quorum ?? 1);
  return quorum - votes.filter(({ stage }) => stage === approval.stage).length;
}

const tidy = (text: string | undefined): string => text?.trim() ?? "";
