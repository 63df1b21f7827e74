import { renderNotice } from "../card/notice.ts";
import { type ReviewView, renderReview } from "../card/review.ts";
import { NOTHING_DECIDED } from "../review/reviews/review.ts";
import { loadReview, standings } from "../review/reviews/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts, whoAnswers } from "./present-ports.ts";

/** All that the cards about a review show; undefined where there is no such review, or its agent is gone. */
export async function viewOfReview(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "registry" | "clock">,
  reviewId: string,
): Promise<ReviewView | undefined> {
  const { tenantId } = ports;
  const review = await loadReview(db, tenantId, reviewId);
  const record = review && ports.registry.byId.get(review.agentId);
  if (review === undefined || record === undefined) return undefined;
  const standing = (await standings(db, tenantId, review.agentId)).get(review.agentId) ?? NOTHING_DECIDED;
  return { review, record, standing, now: await ports.clock.now(db), nameOf: (id) => nameOf(ports, id) };
}

/** Brings every card about a review up to date, and asks whoever answers for the agent; the platform team hears of silence. */
export async function presentReview(
  tx: Tx,
  ports: PresentPorts,
  { id: reviewId, nudge }: { id: string; nudge?: true },
): Promise<void> {
  const { tenantId } = ports;
  const view = await viewOfReview(tx, ports, reviewId);
  if (view === undefined) return;
  const { review, record } = view;
  const card = renderReview(view);
  const copies = await copiesOf(tx, tenantId, "review", reviewId);
  for (const copy of copies) await update(tx, tenantId, copy, card, Math.max(copy.version + 1, review.version));
  if (review.state !== "open") return;
  const owners = whoAnswers(ports, review.agentId);
  for (const personId of owners) {
    const target = await chatWith(tx, tenantId, personId);
    const asked = copies.some((copy) => copy.personId === personId);
    const about = { kind: "review", id: reviewId, view: "owner", version: review.version } as const;
    const key = `review:${reviewId}:${personId}`;
    if (!asked) await post(tx, tenantId, target, { card, about }, key, personId);
    else if (nudge) {
      const text = `The review of ${record.display_name} still waits for your answer, on the card above. This is reminder ${review.reminded}.`;
      await post(
        tx,
        tenantId,
        target,
        { card: renderNotice("warning", "A review waits for you", text) },
        `${key}:${review.reminded}`,
      );
    }
  }
  if (review.degradedAt === null) return;
  for (const personId of ports.holdersOf("platform")) {
    if (owners.includes(personId) || copies.some((copy) => copy.personId === personId)) continue;
    const target = await chatWith(tx, tenantId, personId);
    const about = { kind: "review", id: reviewId, view: "platform", version: review.version } as const;
    await post(tx, tenantId, target, { card, about }, `review:${reviewId}:${personId}`, personId);
  }
}
