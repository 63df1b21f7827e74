import type { Risk } from "../policy/judge.ts";

/**
 * An approval is the question to people whether one action may run, bound to that action and to the digest of its exact
 * arguments. A confirmation is answered by the requester, a review by somebody else. Its six ends are told apart everywhere.
 */
export type ApprovalStatus =
  | "pending"
  | "approved"
  | "rejected"
  | "expired"
  | "cancelled"
  | "superseded"
  | "failed-to-resume";

export type Approval = {
  approvalId: string;
  code: string;
  runId: string;
  actionId: string;
  kind: "confirmation" | "review";
  digest: string;
  clusterId: string;
  risk: Risk;
  /** decimal, EUR */
  amount: string | null;
  /** aadObjectId */
  requesterId: string;
  policyId: string;
  policyVersion: string;
  policyReason: string;
  status: ApprovalStatus;
  version: number;
  /** aadObjectId of who decided */
  decidedBy: string | null;
  reason: string | null;
  decidedAt: Date | null;
  consumedAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
};

/** What somebody wants; the actor is authenticated, `may` is policy's answer about them, `now` the database's clock. */
export type ApprovalCommand = {
  verb: "approve" | "reject";
  actorId: string;
  may: { permitted: boolean; policyId: string; reason: string };
  reason: string | undefined;
  /** the version of the approval that the person saw; undefined for typed commands */
  seenVersion: number | undefined;
  now: Date;
};

/** The outcome of an attempt to decide: data, for the card, for the reply and for the audit alike. */
export type ApprovalOutcome =
  | { outcome: "approved" }
  | { outcome: "rejected"; reason: string }
  | { outcome: "already"; status: ApprovalStatus }
  | { outcome: "expired" }
  | { outcome: "stale" }
  | { outcome: "not-yours"; policyId: string; why: string }
  | { outcome: "reason-required" };

const MAX_REASON = 1_000;

/**
 * Decides on an approval: pure, total, and the same for every path (card, message with value, typed command).
 * Who may decide comes first: somebody without a say learns nothing but that.
 */
export function decide(approval: Approval, command: ApprovalCommand): ApprovalOutcome {
  if (!command.may.permitted) return { outcome: "not-yours", policyId: command.may.policyId, why: command.may.reason };
  if (approval.status !== "pending") return { outcome: "already", status: approval.status };
  if (command.now >= approval.expiresAt) return { outcome: "expired" };
  if (command.seenVersion !== undefined && command.seenVersion !== approval.version) return { outcome: "stale" };
  if (command.verb === "approve") return { outcome: "approved" };
  const reason = command.reason?.trim().slice(0, MAX_REASON) ?? "";
  return reason === "" ? { outcome: "reason-required" } : { outcome: "rejected", reason };
}
