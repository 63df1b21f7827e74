import { z } from "zod";
import type { Action } from "../action/action.ts";
import { money } from "../agent/values.ts";
import type { Approval } from "../approval/approval.ts";
import type { Run } from "../run/run.ts";
import { clusterNames, Fact, localTime, Style } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const ApprovalCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  facts: z.array(Fact),
  changes: z.array(z.strictObject({ label: z.string(), from: z.string(), to: z.string() })),
  terms: z.array(Fact),
  evidence: z.string(),
  typed: z.string(),
  open: z.boolean(),
  approveTitle: z.string(),
  rejectTitle: z.string(),
  approvalId: z.uuid(),
  version: z.int(),
  turnId: z.uuid(),
});
const expand = cardTemplate("approval", ApprovalCard);

/** Everything an approval card shows, with people already named. */
export type ApprovalView = {
  approval: Approval;
  action: Action;
  run: Run;
  agentName: string;
  requesterName: string;
  deciderName: string | undefined;
};

/**
 * The question to people, and later what became of it: the same card in every state (R6.2, R6.5). It shows the canonical
 * arguments, from the row that will be carried out and nowhere else.
 */
export function renderApproval(view: ApprovalView): Card {
  return fitting(
    () => render(view, 1_000),
    () => render(view, 200),
    () => render(view, 60),
  );
}

function render(view: ApprovalView, length: number): Card {
  const { approval, action, run } = view;
  const show = (text: string) => plain(cut(text, length));
  const open = approval.status === "pending";
  const confirmation = approval.kind === "confirmation";
  const { style, banner } = bannerOf(view);
  const { proposal } = action;
  return expand({
    speak: `${plain(cut(banner, 200))}. ${show(proposal.summary)}`,
    style,
    banner: plain(cut(banner, 700)),
    summary: show(proposal.summary),
    facts: [
      { label: "Target", value: show(proposal.target) },
      { label: "Asked by", value: brief(view.requesterName) },
      { label: "Agent", value: `${brief(view.agentName)}, version ${run.agentVersion}` },
      ...proposal.inputs.map(({ label, value }) => ({ label: brief(label), value: show(value) })),
    ],
    changes: proposal.changes.map(({ label, from, to }) => ({ label: show(label), from: show(from), to: show(to) })),
    terms: [
      ...(approval.amount === null ? [] : [{ label: "Amount", value: money(approval.amount) }]),
      { label: "Impact", value: show(proposal.impact) },
      { label: "How to undo", value: show(proposal.undo) },
      { label: "Risk", value: `${approval.risk}, ${action.reversal}` },
      {
        label: "Why you are asked",
        value: `${plain(cut(approval.policyReason, 300))} (rule ${brief(approval.policyId)}, policies ${approval.policyVersion})`,
      },
      {
        label: "Who decides",
        value: confirmation
          ? brief(view.requesterName)
          : `approvers of ${clusterNames[approval.clusterId] ?? approval.clusterId}`,
      },
      ...(open ? [{ label: "Until", value: localTime(approval.expiresAt) }] : []),
      { label: "Inputs", value: `${approval.digest.slice(0, 12)} (what you see is what runs)` },
      { label: "Code", value: approval.code },
    ],
    evidence: evidenceOf(action),
    typed: open ? `Or type: approve ${approval.code} · reject ${approval.code} and your reason` : "",
    open,
    approveTitle: confirmation ? "Confirm" : "Approve",
    rejectTitle: confirmation ? "Decline…" : "Reject…",
    approvalId: approval.approvalId,
    version: approval.version,
    turnId: run.turnId,
  });
}

function bannerOf({ approval, run, action, deciderName }: ApprovalView): { style: Style; banner: string } {
  const who = deciderName ?? "somebody";
  switch (approval.status) {
    case "pending":
      return approval.kind === "confirmation"
        ? { style: "warning", banner: "Please confirm" }
        : { style: "warning", banner: "Your approval is needed" };
    case "approved":
      if (run.status === "completed") return { style: "good", banner: `Approved by ${who}, and done` };
      if (run.status === "failed")
        return { style: "attention", banner: `Approved by ${who}, but it failed: ${action.failure ?? ""}` };
      if (run.status === "needs-check")
        return { style: "attention", banner: `Approved by ${who}: a person has to check whether it happened` };
      return { style: "accent", banner: `Approved by ${who}, being carried out` };
    case "rejected":
      return { style: "attention", banner: `Rejected by ${who}: ${approval.reason ?? ""}` };
    case "expired":
      return { style: "default", banner: "Expired: nobody decided in time. Nothing was done" };
    case "cancelled":
      return { style: "default", banner: "Cancelled. Nothing was done" };
    case "superseded":
      return { style: "default", banner: "Superseded: the inputs have changed. Nothing was done" };
    case "failed-to-resume":
      return {
        style: "attention",
        banner: `Approved by ${who}, but it could not start: ${approval.reason ?? ""} Nothing was done`,
      };
  }
}

function evidenceOf({ proposal }: Action): string {
  const read = proposal.sources.map(({ tool, at }) => `${brief(tool)} at {{TIME(${at.replace(/\.\d+Z$/, "Z")})}}`);
  return read.length === 0 ? "" : `Evidence: ${read.join(", ")}`;
}
