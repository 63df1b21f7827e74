import { renderIncident } from "../card/incident.ts";
import { answerIncident } from "../review/incidents/answer-incident.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfIncident } from "./present-incident.ts";

const gone = refused(404, "NotFound", "This incident is not there any more", "Nothing was changed.");

/** A button on the card of an incident. The clicked card becomes what the incident is now, whoever was faster. */
export async function answerOnIncident(
  ports: BotPorts,
  incoming: Incoming,
  incidentId: string,
  answer: { verb: "acknowledge" } | { verb: "return"; why: string },
): Promise<CardResult> {
  const { person, personId } = incoming;
  const answered = await answerIncident(ports, { incidentId, person, personId, ...answer });
  ports.wake();
  if (answered.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${answered.why} Nothing was changed.`);
  const view = answered.outcome === "gone" ? undefined : await viewOfIncident(ports.pool, ports, incidentId);
  if (view === undefined) return gone;
  if (answered.outcome !== "refused") return { kind: "card", card: renderIncident(view), isNews: false };
  const reason = answer.verb === "return" ? answer.why : "";
  return { kind: "card", card: renderIncident(view, { text: answered.why, reason }), isNews: true };
}
