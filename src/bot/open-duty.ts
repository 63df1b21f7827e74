import { renderIncident } from "../card/incident.ts";
import { renderReview } from "../card/review.ts";
import { renderSunset } from "../card/sunset.ts";
import type { Card } from "../card/template.ts";
import { renderVacancy } from "../card/vacancy.ts";
import type { PolicyAnswer } from "../policy/cedar.ts";
import { mayNameOwner } from "../policy/may-answer-for.ts";
import { mayAnswerIncident } from "../review/incidents/answer-incident.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { maySpeakFor } from "./may-speak-for.ts";
import { type About, post } from "./outbox.ts";
import { viewOfIncident } from "./present-incident.ts";
import { chatWith } from "./present-ports.ts";
import { viewOfReview } from "./present-review.ts";
import { viewOfSunset } from "./present-sunset.ts";
import { viewOfVacancy } from "./present-vacancy.ts";

export type DutyKind = "review" | "incident" | "sunset" | "vacancy";

/** Sends the whole card again, as it is now; from then on it follows what it is about, like the first one. */
export async function openDuty(
  ports: BotPorts,
  incoming: Incoming,
  { of, id }: { of: DutyKind; id: string },
): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const shown = await cards[of](ports, incoming.person, id);
  if (shown === undefined)
    return refused(404, "NotFound", "This is not there any more", "Type “reviews” to see what waits for you.");
  const { card, view, version, may } = shown;
  if (!may.permitted) return refused(403, "NotYours", "This is not for you", `${may.reason} Nothing was changed.`);
  const about: About = { kind: of, id, view, version };
  const target = await chatWith(pool, tenantId, incoming.personId);
  await post(pool, tenantId, target, { card, about }, `${of}:${id}:opened:${incoming.activityId}`, incoming.personId);
  ports.wake();
  return { kind: "said", text: "It is below." };
}

type Shown = { card: Card; version: number; view: string; may: PolicyAnswer };
type Load = (ports: BotPorts, person: Incoming["person"], id: string) => Promise<Shown | undefined>;

const cards: Record<DutyKind, Load> = {
  review: async (ports, person, id) => {
    const view = await viewOfReview(ports.pool, ports, id);
    if (view === undefined) return undefined;
    const may = maySpeakFor(ports, person, view.record);
    return { card: renderReview(view), version: view.review.version, view: "owner", may };
  },
  incident: async (ports, person, id) => {
    const view = await viewOfIncident(ports.pool, ports, id);
    if (view === undefined) return undefined;
    const may = mayAnswerIncident(ports, person, "acknowledge", view.incident);
    return { card: renderIncident(view), version: view.incident.version, view: "concerned", may };
  },
  sunset: async (ports, person, id) => {
    const view = await viewOfSunset(ports.pool, ports, id);
    if (view === undefined) return undefined;
    const { version, stage } = view.sunset;
    const may = maySpeakFor(ports, person, view.record);
    return { card: renderSunset({ ...view, isOwners: true }), version, view: stage, may };
  },
  vacancy: async (ports, person, id) => {
    const view = await viewOfVacancy(ports.pool, ports, id);
    if (view === undefined) return undefined;
    const { agentId, version } = view.vacancy;
    const may = mayNameOwner(ports.policies, person, { agentId, clusterId: view.record.cluster_id });
    return { card: renderVacancy(view), version, view: "lead", may };
  },
};
