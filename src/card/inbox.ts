import { z } from "zod";
import { type Card, cardTemplate } from "./template.ts";
import { cut, plain } from "./text.ts";

const Item = z.strictObject({
  id: z.uuid(),
  turnId: z.uuid(),
  version: z.int(),
  summary: z.string(),
  detail: z.string(),
  state: z.string(),
  color: z.enum(["Default", "Good", "Warning", "Attention", "Accent"]),
  approveTitle: z.string(),
  canDecide: z.boolean(),
  canClaim: z.boolean(),
  canWhy: z.boolean(),
});
/** One line of a list; the texts are untrusted. */
export type InboxItem = z.infer<typeof Item>;

const InboxCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  empty: z.string(),
  items: z.array(Item),
  list: z.enum(["approvals", "requests"]),
  more: z.boolean(),
  nextPage: z.int(),
  footer: z.string(),
});
const expand = cardTemplate("inbox", InboxCard);
const PAGE = 5;

/** "Waiting on me" and "my requests": one list with buttons, in pages (S13). */
export function renderInbox(list: "approvals" | "requests", items: readonly InboxItem[], page: number): Card {
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const current = Math.min(page, pages - 1);
  const title = list === "approvals" ? `Waiting on you: ${items.length}` : `Your requests: ${items.length}`;
  return expand({
    speak: title,
    title,
    empty:
      items.length > 0
        ? ""
        : list === "approvals"
          ? "Nothing waits for you."
          : "You have not asked for anything to be done yet.",
    items: items.slice(current * PAGE, (current + 1) * PAGE).map((item) => ({
      ...item,
      summary: plain(cut(item.summary, 200)),
      detail: plain(cut(item.detail, 300)),
    })),
    list,
    more: current + 1 < pages,
    nextPage: current + 1,
    footer: pages > 1 ? `Page ${current + 1} of ${pages}` : "",
  });
}
