import { renderToolReview, type ToolReviewView } from "../card/tool-review.ts";
import { loadToolReview } from "../connector/tools/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts } from "./present-ports.ts";

export async function viewOfToolReview(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "inventory">,
  reviewId: string,
): Promise<ToolReviewView | undefined> {
  const review = await loadToolReview(db, ports.tenantId, reviewId);
  if (review === undefined) return undefined;
  const title = ports.inventory.get(review.system)?.title ?? review.system;
  return { review, title, nameOf: (id) => nameOf(ports, id) };
}

/** Brings every card about tools in quarantine up to date, and asks whoever answers for their system. */
export async function presentToolReview(tx: Tx, ports: PresentPorts, reviewId: string): Promise<void> {
  const { tenantId, directory, inventory } = ports;
  const view = await viewOfToolReview(tx, ports, reviewId);
  if (view === undefined) return;
  const { review } = view;
  const card = renderToolReview(view);
  const copies = await copiesOf(tx, tenantId, "tool-review", reviewId);
  for (const copy of copies) await update(tx, tenantId, copy, card, Math.max(copy.version + 1, review.version));
  if (review.state !== "open") return;
  const owner = directory.byUpn(inventory.get(review.system)?.owner ?? "");
  // Where the owner has left, the platform team stands in.
  const asked = owner?.enabled === true ? [owner.aadObjectId] : ports.holdersOf("platform");
  for (const personId of asked) {
    if (copies.some((copy) => copy.personId === personId)) continue;
    const target = await chatWith(tx, tenantId, personId);
    const about = { kind: "tool-review", id: reviewId, view: "owner", version: review.version } as const;
    await post(tx, tenantId, target, { card, about }, `tool-review:${reviewId}:${personId}`, personId);
  }
}
