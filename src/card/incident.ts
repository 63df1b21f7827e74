import { z } from "zod";
import type { Status } from "../registry/lifecycle.ts";
import type { Kind } from "../review/alerts/alert.ts";
import { type Incident, measures } from "../review/incidents/incident.ts";
import { dutyHead, dutyShape, type Stand } from "./duty.ts";
import { localTime } from "./shared.ts";
import { type Card, cardTemplate } from "./template.ts";
import { cut, plain, visible } from "./text.ts";

const IncidentCard = z.strictObject({
  ...dutyShape,
  problem: z.string(),
  open: z.boolean(),
  returnable: z.boolean(),
  reason: z.string(),
  incidentId: z.uuid(),
});
const expand = cardTemplate("incident", IncidentCard);

/** All that the card about an incident shows. `status` is that of the agent now. */
export type IncidentView = {
  incident: Incident;
  status: Status;
  recoveryMinutes: number;
  nameOf(personId: string): string;
  agentName(agentId: string): string;
};

const names: Record<Kind, string> = {
  latency_breach: "Slower than it may be",
  anomaly_flag: "Unusual behaviour",
  security_incident: "Security incident",
};

/** What monitoring has against an agent, for those who answer for it; later how it ended. */
export function renderIncident(view: IncidentView, problem?: { text: string; reason: string }): Card {
  const { incident, status, agentName } = view;
  const resolved = incident.resolvedAt === null ? "not reported" : localTime(incident.resolvedAt);
  return expand({
    ...dutyHead(stateOf(view), agentName(incident.agentId), 1_500),
    facts: [
      { label: "Alert", value: plain(incident.kind) },
      { label: "Measured", value: incident.metricValue === null ? "nothing was given" : String(incident.metricValue) },
      { label: "First heard", value: localTime(incident.openedAt) },
      { label: "Last heard", value: `${localTime(incident.heardAt)}, ${incident.heard} in all` },
      { label: "Resolved", value: resolved },
      { label: "Agent", value: status },
      ...(incident.runsHeld === null ? [] : [{ label: "Runs held", value: String(incident.runsHeld) }]),
    ],
    problem: problem === undefined ? "" : plain(cut(problem.text, 700)),
    open: incident.state === "open",
    returnable: incident.state === "acknowledged" && status === "suspended",
    reason: visible(cut(problem?.reason ?? "", 1_000)),
    incidentId: incident.incidentId,
  });
}

function stateOf(view: IncidentView): Stand {
  const { incident, status, nameOf } = view;
  const name = names[incident.kind];
  const by = incident.acknowledgedBy === null ? "" : nameOf(incident.acknowledgedBy);
  switch (incident.state) {
    case "open":
      return incident.kind === "security_incident" || incident.silentAt !== null
        ? { style: "attention", banner: `${name}: the agent is ${status}`, text: openText(view) }
        : { style: "warning", banner: `${name}: the agent is ${status}`, text: openText(view) };
    case "acknowledged":
      return { style: "accent", banner: `${name}: acknowledged by ${by}`, text: acknowledgedText(view) };
    case "closed":
      return {
        style: "good",
        banner: `${name}: closed`,
        text: `${incident.why} The agent is ${status}.`,
      };
  }
}

function openText(view: IncidentView): string {
  const { incident, status } = view;
  const { kind, answerBy, silentAt, runsHeld } = incident;
  const { why, answerWithinHours } = measures[kind];
  if (silentAt !== null)
    return `${why} Nobody acknowledged it within ${answerWithinHours} hours: it was suspended and serves nobody.`;
  if (kind === "security_incident")
    return `${why} It serves nobody, and what it was doing ${runsHeld === null ? "is being held" : "is held"}. Look into it, and acknowledge that you do.`;
  const deadline =
    answerBy === null ? "" : ` Without that it is suspended ${answerWithinHours} hours after the first alert.`;
  if (status !== "degraded") return `${why} It is ${status} already. Acknowledge that you look into it.`;
  return `${why} It serves only where nobody else can. Acknowledge that you look into it: it comes back ${quiet(view)}.${deadline}`;
}

function acknowledgedText(view: IncidentView): string {
  const { incident, status } = view;
  if (status !== "suspended") return `It comes back by itself ${quiet(view)}.`;
  const held =
    (incident.runsHeld ?? 0) > 0 ? " Runs that are held go on when an operator says so (“resume CODE”)." : "";
  const who =
    incident.kind === "security_incident" ? "the platform team or security" : "its owner or the platform team";
  return `It stays out of service until ${who} puts it back.${held}`;
}

function quiet({ recoveryMinutes }: IncidentView): string {
  return `when no alert has come for ${recoveryMinutes} minutes`;
}
