import { z } from "zod";
import { kinds } from "../review/reports/period.ts";

/** Names of inputs on a card: what is typed there changes the slot of this name. */
export const EDIT_PREFIX = "edit_";
/** Names of slots. What is none must not be left out in silence: whoever typed it would approve something else. */
const SLOT = /^[a-z]\w*$/i;
/** The same for what something remembered means, by its id. */
const VALUE_PREFIX = "value_";
/** The largest card, a page of a list with an input in each line, sends far fewer. */
const MOST_FIELDS = 200;

const id = z.uuid();
// Clients and templating turn numbers into texts now and then.
const list = z.preprocess(
  (given) => (typeof given === "string" ? given.split(",") : given),
  z.array(id).min(1).max(20),
);
const cluster = z.enum(["sales", "finance", "it-security", "hr-legal"]);
const whole = z.coerce.number().int().nonnegative();

/**
 * What the buttons of our cards may say. Everything in it is attacker-editable: ids are opaque, versions only tell what was
 * seen, and who may decide is never in here.
 */
export const CardAction = z.discriminatedUnion("verb", [
  z.object({
    verb: z.literal("approval.approve"),
    approvalId: id,
    version: whole,
    /** what the approver typed into the inputs of the card, by slot */
    changes: z.record(z.string().max(60), z.string().max(500)).default({}),
  }),
  z.object({
    verb: z.literal("approval.reject"),
    approvalId: id,
    version: whole,
    reason: z.string().max(4_000).default(""),
  }),
  z.object({
    verb: z.literal("approval.ask"),
    approvalId: id,
    version: whole,
    question: z.string().max(4_000).default(""),
  }),
  z.object({
    verb: z.literal("approval.delegate"),
    approvalId: id,
    version: whole,
    to: z.string().max(200).default(""),
  }),
  z.object({ verb: z.literal("approval.answer"), approvalId: id, answer: z.string().max(4_000).default("") }),
  z.object({ verb: z.literal("approval.open"), approvalId: id }),
  z.object({ verb: z.literal("question.open"), approvalId: id }),
  z.object({ verb: z.literal("run.open"), runId: id }),
  z.object({ verb: z.literal("run.cancel"), runId: id }),
  z.object({ verb: z.literal("run.raise"), runId: id }),
  z.object({ verb: z.literal("run.wrap-up"), runId: id }),
  z.object({ verb: z.literal("run.check"), runId: id, stepId: z.string().max(100), happened: z.enum(["yes", "no"]) }),
  z.object({ verb: z.literal("inbox.preview"), ids: list }),
  z.object({ verb: z.literal("inbox.approve"), ids: list, digest: z.string().length(64) }),
  z.object({ verb: z.literal("turn.choose"), turnId: id, choice: whole }),
  z.object({ verb: z.literal("turn.wrong-agent"), turnId: id }),
  z.object({
    verb: z.literal("turn.correct"),
    turnId: id,
    /** a place in the recorded routing decision; "other": the agent and intent that `other` names */
    choice: z.union([z.enum(["none", "other"]), whole]),
    other: z.string().max(200).default(""),
  }),
  z.object({
    verb: z.literal("correction.approve"),
    correctionId: id,
    /** what is learnt, as the owner wants it; absent: as it was said */
    utterance: z.string().max(300).optional(),
  }),
  z.object({ verb: z.literal("correction.decline"), correctionId: id, reason: z.string().max(1_000).default("") }),
  z.object({ verb: z.literal("correction.open"), correctionId: id }),
  z.object({ verb: z.literal("review.done"), reviewId: id }),
  z.object({
    verb: z.literal("review.extend"),
    reviewId: id,
    /** a day such as 2026-11-20, as the client's date picker gives it */
    until: z.string().max(30).default(""),
    reason: z.string().max(1_000).default(""),
  }),
  z.object({ verb: z.literal("review.deprecate"), reviewId: id }),
  z.object({ verb: z.literal("incident.acknowledge"), incidentId: id }),
  z.object({ verb: z.literal("incident.return"), incidentId: id, reason: z.string().max(1_000).default("") }),
  z.object({ verb: z.literal("sunset.acknowledge"), sunsetId: id }),
  z.object({ verb: z.literal("vacancy.name"), vacancyId: id, owner: z.string().max(200).default("") }),
  z.object({ verb: z.literal("duty.open"), of: z.enum(["review", "incident", "sunset", "vacancy"]), id }),
  z.object({ verb: z.literal("memory.page"), page: whole }),
  z.object({
    verb: z.literal("memory.opt-in"),
    clusterId: cluster,
    /** what the person wanted kept when they were asked, in their words */
    what: z.string().max(400).default(""),
  }),
  z.object({ verb: z.literal("memory.decline") }),
  z.object({ verb: z.literal("memory.opt-out"), clusterId: cluster }),
  z.object({ verb: z.literal("memory.confirm"), factId: id }),
  z.object({ verb: z.literal("memory.correct"), factId: id, value: z.string().max(300).default("") }),
  z.object({ verb: z.literal("memory.forget"), factId: id }),
  z.object({ verb: z.literal("memory.search"), factId: id }),
  z.object({ verb: z.literal("memory.export") }),
  z.object({ verb: z.literal("memory.release"), factId: id }),
  z.object({ verb: z.literal("memory.delete"), factId: id }),
  z.object({ verb: z.literal("tools.release"), reviewId: id, reason: z.string().max(1_000).default("") }),
  z.object({ verb: z.literal("tools.keep-out"), reviewId: id, reason: z.string().max(1_000).default("") }),
  z.object({ verb: z.literal("turn.feedback"), turnId: id, value: z.enum(["up", "down"]) }),
  z.object({ verb: z.literal("turn.why"), turnId: id }),
  z.object({
    verb: z.literal("handoff.request"),
    turnId: id,
    clusterId: z.enum(["", ...cluster.options]),
  }),
  z.object({ verb: z.literal("handoff.claim"), handoffId: id }),
  z.object({ verb: z.literal("handoff.resolve"), handoffId: id, note: z.string().max(4_000).default("") }),
  z.object({ verb: z.literal("handoff.return"), handoffId: id }),
  z.object({
    verb: z.literal("fleet.show"),
    cluster: z.string().max(40).default(""),
    status: z.string().max(40).default(""),
    page: whole,
  }),
  /** leafing: the filter is the one that was shown, whatever stands in the fields now */
  z.object({ verb: z.literal("fleet.page"), of: z.string().max(40), in: z.string().max(40), page: whole }),
  z.object({ verb: z.literal("fleet.agent"), agentId: id }),
  z.object({ verb: z.literal("report.page"), of: z.enum(kinds), period: z.string().max(10), page: whole }),
  z.object({
    verb: z.literal("inbox.page"),
    list: z.enum(["approvals", "requests", "corrections", "reviews"]),
    page: whole,
  }),
]);
export type CardAction = z.infer<typeof CardAction>;

