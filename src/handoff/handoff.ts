/**
 * A handoff is a conversation that people of a cluster take over from the fleet. First claim wins; whoever claimed talks with
 * the requester through the bot until they resolve it or either of the two hands it back to the bot.
 */
export type HandoffStatus = "waiting" | "claimed" | "resolved" | "returned";

export type Handoff = {
  handoffId: string;
  code: string;
  turnId: string;
  /** where the requester waits */
  conversationId: string;
  requesterId: string;
  requesterName: string;
  clusterId: string;
  summary: HandoffSummary;
  status: HandoffStatus;
  version: number;
  /** aadObjectId of the responder */
  claimedBy: string | null;
  note: string | null;
  createdAt: Date;
};

/** What a responder needs to begin: what was said, why the fleet gave up, and whom it would have asked. */
export type HandoffSummary = {
  reason: string;
  transcript: { who: string; text: string }[];
  candidates: { displayName: string; intent: string; score: number }[];
};

export type HandoffCommand = {
  verb: "claim" | "resolve" | "return";
  actorId: string;
  /** may the actor serve this cluster? (policy) */
  mayServe: { permitted: boolean; policyId: string; reason: string };
  note: string | undefined;
  /** the actor already talks with somebody else: the code of that handoff */
  busyWith: string | undefined;
};

export type HandoffOutcome =
  | { outcome: "claimed" }
  | { outcome: "resolved"; note: string | null }
  | { outcome: "returned" }
  | { outcome: "already-claimed"; by: string }
  | { outcome: "already-over"; status: HandoffStatus }
  | { outcome: "not-claimed" }
  | { outcome: "busy"; code: string }
  | { outcome: "not-yours"; why: string };

const MAX_NOTE = 1_000;

/** Decides on a handoff: pure, and the same for cards and typed commands. */
export function decideHandoff(handoff: Handoff, command: HandoffCommand): HandoffOutcome {
  const { verb, actorId, mayServe } = command;
  const isRequester = actorId === handoff.requesterId;
  const isResponder = actorId === handoff.claimedBy;
  if (!mayServe.permitted && !(verb === "return" && isRequester)) return { outcome: "not-yours", why: mayServe.reason };
  if (handoff.status === "resolved" || handoff.status === "returned")
    return { outcome: "already-over", status: handoff.status };
  switch (verb) {
    case "claim":
      if (isRequester) return { outcome: "not-yours", why: "You are the one who waits for help here." };
      if (handoff.claimedBy !== null) return { outcome: "already-claimed", by: handoff.claimedBy };
      return command.busyWith === undefined ? { outcome: "claimed" } : { outcome: "busy", code: command.busyWith };
    case "resolve":
      if (handoff.status !== "claimed") return { outcome: "not-claimed" };
      if (!isResponder) return { outcome: "already-claimed", by: handoff.claimedBy ?? "" };
      return { outcome: "resolved", note: command.note?.trim().slice(0, MAX_NOTE) || null };
    case "return":
      if (isRequester || isResponder) return { outcome: "returned" };
      return handoff.claimedBy === null
        ? { outcome: "not-claimed" }
        : { outcome: "already-claimed", by: handoff.claimedBy };
  }
}
