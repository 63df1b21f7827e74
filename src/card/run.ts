import { z } from "zod";
import { fill } from "../agent/values.ts";
import type { ApprovalView } from "./approval.ts";
import { clusterNames, Fact, localTime, Style } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const RunCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  summary: z.string(),
  facts: z.array(Fact),
  next: z.string(),
  turnId: z.uuid(),
});
const expand = cardTemplate("run", RunCard);

/** What the requester sees of a run; `approval` is absent where policy asked nobody. */
export type RunView = Omit<ApprovalView, "approval"> & { approval: ApprovalView["approval"] | undefined };

/** The requester's card: where the request stands, and what can be done instead when it did not happen (R6.6). */
export function renderRun(view: RunView): Card {
  const { action, approval, run } = view;
  const { style, banner, next } = stateOf(view);
  return expand({
    speak: plain(cut(`${banner}. ${action.proposal.summary}`, 300)),
    style,
    banner: plain(cut(banner, 700)),
    summary: plain(cut(action.proposal.summary, 300)),
    facts: [
      { label: "Target", value: plain(cut(action.proposal.target, 300)) },
      { label: "Agent", value: `${brief(view.agentName)}, version ${run.agentVersion}` },
      ...(approval?.status === "pending" ? [{ label: "Until", value: localTime(approval.expiresAt) }] : []),
      { label: "Code", value: run.code },
    ],
    next: plain(cut(next, 500)),
    turnId: run.turnId,
  });
}

function stateOf({ run, approval, action, deciderName }: RunView): { style: Style; banner: string; next: string } {
  const who = deciderName ?? "somebody";
  const { otherwise, undo } = action.proposal;
  switch (run.status) {
    case "waiting": {
      const cluster = clusterNames[approval?.clusterId ?? ""] ?? "";
      const why = approval?.policyReason ?? "";
      return approval?.kind === "confirmation"
        ? { style: "warning", banner: "Waiting for your confirmation", next: why }
        : { style: "warning", banner: `Waiting for an approver of ${cluster}`, next: why };
    }
    case "cleared":
    case "acting":
      return {
        style: "accent",
        banner: approval === undefined ? "Being carried out" : `Approved by ${who}, being carried out`,
        next: "",
      };
    case "completed":
      return { style: "good", banner: approval === undefined ? "Done" : `Approved by ${who}, and done`, next: undo };
    case "rejected":
      return {
        style: "attention",
        banner: `Rejected by ${who}: ${approval?.reason ?? ""}`,
        next: `Nothing was done, and I will not ask again for this. ${otherwise}`,
      };
    case "expired":
      return { style: "default", banner: "Expired: nobody decided in time", next: `Nothing was done. ${otherwise}` };
    case "cancelled":
      return { style: "default", banner: "Cancelled", next: "Nothing was done." };
    case "failed":
      return {
        style: "attention",
        banner: `It failed: ${action.failure ?? "the system refused it."}`,
        next: `Nothing was changed. ${otherwise}`,
      };
    case "needs-check":
      return {
        style: "attention",
        banner: "Nobody can say yet whether it happened",
        next: "A person has to look into the system before anything is tried again.",
      };
  }
}

const ReceiptCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  text: z.string(),
  facts: z.array(Fact),
  turnId: z.uuid(),
});
const expandReceipt = cardTemplate("receipt", ReceiptCard);

/** The receipt after the effect: executed, failed, or unknown, with the way to its lineage. */
export function renderReceipt(view: RunView): Card {
  const { action, run } = view;
  const done = run.status === "completed";
  const text = done
    ? fill(action.proposal.done, {
        slots: {},
        steps: {},
        computed: {},
        requester: { upn: "", name: "" },
        today: "",
        result: action.result,
      })
    : (action.failure ?? "");
  const banner = done ? "Executed" : run.status === "needs-check" ? "Needs a human check" : "Not executed";
  return expandReceipt({
    speak: plain(cut(`${banner}: ${text}`, 300)),
    style: done ? "good" : "attention",
    banner,
    text: plain(cut(text, 700)),
    facts: [
      { label: "Request", value: plain(cut(action.proposal.summary, 300)) },
      { label: "Asked by", value: brief(view.requesterName) },
      ...(view.deciderName === undefined ? [] : [{ label: "Decided by", value: brief(view.deciderName) }]),
      { label: "Agent", value: `${brief(view.agentName)}, version ${run.agentVersion}` },
      ...(done ? [{ label: "How to undo", value: plain(cut(action.proposal.undo, 300)) }] : []),
      { label: "Code", value: run.code },
    ],
    turnId: run.turnId,
  });
}