/**
 * Reads the data of a button, whichever way it came. The verb of an `Action.Execute` counts before one in its data.
 * @returns the action, or what is wrong with it in words for a person
 */
export function parseCardAction(verb: unknown, data: unknown): { action: CardAction } | { wrong: string } {
  if (typeof data !== "object" || data === null || Array.isArray(data))
    return { wrong: "The button sent nothing that I can read." };
  if (Object.keys(data).length > MOST_FIELDS)
    return { wrong: `The button sent more than ${MOST_FIELDS} fields, and none of mine does. Nothing was changed.` };
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(data).filter(([key]) => key !== "__proto__"),
  );
  const typed = Object.entries(given).filter(([key]) => key.startsWith(EDIT_PREFIX));
  if (typed.some(([key]) => !SLOT.test(key.slice(EDIT_PREFIX.length))))
    return { wrong: "The card has a field that is none of mine. Nothing was changed." };
  if (typed.length > 0)
    given.changes = Object.fromEntries(typed.map(([key, value]) => [key.slice(EDIT_PREFIX.length), value]));
  // A list has an input for each of its lines: that of this line is meant.
  if (typeof given.factId === "string" && `${VALUE_PREFIX}${given.factId}` in given)
    given.value = given[`${VALUE_PREFIX}${given.factId}`];
  const parsed = CardAction.safeParse({ ...given, ...(typeof verb === "string" ? { verb } : {}) });
  if (parsed.success) return { action: parsed.data };
  const tooLong = parsed.error.issues.find(({ code }) => code === "too_big");
  if (tooLong?.code === "too_big" && tooLong.origin === "string")
    return { wrong: `What you typed is longer than ${tooLong.maximum} characters. Shorten it and click again.` };
  const known = CardAction.options.some((option) => option.shape.verb.value === (verb ?? given.verb));
  return {
    wrong: known
      ? "The button of this card is incomplete. Type “my approvals” to get fresh cards."
      : "I do not know this button. The card may be from another version of me: type “my approvals” to get fresh cards.",
  };
}
