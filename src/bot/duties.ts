import { type InboxItem, PAGE, renderInbox } from "../card/inbox.ts";
import { mayNameOwner } from "../policy/may-answer-for.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import { dayOf } from "../review/day.ts";
import { mayAnswerIncident } from "../review/incidents/answer-incident.ts";
import { openIncidents } from "../review/incidents/store.ts";
import { daysOverdue } from "../review/reviews/review.ts";
import { openReviews } from "../review/reviews/store.ts";
import { comingSunsets } from "../review/sunsets/store.ts";
import { openVacancies } from "../review/vacancies/store.ts";
import type { CardResult } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { blank } from "./lists.ts";
import { maySpeakFor } from "./may-speak-for.ts";

type Duty = { record: AgentRecord; item: InboxItem };

/** "reviews": all that waits for this person because they answer for agents. Whoever has lost a card gets it back from here. */
export async function dutiesOf(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const mine = ({ record }: Duty): number => Number(record.owner_upn !== incoming.person?.upn);
  const found = await Promise.all([incidents, vacancies, sunsets, reviews].map((of) => of(ports, incoming)));
  // Their own agents first, then those for which they stand in.
  const items = found
    .flat()
    .toSorted((a, b) => mine(a) - mine(b))
    .map(({ item }) => item);
  const current = Math.min(page, Math.max(0, Math.ceil(items.length / PAGE) - 1));
  const shown = items.slice(current * PAGE, (current + 1) * PAGE);
  const card = renderInbox({ list: "reviews", items: shown, total: items.length, page: current, batch: [] });
  return { kind: "card", card, isNews: true };
}

type Part = (ports: BotPorts, incoming: Incoming) => Promise<Duty[]>;
type Line = Pick<InboxItem, "id" | "opens" | "summary" | "detail" | "state" | "color">;

function dutyOf(record: AgentRecord, line: Line): Duty[] {
  return [{ record, item: { ...blank, turnId: line.id, ...line } }];
}

const incidents: Part = async (ports, { person }) =>
  (await openIncidents(ports.pool, ports.tenantId)).flatMap((incident) => {
    const record = ports.registry.byId.get(incident.agentId);
    if (record === undefined) return [];
    const isOpen = incident.state === "open";
    // What was acknowledged and is only degraded comes back by itself.
    if (!isOpen && record.status !== "suspended") return [];
    if (!mayAnswerIncident(ports, person, isOpen ? "acknowledge" : "return", incident).permitted) return [];
    const { incidentId: id, kind, openedAt } = incident;
    const name = record.display_name;
    return dutyOf(record, {
      ...{ id, opens: "incident", summary: `${name}: ${kind.replace("_", " ")}` },
      detail: `since ${dayOf(openedAt)} · or type: ${isOpen ? `acknowledge ${name}` : `put back ${name}: why`}`,
      ...{ state: isOpen ? "acknowledge it" : "is out of service", color: "Attention" },
    });
  });

const vacancies: Part = async (ports, { person }) =>
  (await openVacancies(ports.pool, ports.tenantId)).flatMap(({ vacancyId: id, agentId, openedAt, suspendedAt }) => {
    const record = ports.registry.byId.get(agentId);
    if (record === undefined) return [];
    if (!mayNameOwner(ports.policies, person, { agentId, clusterId: record.cluster_id }).permitted) return [];
    const name = record.display_name;
    return dutyOf(record, {
      ...{ id, opens: "vacancy", summary: `${name}: nobody answers for it` },
      detail: `since ${dayOf(openedAt)} · or type: name SOMEBODY for ${name}`,
      ...{ state: suspendedAt === null ? "name an owner" : "is suspended", color: "Attention" },
    });
  });

const sunsets: Part = async (ports, { person }) =>
  (await comingSunsets(ports.pool, ports.tenantId)).flatMap(({ sunsetId: id, agentId, endsOn, acknowledgedAt }) => {
    const record = ports.registry.byId.get(agentId);
    if (record === undefined || acknowledgedAt !== null || !maySpeakFor(ports, person, record).permitted) return [];
    const name = record.display_name;
    return dutyOf(record, {
      ...{ id, opens: "sunset", summary: `${name}: its last day comes` },
      detail: `it ends on ${endsOn} · or type: acknowledge ${name}`,
      ...{ state: "say that you know", color: "Warning" },
    });
  });

const reviews: Part = async (ports, { person }) => {
  const now = await ports.clock.now(ports.pool);
  return (await openReviews(ports.pool, ports.tenantId)).flatMap((review) => {
    const record = ports.registry.byId.get(review.agentId);
    if (record === undefined || !maySpeakFor(ports, person, record).permitted) return [];
    const days = daysOverdue(review, now);
    const name = record.display_name;
    return dutyOf(record, {
      ...{ id: review.reviewId, opens: "review", summary: `${name}: its review` },
      detail: `due on ${review.dueOn} · or type: reviewed ${name} · extend ${name} until DAY: why · deprecate ${name}`,
      state: days === 0 ? "due today" : `${days} ${days === 1 ? "day" : "days"} overdue`,
      color: review.degradedAt === null ? "Warning" : "Attention",
    });
  });
};
