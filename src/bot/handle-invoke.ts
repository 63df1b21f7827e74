import { z } from "zod";
import { parseCardAction } from "../card/card-action.ts";
import { messageOf } from "../errors.ts";
import { accept, answered, finish } from "./activity-log.ts";
import { asInvokeAnswer, type CardResult, refused } from "./card-result.ts";
import { auditForgery } from "./forgery.ts";
import { handleCard } from "./handle-card.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import type { InvokeAnswer } from "./teams.ts";

const Invoke = z.looseObject({ action: z.looseObject({ verb: z.string().max(256).optional(), data: z.unknown() }) });
export type Continues = Extract<CardResult, { kind: "continues" }>;

/**
 * A click on a button. The answer is kept, so that a click which is delivered twice gets the same answer.
 * @param goOn called when the click lets a turn go on, which takes longer than an answer may
 */
export async function handleInvoke(
  ports: BotPorts,
  incoming: Incoming,
  goOn: (continues: Continues) => void,
): Promise<InvokeAnswer | Record<string, never>> {
  const { activity, activityId, place, personId } = incoming;
  // Such as Teams' own feedback form: nothing of ours, and nothing that failed.
  if (activity.name !== "adaptiveCard/action") return {};
  const invoke = Invoke.safeParse(activity.value);
  const parsed = invoke.success
    ? parseCardAction(invoke.data.action.verb, invoke.data.action.data ?? {})
    : { wrong: "The button sent nothing that I can read." };
  if ("wrong" in parsed) return asInvokeAnswer(refused(400, "UnknownButton", "That button did nothing", parsed.wrong));

  const { pool, tenantId } = ports;
  const key = { conversationId: place.conversationId, activityId };
  try {
    const taken = { ...key, personId, isPersonalChat: place.kind === "personal", payload: activity };
    const accepted = await accept(pool, tenantId, taken, ports.worker);
    if (accepted.state === "forged") {
      await auditForgery(ports, incoming, accepted.firstPersonId);
      return asInvokeAnswer(refused(403, "NotYours", "That was not your click", "It came from somebody else before."));
    }
    if (accepted.state === "repeat") return (accepted.outcome as InvokeAnswer | undefined) ?? stillWorking;
    const result = await handleCard(ports, incoming, parsed.action, "card");
    const answer = asInvokeAnswer(result);
    if (result.kind !== "continues") await finish(pool, tenantId, key, answer);
    else {
      await answered(pool, tenantId, key, answer);
      goOn(result);
    }
    return answer;
  } catch (error) {
    ports.log.error({ error: messageOf(error), verb: parsed.action.verb }, "a click could not be dealt with");
    return notRecorded;
  }
}

const stillWorking: InvokeAnswer = {
  statusCode: 200,
  type: "application/vnd.microsoft.activity.message",
  value: "I am still working on your first click.",
};

/** True even where only the answer was lost: whatever was decided stays, and a second click on it changes nothing. */
const notRecorded: InvokeAnswer = {
  statusCode: 503,
  type: "application/vnd.microsoft.error",
  value: {
    code: "TryAgain",
    message:
      "I could not record your click just now. Please click again in a minute: a second click never counts twice.",
  },
};
