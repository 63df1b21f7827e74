import { lockToolReview, noteToolReviewTold, untoldToolReviews } from "../../connector/tools/store.ts";
import { transaction } from "../../store/pool.ts";
import { each } from "../each.ts";
import type { ReviewPorts } from "../ports.ts";

/**
 * Tells whoever answers for a system of tools that are not as they were reviewed, and of what was decided. Which process found
 * them, and whether somebody decided in chat or at the command line, makes no difference; each version is told once.
 */
export async function tellOfTools({ pool, tenantId, announce }: ReviewPorts): Promise<void> {
  await each(await untoldToolReviews(pool, tenantId), (id) =>
    transaction(pool, async (tx) => {
      const review = await lockToolReview(tx, tenantId, id);
      if (review === undefined || review.told >= review.version) return;
      await announce(tx, { kind: "tool-review", id });
      await noteToolReviewTold(tx, tenantId, review);
    }),
  );
}
