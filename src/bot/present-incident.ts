import { type IncidentView, renderIncident } from "../card/incident.ts";
import { renderNotice } from "../card/notice.ts";
import { statusOf } from "../registry/versions/store.ts";
import { loadAlert } from "../review/alerts/store.ts";
import { dayOf } from "../review/day.ts";
import { loadIncident } from "../review/incidents/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { copiesOf, post, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts, whoAnswers } from "./present-ports.ts";

export async function viewOfIncident(
  db: Queryable,
  ports: Pick<PresentPorts, "tenantId" | "directory" | "agentName" | "recoveryMinutes">,
  incidentId: string,
): Promise<IncidentView | undefined> {
  const { tenantId, agentName, recoveryMinutes } = ports;
  const incident = await loadIncident(db, tenantId, incidentId);
  const status = incident && (await statusOf(db, tenantId, incident.agentId));
  if (incident === undefined || status === undefined) return undefined;
  return { incident, status, recoveryMinutes, agentName, nameOf: (id) => nameOf(ports, id) };
}

/** Brings every card about an incident up to date, and tells those who answer for the agent; of worse ones more people hear. */
export async function presentIncident(tx: Tx, ports: PresentPorts, incidentId: string): Promise<void> {
  const { tenantId } = ports;
  const view = await viewOfIncident(tx, ports, incidentId);
  if (view === undefined) return;
  const { incident } = view;
  const card = renderIncident(view);
  const copies = await copiesOf(tx, tenantId, "incident", incidentId);
  for (const copy of copies) await update(tx, tenantId, copy, card, Math.max(copy.version + 1, incident.version));
  if (incident.state === "closed") return;
  const told = new Set(copies.map(({ personId }) => personId));
  for (const personId of toldOf(ports, view)) {
    if (told.has(personId)) continue;
    told.add(personId);
    const target = await chatWith(tx, tenantId, personId);
    const about = { kind: "incident", id: incidentId, view: "concerned", version: incident.version } as const;
    await post(tx, tenantId, target, { card, about }, `incident:${incidentId}:${personId}`, personId);
  }
}

function toldOf(ports: PresentPorts, { incident }: IncidentView): string[] {
  const owners = whoAnswers(ports, incident.agentId);
  if (incident.kind === "security_incident")
    return [...owners, ...ports.holdersOf("platform"), ...ports.holdersOf("security")];
  return incident.silentAt === null ? owners : [...owners, ...ports.holdersOf("platform")];
}

/** An alert that nobody can act on: the platform team mends what sends it. Of one fault they hear once a day. */
export async function presentAlert(tx: Tx, ports: PresentPorts, alertId: string): Promise<void> {
  const alert = await loadAlert(tx, ports.tenantId, alertId);
  if (alert === undefined) return;
  const { kind, agentNamed, receivedAt } = alert;
  const text =
    kind === null
      ? "It was signed as it must be, but it is neither of the forms that I know. “npm run ops -- alerts” lists what came."
      : `It says ${kind} of the agent “${agentNamed}”, and no agent has that id. Nothing was degraded or suspended: see whether an agent is meant, and correct the alert rule.`;
  const card = renderNotice("attention", "An alert that I cannot act on", text);
  for (const personId of ports.holdersOf("platform")) {
    const target = await chatWith(tx, ports.tenantId, personId);
    const key = `alert:${kind}:${agentNamed}:${dayOf(receivedAt)}:${personId}`;
    await post(tx, ports.tenantId, target, { card }, key, personId);
  }
}
