import type { ApprovalStatus } from "../approval/approval.ts";

/**
 * A run carries out one plan that changes something, from the proposal to its end. Its state is what its events say; the row
 * in `run` repeats it for queries.
 */
export type RunStatus =
  | "waiting" // for people
  | "cleared" // may start, has not started
  | "acting"
  | "completed"
  | "failed"
  | "needs-check" // sent, and nobody can say whether it happened
  | "rejected"
  | "expired"
  | "cancelled";

export type RunEvent =
  | { type: "proposed"; data: { actionId: string; digest: string } }
  | { type: "approval-requested"; data: { approvalId: string; kind: "confirmation" | "review"; policyId: string } }
  | { type: "cleared"; data: { by: string; policyId: string } }
  | { type: "rejected"; data: { by: string; reason: string } }
  | { type: "expired"; data: { approvalId: string } }
  | { type: "action-started"; data: { actionId: string } }
  | { type: "action-done"; data: { actionId: string } }
  | { type: "action-failed"; data: { actionId: string; why: string } }
  | { type: "action-unknown"; data: { actionId: string; why: string } };

export type Run = {
  runId: string;
  code: string;
  turnId: string;
  conversationId: string;
  /** aadObjectId */
  requesterId: string;
  agentId: string;
  agentVersion: string;
  plan: PlanOfRun;
  policyVersion: string;
  status: RunStatus;
  version: number;
  createdAt: Date;
};

/** The plan that a run began with and keeps. */
export type PlanOfRun = {
  plan: string;
  version: number;
  pattern: "sequential";
  known: Record<string, unknown>;
  steps: { id: string; actionId: string; after: string[] }[];
};

/** The status after an event: pure, and the only place that knows which event leads where. */
export function evolve(status: RunStatus | undefined, event: RunEvent): RunStatus {
  switch (event.type) {
    case "proposed":
    case "approval-requested":
      return "waiting";
    case "cleared":
      return "cleared";
    case "rejected":
      return "rejected";
    case "expired":
      return "expired";
    case "action-started":
      return "acting";
    case "action-done":
      return "completed";
    case "action-failed":
      return "failed";
    case "action-unknown":
      return "needs-check";
    default:
      event satisfies never;
      return status ?? "waiting";
  }
}

/** What became of the question, in words that are the same on cards, in chat and in the audit. */
export const approvalWords: Record<ApprovalStatus, string> = {
  pending: "waiting",
  approved: "approved",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
  superseded: "superseded",
  "failed-to-resume": "approved, but could not start",
};
