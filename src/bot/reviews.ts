import { renderReview } from "../card/review.ts";
import { answerReview } from "../review/reviews/answer-review.ts";
import type { Answer } from "../review/reviews/review.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfReview } from "./present-review.ts";

const gone = refused(
  404,
  "NotFound",
  "This review is not there any more",
  "The agent has left the fleet. Nothing was changed.",
);

/** A button on the card of a review. The clicked card becomes what the review is now, whoever was faster. */
export async function answerOnReview(
  ports: BotPorts,
  incoming: Incoming,
  reviewId: string,
  answer: Answer,
): Promise<CardResult> {
  const { person, personId } = incoming;
  const answered = await answerReview(ports, { reviewId, person, personId, answer });
  ports.wake();
  if (answered.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${answered.why} Nothing was changed.`);
  const view = answered.outcome === "gone" ? undefined : await viewOfReview(ports.pool, ports, reviewId);
  if (view === undefined) return gone;
  if (answered.outcome !== "refused") return { kind: "card", card: renderReview(view), isNews: false };
  const typed = answer.verb === "extend" ? { until: answer.until, reason: answer.why } : { until: "", reason: "" };
  return { kind: "card", card: renderReview(view, { text: answered.why, ...typed }), isNews: true };
}
