import { renderVacancy } from "../card/vacancy.ts";
import { nameOwner } from "../review/vacancies/name-owner.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { viewOfVacancy } from "./present-vacancy.ts";

const gone = refused(
  404,
  "NotFound",
  "This agent is not there any more",
  "It has left the fleet. Nothing was changed.",
);

/** Somebody names who answers for an agent. The clicked card becomes what it is now, whoever was faster. */
export async function nameOnVacancy(
  ports: BotPorts,
  incoming: Incoming,
  vacancyId: string,
  ownerId: string,
): Promise<CardResult> {
  const { person, personId } = incoming;
  const named = await nameOwner(ports, { vacancyId, person, personId, ownerId });
  ports.wake();
  if (named.outcome === "not-yours")
    return refused(403, "NotYours", "You cannot decide this", `${named.why} Nothing was changed.`);
  const view = named.outcome === "gone" ? undefined : await viewOfVacancy(ports.pool, ports, vacancyId);
  if (view === undefined) return gone;
  const problem = named.outcome === "refused" ? named.why : "";
  return { kind: "card", card: renderVacancy(view, problem), isNews: problem !== "" };
}
