import { type CardResult, postOf } from "./card-result.ts";
import { type BotPorts, type Incoming, replyKey } from "./incoming.ts";
import { post } from "./outbox.ts";

/** The clicked card stays as it is: what the click leads to is said below it. */
export async function postBelow(ports: BotPorts, incoming: Incoming, result: CardResult): Promise<CardResult> {
  if (result.kind !== "card") return result;
  const here = { conversationId: incoming.place.conversationId };
  await post(ports.pool, ports.tenantId, here, postOf(result), replyKey(incoming, "below"), incoming.personId);
  ports.wake();
  return { kind: "said", text: "See below." };
}
