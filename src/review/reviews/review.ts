import type { AgentRecord } from "../../registry/agent-record.ts";
import { addDays, type Day, dayOf, daysBetween, daysSince, earlierOf } from "../day.ts";

/** One time that an agent is to be looked over by whoever answers for it. */
export type Review = {
  reviewId: string;
  agentId: string;
  dueOn: Day;
  askedAt: Date;
  reminded: number;
  degradedAt: Date | null;
  version: number;
} & (
  | { state: "open"; decidedBy: null; decidedAt: null; untilOn: null; why: null }
  | { state: "reviewed" | "deprecated"; decidedBy: string; decidedAt: Date; untilOn: null; why: null }
  | { state: "extended"; decidedBy: string; decidedAt: Date; untilOn: Day; why: string }
);

/** What people have decided about an agent here: its last review, and the last time that one was put off. */
export type Standing = { reviewedOn: Day | null; extendedOn: Day | null; extendedUntil: Day | null };
export const NOTHING_DECIDED: Standing = { reviewedOn: null, extendedOn: null, extendedUntil: null };

/** Policy: how far a review can be put off, and how often. */
export const MOST_DAYS_OF_EXTENSION = 30;
/** Nobody answered for so long: the agent is degraded. */
const DAYS_TO_ANSWER = 7;
/** So many reminders, one a week, and nobody answered: nobody does. */
const MOST_REMINDERS = 3;

type Reviewed = Pick<AgentRecord, "last_review_at" | "review_cadence_days">;

/** The later of the record's last review and the one that was recorded here. */
export function lastReview(record: Reviewed, { reviewedOn }: Standing): Day {
  return reviewedOn !== null && reviewedOn > record.last_review_at ? reviewedOn : record.last_review_at;
}

/** Until when the review that follows the last one was put off; undefined where it was not. */
function extension(record: Reviewed, standing: Standing): Day | undefined {
  const { extendedOn, extendedUntil } = standing;
  const counts = extendedOn !== null && extendedOn >= lastReview(record, standing);
  return counts ? (extendedUntil ?? undefined) : undefined;
}

/** The day from which the next review is due. Pure. */
export function dueOn(record: Reviewed, standing: Standing): Day {
  const due = addDays(lastReview(record, standing), record.review_cadence_days);
  const until = extension(record, standing);
  return until !== undefined && until > due ? until : due;
}

/** 0 on the day itself. */
export function daysOverdue({ dueOn: due }: Pick<Review, "dueOn">, now: Date): number {
  return Math.max(0, daysBetween(due, dayOf(now)));
}

/** How urgent a review looks (R9.1). */
export function urgency(days: number): "default" | "warning" | "attention" {
  return days >= 22 ? "attention" : days >= 15 ? "warning" : "default";
}

/**
 * What the flow does about an open review. Pure.
 * @param record as it serves now; a review that it tells of settles the question
 */
export function nextOf(
  review: Review & { state: "open" },
  record: Reviewed & Pick<AgentRecord, "status">,
  standing: Standing,
  now: Date,
):
  | { type: "settled"; as: "reviewed" | "deprecated" }
  | { type: "remind"; reminded: number; degrade: boolean }
  | undefined {
  if (record.status === "deprecated") return { type: "settled", as: "deprecated" };
  if (dueOn(record, standing) > review.dueOn) return { type: "settled", as: "reviewed" };
  const days = daysSince(review.askedAt, now);
  const reminded = Math.min(MOST_REMINDERS, 1 + Math.floor(days / DAYS_TO_ANSWER));
  const degrade = days >= DAYS_TO_ANSWER && review.degradedAt === null;
  return reminded > review.reminded || degrade ? { type: "remind", reminded, degrade } : undefined;
}

/** Were so many reminders left unanswered that nobody answers for the agent at all? Pure. */
export function isSilent({ state, askedAt, reminded }: Review, now: Date): boolean {
  return state === "open" && reminded >= MOST_REMINDERS && daysSince(askedAt, now) >= MOST_REMINDERS * DAYS_TO_ANSWER;
}

/** What whoever answers for an agent says about its review. */
export type Answer = { verb: "reviewed" } | { verb: "extend"; until: string; why: string } | { verb: "deprecate" };

/** May this review be put off once more? Only once between two reviews. */
export function mayExtend(record: Reviewed, standing: Standing): boolean {
  return extension(record, standing) === undefined;
}

/** The last day to which a review can be put off. */
export function latestExtension(record: Pick<AgentRecord, "deprecation_date">, now: Date): Day {
  return earlierOf(addDays(dayOf(now), MOST_DAYS_OF_EXTENSION), record.deprecation_date);
}

/** Why a review cannot be put off like that, as a sentence that tells what to do; undefined where it can. Pure. */
export function whyNotExtend(
  { until, why }: Extract<Answer, { verb: "extend" }>,
  record: Reviewed & Pick<AgentRecord, "deprecation_date">,
  standing: Standing,
  now: Date,
): string | undefined {
  if (!mayExtend(record, standing))
    return `It was put off until ${standing.extendedUntil} already, and that is possible once: mark it reviewed, or deprecate it.`;
  const latest = latestExtension(record, now);
  if (!isDay(until)) return `Choose the day until which you need: ${latest} at the latest.`;
  if (until <= dayOf(now)) return `${until} is not in the future: choose a day until ${latest}.`;
  if (until > record.deprecation_date)
    return `It is deprecated on ${record.deprecation_date}, and nothing is put off beyond that: choose a day until ${latest}.`;
  if (until > latest)
    return `${until} is too far away: a review is put off for ${MOST_DAYS_OF_EXTENSION} days at most, until ${latest}.`;
  if (why.trim() === "") return "Say why you need more time: whoever audits the fleet reads it.";
  return undefined;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(new Date(text)) === text;
}
