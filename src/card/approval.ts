import { z } from "zod";
import type { Action } from "../action/action.ts";
import { money } from "../action/values.ts";
import { missingIn } from "../approval/approval.ts";
import { EDIT_PREFIX } from "./card-action.ts";
import { type ApprovalView, actionsUnder, deciderOf, isRouted } from "./run-view.ts";
import { clusterNames, Fact, localTime, Style } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";
import { warningsOf } from "./warnings.ts";

const ApprovalCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  facts: z.array(Fact),
  changes: z.array(z.strictObject({ label: z.string(), from: z.string(), to: z.string() })),
  calls: z.array(z.strictObject({ number: z.string(), what: z.string(), undo: z.string() })),
  terms: z.array(Fact),
  questions: z.array(z.strictObject({ question: z.string(), answer: z.string() })),
  evidence: z.string(),
  typed: z.string(),
  open: z.boolean(),
  review: z.boolean(),
  approveTitle: z.string(),
  rejectTitle: z.string(),
  edits: z.array(z.strictObject({ id: z.string(), label: z.string(), value: z.string() })),
  people: z.array(z.strictObject({ title: z.string(), value: z.string() })),
  approvalId: z.uuid(),
  version: z.int(),
  turnId: z.uuid(),
  canCorrect: z.boolean(),
});
const expand = cardTemplate("approval", ApprovalCard);

/**
 * The question to people, and later what became of it: the same card in every state (R6.2, R6.5). It shows the canonical
 * arguments, from the row that will be carried out and nowhere else.
 */
export function renderApproval(view: ApprovalView): Card {
  return fitting(
    () => render(view, { length: 1_000, calls: 40, people: 25, questions: 20 }),
    () => render(view, { length: 200, calls: 40, people: 10, questions: 10 }),
    () => render(view, { length: 60, calls: 15, people: 0, questions: 3 }),
  );
}

/** `questions`: the latest so many */
type Room = { length: number; calls: number; people: number; questions: number };

function render(view: ApprovalView, room: Room): Card {
  const { approval, run } = view;
  const show = (text: string): string => plain(cut(text, room.length));
  const open = approval.status === "pending";
  const actions = actionsUnder(view);
  const [action] = actions;
  const { style, banner } = bannerOf(view, action);
  const proposal = action?.proposal;
  const isWhole = run.plan.approval === "whole";
  const summary =
    isWhole && actions.length > 1 ? `${proposal?.target ?? ""}: ${actions.length} steps` : (proposal?.summary ?? "");
  return expand({
    speak: `${plain(cut(banner, 200))}. ${show(summary)}`,
    style,
    banner: plain(cut(banner, 700)),
    summary: show(summary),
    facts: [
      { label: "Target", value: show(proposal?.target ?? "") },
      { label: "Asked by", value: brief(view.nameOf(approval.requesterId)) },
      { label: "Agent", value: agentOf(view, action) },
      ...(isWhole
        ? []
        : (proposal?.inputs ?? []).map(({ label, value }) => ({ label: brief(label), value: show(value) }))),
    ],
    changes: isWhole
      ? []
      : (proposal?.changes ?? []).map(({ label, from, to }) => ({
          label: show(label),
          from: show(from),
          to: show(to),
        })),
    calls: isWhole ? callsOf(actions, room, show) : [],
    terms: termsOf(view, action, show),
    questions: approval.questions.slice(-room.questions).map(({ question, askedBy, answer }) => ({
      question: show(`${view.nameOf(askedBy)}: ${question}`),
      answer: answer === null ? "No answer yet." : show(`${view.nameOf(approval.requesterId)}: ${answer}`),
    })),
    evidence: evidenceOf(action),
    typed: open ? `Or type: approve ${approval.code} · reject ${approval.code} and your reason` : "",
    open,
    review: approval.kind === "review",
    approveTitle: approval.kind === "confirmation" ? "Confirm" : "Approve",
    rejectTitle: approval.kind === "confirmation" ? "Decline…" : "Reject…",
    edits: approval.editable.map(({ slot, label, value }) => ({
      id: `${EDIT_PREFIX}${slot}`,
      label: brief(label),
      value: visible(cut(value, 100)),
    })),
    people: view.colleagues
      .filter(({ id }) => id !== approval.requesterId)
      .slice(0, room.people)
      .map(({ id, name }) => ({ title: visible(cut(name, 80)), value: id })),
    approvalId: approval.approvalId,
    version: approval.inputsVersion,
    turnId: run.turnId,
    // The requester's own card only: whoever reviews was not routed.
    canCorrect: open && approval.kind === "confirmation" && isRouted(run),
  });
}

function callsOf(actions: readonly Action[], room: Room, show: (text: string) => string) {
  const rows = actions.slice(0, room.calls).map(({ proposal, reversal }, i) => ({
    number: String(i + 1),
    what: show(
      [proposal.summary, ...proposal.changes.map(({ label, from, to }) => `${label}: ${from} → ${to}`)].join(". "),
    ),
    undo: reversal === "non-reversible" ? "no" : "yes",
  }));
  const more = actions.length - rows.length;
  return more > 0 ? [...rows, { number: "…", what: `and ${more} more: “Why?” lists them all`, undo: "" }] : rows;
}

