import { appendAudit } from "../audit/store.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

/** An activity came twice, and the second time from somebody else: a token was used again. Nothing is done about it but this. */
export async function auditForgery(
  { pool, tenantId, log }: Pick<BotPorts, "pool" | "tenantId" | "log">,
  { activityId, place, personId }: Incoming,
  firstPersonId: string,
): Promise<void> {
  log.warn({ activityId }, "an activity came again from somebody else");
  const data = { activityId, conversationId: place.conversationId, firstPersonId };
  await appendAudit(pool, { tenantId, kind: "activity.forged", actor: personId, data });
}
