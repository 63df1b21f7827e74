import { z } from "zod";
import { type ApprovalView, actionsUnder } from "./run-view.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { cut, plain } from "./text.ts";

const BatchCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  text: z.string(),
  items: z.array(z.strictObject({ code: z.string(), what: z.string(), undo: z.string() })),
  open: z.boolean(),
  approveTitle: z.string(),
  ids: z.string(),
  digest: z.string(),
});
const expand = cardTemplate("batch", BatchCard);

/** What would be approved together, each with what it does: all of it or nothing (R6.7). */
export function renderBatch(views: readonly ApprovalView[], digest: string): Card {
  const title = `Approve ${views.length} together`;
  const of = (length: number) => (): Card =>
    expand({
      speak: title,
      title,
      text: "All of them or none: when one cannot be approved any more, nothing is.",
      items: views.map((view) => lineOf(view, length)),
      open: views.length > 0,
      approveTitle: `Approve these ${views.length}`,
      ids: views.map(({ approval }) => approval.approvalId).join(","),
      digest,
    });
  return fitting(of(300), of(60));
}

function lineOf(view: ApprovalView, length: number): { code: string; what: string; undo: string } {
  const [action] = actionsUnder(view);
  const change = action?.proposal.changes[0];
  const what = `${action?.proposal.summary ?? ""}${change === undefined ? "" : ` (${change.label}: ${change.from} → ${change.to})`}`;
  const undo = action?.reversal === "non-reversible" ? "no" : (action?.proposal.undo ?? "");
  return { code: view.approval.code, what: plain(cut(what, length)), undo: plain(cut(undo, length)) };
}