function termsOf(view: ApprovalView, action: Action | undefined, show: (text: string) => string): Fact[] {
  const { approval } = view;
  const open = approval.status === "pending";
  const agreed = approval.votes.map(({ actorId, holderId }) =>
    actorId === holderId ? view.nameOf(actorId) : `${view.nameOf(actorId)} for ${view.nameOf(holderId)}`,
  );
  return [
    ...(approval.amount === null ? [] : [{ label: "Amount", value: money(approval.amount) }]),
    { label: "Impact", value: show(action?.proposal.impact ?? "") },
    { label: "How to undo", value: show(action?.proposal.undo ?? "") },
    { label: "Risk", value: `${approval.risk}, ${action?.reversal ?? ""}` },
    ...warningsOf(action, show),
    {
      label: "Why you are asked",
      value: `${plain(cut(approval.policyReason, 300))} (rule ${brief(approval.policyId)}, policies ${approval.policyVersion})`,
    },
    { label: "Who decides", value: whoDecides(view) },
    ...(agreed.length === 0 ? [] : [{ label: "Approved so far", value: show(agreed.join(", ")) }]),
    ...(open && approval.kind === "review"
      ? [{ label: "Still missing", value: String(missingIn(approval, approval.votes)) }]
      : []),
    ...(open ? [{ label: "Until", value: localTime(approval.expiresAt) }] : []),
    { label: "Inputs", value: `${approval.digest.slice(0, 12)} (what you see is what runs)` },
    { label: "Code", value: approval.code },
  ];
}

function whoDecides({ approval, nameOf }: ApprovalView): string {
  if (approval.kind === "confirmation") return brief(nameOf(approval.requesterId));
  const cluster = clusterNames[approval.clusterId] ?? approval.clusterId;
  const stages = approval.stages.map(({ who, quorum }) => {
    if (who === "lead") return `the lead of ${cluster}`;
    return quorum === 1 ? `one approver of ${cluster}` : `${quorum} approvers of ${cluster}`;
  });
  const escalated = approval.escalatedTo.map(nameOf);
  return brief(`${stages.join(", then ")}${escalated.length > 0 ? `; also ${escalated.join(", ")}` : ""}`);
}

function agentOf(view: ApprovalView, action: Action | undefined): string {
  const { run } = view;
  return `${brief(view.agentName(action?.agentId ?? run.agentId))}, version ${brief(action?.agentVersion ?? run.agentVersion)}`;
}

function bannerOf(view: ApprovalView, action: Action | undefined): { style: Style; banner: string } {
  const { approval, run } = view;
  const who = deciderOf(view);
  switch (approval.status) {
    case "pending":
      return approval.kind === "confirmation"
        ? { style: "warning", banner: "Please confirm" }
        : { style: "warning", banner: "Your approval is needed" };
    case "approved":
      return approvedBanner(
        who,
        run.plan.approval === "whole" ? wholeState(view) : (action?.state ?? "proposed"),
        action,
      );
    case "rejected":
      return { style: "attention", banner: `Rejected by ${who}: ${approval.reason ?? ""}` };
    case "expired":
      return { style: "default", banner: "Expired: nobody decided in time. Nothing was done" };
    case "cancelled":
      return { style: "default", banner: "Cancelled. Nothing was done" };
    case "superseded":
      return { style: "default", banner: "Superseded: the inputs have changed. Nothing was done" };
    case "void":
      return { style: "default", banner: `Void: ${approval.reason ?? ""} Nothing was done under it` };
    case "failed-to-resume":
      return {
        style: "attention",
        banner: `Approved by ${who}, but it could not start: ${approval.reason ?? ""} Nothing was done`,
      };
  }
}

function wholeState({ run }: ApprovalView): Action["state"] {
  if (run.state.outcome === "completed") return "done";
  return run.state.outcome === "partly-done" ? "failed" : "started";
}

function approvedBanner(
  who: string,
  state: Action["state"],
  action: Action | undefined,
): { style: Style; banner: string } {
  switch (state) {
    case "done":
      return { style: "good", banner: `Approved by ${who}, and done` };
    case "undone":
      return { style: "default", banner: `Approved by ${who}, done, and taken back since` };
    case "failed":
      return { style: "attention", banner: `Approved by ${who}, but it failed: ${action?.failure ?? ""}` };
    case "unknown":
      return { style: "attention", banner: `Approved by ${who}: a person has to check whether it happened` };
    case "void":
      return { style: "default", banner: `Approved by ${who}, but called off before it started. Nothing was done` };
    case "proposed":
    case "started":
      return { style: "accent", banner: `Approved by ${who}, being carried out` };
  }
}

function evidenceOf(action: Action | undefined): string {
  const read = (action?.proposal.sources ?? []).map(
    ({ tool, at }) => `${brief(tool)} at {{TIME(${at.replace(/\.\d+Z$/, "Z")})}}`,
  );
  return read.length === 0 ? "" : `Evidence: ${read.join(", ")}`;
}
