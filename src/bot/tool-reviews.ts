import { renderToolReview } from "../card/tool-review.ts";
import { answerToolReview, type ToolWish } from "../review/tools/answer-tool-review.ts";
import { tellOfTools } from "../review/tools/tell-of-tools.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfToolReview } from "./present-tool-review.ts";

const gone = refused(404, "NotFound", "These tools are not in quarantine", "Nothing was changed.");

/** Somebody says whether tools that have changed may be used. The clicked card becomes what it is now, whoever was faster. */
export async function answerOnTools(
  ports: BotPorts,
  { person, personId }: Incoming,
  reviewId: string,
  wish: Pick<ToolWish, "state" | "why">,
): Promise<CardResult> {
  const before = await viewOfToolReview(ports.pool, ports, reviewId);
  if (before === undefined) return gone;
  // A card decides once; who changes their mind later does it where everything is shown (npm run ops -- tools).
  if (before.review.state !== "open") return { kind: "card", card: renderToolReview(before), isNews: false };
  const answered = await answerToolReview(ports, { reviewId, person, personId, ...wish });
  if (answered.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${answered.why} Nothing was changed.`);
  await tellOfTools(ports);
  const view = await viewOfToolReview(ports.pool, ports, reviewId);
  if (view === undefined) return gone;
  const problem = answered.outcome === "refused" ? answered.why : "";
  return { kind: "card", card: renderToolReview(view, problem), isNews: problem !== "" };
}
