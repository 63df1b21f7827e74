import { renderSunset } from "../card/sunset.ts";
import { acknowledgeEnd } from "../review/sunsets/answer-sunset.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfSunset } from "./present-sunset.ts";

const gone = refused(
  404,
  "NotFound",
  "This agent is not there any more",
  "It has left the fleet. Nothing was changed.",
);

/** The button on the card about the end of an agent. */
export async function acknowledgeSunset(ports: BotPorts, incoming: Incoming, sunsetId: string): Promise<CardResult> {
  const { person, personId } = incoming;
  const answered = await acknowledgeEnd(ports, { sunsetId, person, personId });
  ports.wake();
  if (answered.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot answer this", `${answered.why} Nothing was changed.`);
  const view = answered.outcome === "gone" ? undefined : await viewOfSunset(ports.pool, ports, sunsetId);
  return view === undefined ? gone : { kind: "card", card: renderSunset({ ...view, isOwners: true }), isNews: false };
}
