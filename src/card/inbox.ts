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
  canAnswer: z.boolean(),
  canOperate: z.boolean(),
  canWhy: z.boolean(),
  canTeach: z.boolean(),
  /** what the button "Open" shows the whole card of; "" where there is none */
  opens: z.enum(["", "review", "incident", "sunset", "vacancy"]),
});
/** One line of a list; the texts are untrusted. */
export type InboxItem = z.infer<typeof Item>;

const InboxCard = z.strictObject({
  speak: z.string(),
  title: z.string(),
  empty: z.string(),
  items: z.array(Item),
  list: z.enum(["approvals", "requests", "corrections", "reviews"]),
  more: z.boolean(),
  nextPage: z.int(),
  footer: z.string(),
  back: z.boolean(),
  previousPage: z.int(),
  batchIds: z.string(),
  batchTitle: z.string(),
});
const expand = cardTemplate("inbox", InboxCard);
export const PAGE = 5;
type InboxList = z.infer<typeof InboxCard>["list"];
export type InboxPage = {
  list: InboxList;
  /** those of this page */
  items: readonly InboxItem[];
  total: number;
  /** from 0 */
  page: number;
  /** what may be approved together */
  batch: readonly string[];
};

const words: Record<InboxList, { title: string; empty: string }> = {
  approvals: { title: "Waiting on you", empty: "Nothing waits for you." },
  requests: { title: "Your requests", empty: "You have not asked for anything to be done yet." },
  reviews: { title: "Waiting on you, for agents", empty: "Nothing waits for you about an agent that you answer for." },
  corrections: {
    title: "Corrections for you",
    empty: "Nobody has corrected me about an agent that you answer for.",
  },
};

/** "Waiting on me", "my requests", "corrections" and "reviews": one list with buttons, in pages (S13). */
export function renderInbox({ list, items, total, page, batch }: InboxPage): Card {
  const pages = Math.max(1, Math.ceil(total / PAGE));
  const title = `${words[list].title}: ${total}`;
  return expand({
    speak: title,
    title,
    empty: total > 0 ? "" : words[list].empty,
    items: items.map((item) => ({
      ...item,
      summary: plain(cut(item.summary, 200)),
      detail: plain(cut(item.detail, 280)),
    })),
    list,
    more: page + 1 < pages,
    nextPage: page + 1,
    back: page > 0,
    previousPage: Math.max(0, page - 1),
    footer: pages > 1 ? `Page ${page + 1} of ${pages}` : "",
    batchIds: batch.join(","),
    batchTitle: batch.length < 2 ? "" : `Approve ${batch.length} of low risk together…`,
  });
}
