import { renderForgotten, renderQuarantinedFact } from "../../card/memory-question.ts";
import { loadFact, quarantinedByCode } from "../../memory/facts/store.ts";
import { judgeFact } from "../../review/memory/judge-fact.ts";
import { type CardResult, refused } from "../card-result.ts";
import type { BotPorts, Incoming } from "../incoming.ts";
import { nameOf } from "../present-ports.ts";

const gone = refused(
  404,
  "NotFound",
  "There is no such thing in quarantine",
  "It was judged or forgotten already. Nothing was changed.",
);

/** Something in quarantine is released or deleted. The clicked card becomes what it is now, whoever was faster. */
export async function judge(
  ports: BotPorts,
  incoming: Incoming,
  factId: string,
  verb: "release" | "delete",
): Promise<CardResult> {
  const { person, personId } = incoming;
  const judged = await judgeFact(ports, { factId, person, personId, verb });
  ports.wake();
  if (judged.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${judged.why} Nothing was changed.`);
  if (judged.outcome === "gone") return gone;
  const fact = await loadFact(ports.pool, ports.tenantId, factId);
  const card = fact === undefined ? renderForgotten() : renderQuarantinedFact(fact, nameOf(ports, fact.personId));
  return { kind: "card", card, isNews: false };
}

/** The typed equivalent. */
export async function judgeByCode(
  ports: BotPorts,
  incoming: Incoming,
  code: string,
  verb: "release" | "delete",
): Promise<CardResult> {
  const factId = await quarantinedByCode(ports.pool, ports.tenantId, code);
  return factId === undefined ? gone : judge(ports, incoming, factId, verb);
}
