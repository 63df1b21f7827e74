import type { AgentEvent } from "../../../registry/events/store.ts";
import type { Listed } from "../../../registry/listing/store.ts";
import { addDays, type Day } from "../../day.ts";
import { figure, type Section } from "../report.ts";
import type { ApprovedScope, ReportedVacancy, Reviews } from "./store.ts";

/** What the quarterly audit is computed from; `before`: the same of the quarter before. */
export type QuarterlyFacts = {
  agents: readonly Listed[];
  /** the day at which the audit looks: the first one after the quarter */
  today: Day;
  life: readonly (AgentEvent & { at: Date })[];
  reviews: Reviews;
  vacancies: readonly ReportedVacancy[];
  versions: number;
  used: ReadonlySet<string>;
  /** scopes that were approved more than a year ago */
  oldScopes: readonly ApprovedScope[];
  /** is this address one of a person who is here? */
  isHere(upn: string): boolean;
  before: { life: readonly AgentEvent[]; reviews: Reviews; versions: number };
  nameOf(agentId: string): string;
};

const COMING_DAYS = 92;

/** The quarterly registry audit: who is registered, who answers, what was reviewed, what nobody needs. Pure. */
export function quarterlySections(facts: QuarterlyFacts): Section[] {
  return [fleet(facts), owners(facts), reviews(facts), lifecycle(facts), scopes(facts), unused(facts)];
}

function inService({ agents }: QuarterlyFacts): Listed[] {
  return agents.filter(({ status }) => status !== "deprecated" && status !== "draft");
}

function fleet(facts: QuarterlyFacts): Section {
  const serving = inService(facts);
  const acting = serving.filter(({ capability }) => capability === "action-capable").length;
  const share = serving.length === 0 ? 0 : (acting / serving.length) * 100;
  const ending = serving.filter(({ deprecationDate }) => deprecationDate < addDays(facts.today, COMING_DAYS));
  const statuses = ["active", "degraded", "suspended", "draft", "deprecated"] as const;
  return {
    heading: "The registry",
    isBad: share > 20 || serving.some(({ status }) => status !== "active"),
    figures: [
      ...statuses.map((status) => figure(capital(status), facts.agents.filter((one) => one.status === status).length)),
      figure("Action-capable", `${acting} of ${serving.length}, ${share.toFixed(0)} % (at most 20 %)`),
      figure("Versions registered", facts.versions, facts.before.versions),
      figure(`Ending within ${COMING_DAYS} days`, ending.length),
    ],
    lines: [
      ...serving
        .filter(({ status }) => status !== "active")
        .map(({ name, cluster, status }) => `${name} (${cluster}) is ${status}`),
      ...ending.map(({ name, deprecationDate }) => `${name} ends on ${deprecationDate}`),
    ],
  };
}

function owners(facts: QuarterlyFacts): Section {
  const gone = inService(facts).filter(({ owner }) => !facts.isHere(owner));
  return {
    heading: "Owners",
    isBad: facts.vacancies.length > 0 || gone.length > 0,
    figures: [
      figure("Agents whose owner is not here any more", gone.length),
      figure("Agents that wait for an owner", facts.vacancies.length),
    ],
    lines: [
      ...gone.map(({ name, owner }) => `${name}: ${owner} is not here any more`),
      ...facts.vacancies.map(({ agentId, formerOwner, reason, openedAt }) => {
        const why = reason === "left" ? "has left" : "does not answer";
        return `${facts.nameOf(agentId)}: ${formerOwner} ${why}, since ${day(openedAt)}`;
      }),
    ],
  };
}

function reviews(facts: QuarterlyFacts): Section {
  const { reviewed, extended, deprecated, late, degraded } = facts.reviews;
  const then = facts.before.reviews;
  const overdue = inService(facts).filter(({ nextReview }) => nextReview < facts.today);
  return {
    heading: "Reviews",
    isBad: overdue.length > 0,
    figures: [
      figure("Reviewed", reviewed, then.reviewed),
      figure("Put off", extended, then.extended),
      figure("Ended with the agent's deprecation", deprecated, then.deprecated),
      figure("Answered later than seven days after the first question", late, then.late),
      figure("Agents degraded because nobody answered", degraded, then.degraded),
      figure("Overdue now", overdue.length),
    ],
    lines: overdue
      .toSorted((a, b) => (a.nextReview < b.nextReview ? -1 : 1))
      .map(({ name, owner, nextReview }) => `${name}: due since ${nextReview}, ${owner}`),
  };
}

function lifecycle({ life, before, nameOf }: QuarterlyFacts): Section {
  const to = (some: readonly AgentEvent[], status: string): number => some.filter((one) => one.to === status).length;
  return {
    heading: "Changes of status",
    isBad: to(life, "suspended") > to(before.life, "suspended"),
    figures: (["active", "degraded", "suspended", "deprecated"] as const).map((status) =>
      figure(`To ${status}`, to(life, status), to(before.life, status)),
    ),
    lines: life.map(({ at, agentId, from, to: now, as, why }) => {
      return `${day(at)} · ${nameOf(agentId)} · ${from} → ${now} by ${as === "flow" ? "a flow" : `the ${as}`} · ${why}`;
    }),
  };
}

function scopes({ oldScopes, isHere, nameOf }: QuarterlyFacts): Section {
  return {
    heading: "Data scopes",
    isBad: oldScopes.length > 0,
    figures: [figure("Approved more than a year ago", oldScopes.length)],
    lines: oldScopes.map(({ agentId, scope, approvedBy, approvedAt }) => {
      const by = isHere(approvedBy) ? approvedBy : `${approvedBy}, who is not here any more`;
      return `${nameOf(agentId)} · ${scope} · approved on ${approvedAt} by ${by}`;
    }),
  };
}

function unused(facts: QuarterlyFacts): Section {
  const idle = inService(facts).filter(({ agentId }) => !facts.used.has(agentId));
  return {
    heading: "Agents that served nobody",
    isBad: false,
    figures: [figure("In service, and nobody asked them anything", idle.length)],
    lines: idle.map(({ name, cluster, owner }) => `${name} (${cluster}), ${owner}`),
  };
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
