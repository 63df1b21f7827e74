import { renderNotice } from "../card/notice.ts";
import { stopsOf } from "../card/review.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import { openIncidents } from "../review/incidents/store.ts";
import { loadReview, openReviews } from "../review/reviews/store.ts";
import { comingSunsets } from "../review/sunsets/store.ts";
import { openVacancies } from "../review/vacancies/store.ts";
import { agentCalled } from "./agent-called.ts";
import { type CardResult, refused } from "./card-result.ts";
import { personNamed } from "./decide.ts";
import type { DutyCommand } from "./duty-command.ts";
import { answerOnIncident } from "./incidents.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { answerOnReview } from "./reviews.ts";
import { acknowledgeSunset } from "./sunsets.ts";
import { nameOnVacancy } from "./vacancies.ts";

type Said<V extends DutyCommand["verb"]> = Extract<DutyCommand, { verb: V }>;

/**
 * What was typed about an agent by whoever answers for it: the same as the buttons on its cards, decided at the same places.
 * Undefined where nothing is called like that, and the words are to be routed.
 */
export async function carryOutDuty(
  ports: BotPorts,
  incoming: Incoming,
  command: DutyCommand,
): Promise<CardResult | undefined> {
  const agent = agentCalled(ports, command.agent);
  if (agent === undefined) return undefined;
  switch (command.verb) {
    case "reviewed":
    case "extend":
    case "deprecate":
      return onReview(ports, incoming, agent, command);
    case "acknowledge":
      return acknowledge(ports, incoming, agent);
    case "return":
      return putBack(ports, incoming, agent, command.why);
    case "name-owner":
      return nameFor(ports, incoming, agent, command.owner);
  }
}

async function onReview(
  ports: BotPorts,
  incoming: Incoming,
  { agent_id: agentId, display_name: name, ...record }: AgentRecord,
  command: Said<"reviewed" | "extend" | "deprecate">,
): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const open = (await openReviews(pool, tenantId)).find((review) => review.agentId === agentId);
  if (open === undefined) return nothingOpen(`No review of ${name} waits for an answer`);
  const { reviewId } = open;
  if (command.verb === "deprecate" && !command.isSure) {
    const text = `${stopsOf({ ...record, display_name: name }, 20)} If that is what you want, type: deprecate ${name} for good`;
    return { kind: "card", card: renderNotice("warning", `${name} would end`, text), isNews: true };
  }
  const { verb } = command;
  const answer = verb === "extend" ? { verb, until: command.until, why: command.why } : { verb };
  const result = await answerOnReview(ports, incoming, reviewId, answer);
  const now = await loadReview(pool, tenantId, reviewId);
  const words = {
    open: "waits for an answer",
    reviewed: "is marked as reviewed",
    extended: `is put off until ${now?.untilOn ?? ""}`,
    deprecated: "has ended with its deprecation",
  };
  return inWords(result, `The review of ${name} ${words[now?.state ?? "open"]}.`);
}

/** Whatever about the agent waits for somebody to have seen it: incidents, and that its last day comes. */
async function acknowledge(
  ports: BotPorts,
  incoming: Incoming,
  { agent_id: agentId, display_name: name }: AgentRecord,
): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const incidents = (await openIncidents(pool, tenantId, agentId)).filter(({ state }) => state === "open");
  const sunsets = (await comingSunsets(pool, tenantId)).filter(
    (one) => one.agentId === agentId && one.acknowledgedAt === null,
  );
  const done: string[] = [];
  for (const { incidentId, kind } of incidents) {
    const result = await answerOnIncident(ports, incoming, incidentId, { verb: "acknowledge" });
    if (result.kind === "refused") return result;
    done.push(kind.replace("_", " "));
  }
  for (const { sunsetId, endsOn } of sunsets) {
    const result = await acknowledgeSunset(ports, incoming, sunsetId);
    if (result.kind === "refused") return result;
    done.push(`its last day, ${endsOn}`);
  }
  if (done.length === 0) return nothingOpen(`Nothing about ${name} waits to be acknowledged`);
  return { kind: "said", text: `${name}: acknowledged (${done.join(", ")}).` };
}

async function putBack(
  ports: BotPorts,
  incoming: Incoming,
  { agent_id: agentId, display_name: name }: AgentRecord,
  why: string,
): Promise<CardResult> {
  // One that nobody has acknowledged comes first: then the answer says so.
  const [incident] = (await openIncidents(ports.pool, ports.tenantId, agentId)).toSorted(
    (a, b) => Number(b.state === "open") - Number(a.state === "open"),
  );
  if (incident === undefined) return nothingOpen(`No incident keeps ${name} out of service`);
  const result = await answerOnIncident(ports, incoming, incident.incidentId, { verb: "return", why });
  return inWords(result, `${name} is back in service.`);
}

async function nameFor(
  ports: BotPorts,
  incoming: Incoming,
  { agent_id: agentId, display_name: name }: AgentRecord,
  wanted: string,
): Promise<CardResult> {
  const vacancy = (await openVacancies(ports.pool, ports.tenantId)).find((one) => one.agentId === agentId);
  if (vacancy === undefined) return nothingOpen(`Somebody answers for ${name} already`);
  const person = personNamed(ports, wanted);
  if (person === undefined)
    return refused(404, "NotFound", `I cannot tell who “${wanted.slice(0, 60)}” is`, "Give a full name or an address.");
  const result = await nameOnVacancy(ports, incoming, vacancy.vacancyId, person.aadObjectId);
  return inWords(result, `${person.name} answers for ${name} now.`);
}

/** Typed in a chat that may not show the card: what was decided is told in words; a card that says more is shown. */
function inWords(result: CardResult, text: string): CardResult {
  return result.kind === "card" && !result.isNews ? { kind: "said", text } : result;
}

function nothingOpen(title: string): CardResult {
  return refused(404, "NotFound", title, "Type “reviews” to see what waits for you.");
}
