import { z } from "zod";
import type { AgentRecord } from "../registry/agent-record.ts";
import { addDays, dayOf } from "../review/day.ts";
import {
  daysOverdue,
  latestExtension,
  MOST_DAYS_OF_EXTENSION,
  mayExtend,
  type Review,
  type Standing,
  urgency,
} from "../review/reviews/review.ts";
import { clusterFact, dutyHead, dutyShape, type Stand } from "./duty.ts";
import { intentName, listed } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";

const ReviewCard = z.strictObject({
  ...dutyShape,
  problem: z.string(),
  open: z.boolean(),
  extensible: z.boolean(),
  earliest: z.string(),
  latest: z.string(),
  until: z.string(),
  reason: z.string(),
  stops: z.string(),
  reviewId: z.uuid(),
});
const expand = cardTemplate("review", ReviewCard);

/** All that the card about a review shows. */
export type ReviewView = {
  review: Review;
  record: AgentRecord;
  standing: Standing;
  now: Date;
  nameOf(personId: string): string;
};

/** Why it could not be put off, with what was typed. */
export type ExtensionProblem = { text: string; until: string; reason: string };

/** An agent is to be looked over by whoever answers for it; later what they said. */
export function renderReview(view: ReviewView, problem?: ExtensionProblem): Card {
  return fitting(
    () => render(view, problem, 100),
    () => render(view, problem, 8),
  );
}

function render(view: ReviewView, problem: ExtensionProblem | undefined, most: number): Card {
  const { review, record, standing, now } = view;
  const scopes = record.data_scopes.map(({ scope_name, classification }) => `${scope_name} (${classification})`);
  return expand({
    ...dutyHead(stateOf(view), record.display_name),
    facts: [
      clusterFact(record.cluster_id),
      { label: "Data scopes", value: listed(scopes, most) },
      { label: "Deprecation date", value: record.deprecation_date },
      { label: "Review due", value: review.dueOn },
      { label: "Days overdue", value: String(daysOverdue(review, review.decidedAt ?? now)) },
      { label: "Owner", value: plain(cut(record.owner_upn, 200)) },
    ],
    problem: problem === undefined ? "" : plain(cut(problem.text, 700)),
    open: review.state === "open",
    extensible: mayExtend(record, standing) && latestExtension(record, now) > dayOf(now),
    earliest: addDays(dayOf(now), 1),
    latest: latestExtension(record, now),
    until: /^\d{4}-\d{2}-\d{2}$/.test(problem?.until ?? "") ? (problem?.until ?? "") : "",
    reason: visible(cut(problem?.reason ?? "", 1_000)),
    stops: stopsOf(record, most),
    reviewId: review.reviewId,
  });
}

function stateOf({ review, standing, record, now, nameOf }: ReviewView): Stand {
  const by = review.state === "open" || review.decidedBy === "registry" ? "" : nameOf(review.decidedBy);
  switch (review.state) {
    case "open": {
      const days = daysOverdue(review, now);
      const left = mayExtend(record, standing)
        ? `You may put it off once, for ${MOST_DAYS_OF_EXTENSION} days at most.`
        : "It was put off before, and that is possible once.";
      return {
        style: urgency(days),
        banner: days === 0 ? "A review is due today" : `A review is ${days} ${days === 1 ? "day" : "days"} overdue`,
        text:
          review.degradedAt === null
            ? `Is it still needed, does it still do what it should, and may it still read what it reads? ${left} Without an answer within seven days it is degraded.`
            : `Nobody has answered since ${dayOf(review.askedAt)}: it is degraded until somebody does, and serves only where nobody else can. ${left}`,
      };
    }
    case "reviewed":
      return by === ""
        ? { style: "good", banner: "Reviewed", text: "Its record tells of a newer review. Nothing is to be done." }
        : {
            style: "good",
            banner: `Reviewed by ${by}`,
            text: `It is asked about again in ${record.review_cadence_days} days.`,
          };
    case "extended":
      return {
        style: "default",
        banner: `Put off until ${review.untilOn} by ${by}`,
        text: `Reason: ${review.why}`,
      };
    case "deprecated":
      return {
        style: "default",
        banner: by === "" ? "Deprecated" : `Deprecated by ${by}`,
        text: "It serves nobody any more, and it never comes back. Its record and its history are kept.",
      };
  }
}

/** What people will not get an answer to any more. */
export function stopsOf(
  { display_name: name, intent_patterns: intents }: Pick<AgentRecord, "display_name" | "intent_patterns">,
  most: number,
): string {
  const labels = intents.map(({ intent_label }) => intentName(intent_label));
  return `This stops at once and for good: ${listed(labels, most)}. ${brief(name)} never comes back: a replacement is a new agent.`;
}
