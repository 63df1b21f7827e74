import { appendAudit } from "../../audit/store.ts";
import { transition } from "../../registry/transition.ts";
import { statusOf } from "../../registry/versions/store.ts";
import { holdRunsOf } from "../../run/operate.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import { actOnAlert } from "../alerts/act-on-alert.ts";
import { receivedAlerts } from "../alerts/store.ts";
import { bringBack } from "../bring-back.ts";
import { each } from "../each.ts";
import type { IncidentPorts } from "../ports.ts";
import { type Incident, measures, nextOf } from "./incident.ts";
import { closeIncident, lockIncident, noteRunsHeld, noteSilent, openIncidents } from "./store.ts";

const FLOW = "auto-degradation";

/** What alerts and incidents lead to by now: also what a process that died has left undone. */
export async function sweepIncidents(ports: IncidentPorts): Promise<void> {
  const { pool, tenantId } = ports;
  await each(await receivedAlerts(pool, tenantId), (alertId) => actOnAlert(ports, alertId));
  await each(await openIncidents(pool, tenantId), (incident) => goOn(ports, incident));
}

async function goOn(ports: IncidentPorts, { incidentId, kind, runsHeld, agentId }: Incident): Promise<void> {
  if (kind === "security_incident" && runsHeld === null) await holdRuns(ports, incidentId, agentId);
  const { tenantId } = ports;
  await transaction(ports.pool, async (tx) => {
    const incident = await lockIncident(tx, tenantId, incidentId);
    const status = await statusOf(tx, tenantId, agentId);
    if (incident === undefined || status === undefined) return;
    const now = await ports.clock.now(tx);
    const next = nextOf(incident, status, now, ports.recoveryMinutes);
    if (next === undefined) return;
    if (next.type === "suspend") await suspend(tx, ports, incident, now);
    else {
      await closeIncident(tx, tenantId, incidentId, { by: FLOW, why: next.why, now });
      await bringBack(tx, ports, { agentId, by: FLOW, as: "flow", why: next.why });
    }
    await appendAudit(tx, {
      ...{ tenantId, kind: `incident.${next.type === "suspend" ? "unanswered" : "closed"}`, actor: FLOW },
      data: { incidentId, agentId, ...next },
    });
    await ports.announce(tx, { kind: "incident", id: incidentId });
  });
}

async function suspend(tx: Tx, ports: IncidentPorts, { incidentId, agentId }: Incident, now: Date): Promise<void> {
  await transition(tx, ports.tenantId, {
    ...{ agentId, to: "suspended", by: FLOW, as: "flow", hasOwner: ports.ownerOf(agentId) !== undefined },
    why: `Nobody acknowledged within ${measures.anomaly_flag.answerWithinHours} hours that it behaves unusually.`,
  });
  await noteSilent(tx, ports.tenantId, incidentId, now);
}

/** Each run in a transaction of its own, since nobody ever holds the locks of two; noted when all are held. */
async function holdRuns(ports: IncidentPorts, incidentId: string, agentId: string): Promise<void> {
  const runs = await holdRunsOf(ports, agentId, {
    by: "signalbox",
    why: "A security incident was reported: its agent is suspended.",
  });
  await transaction(ports.pool, async (tx) => {
    await noteRunsHeld(tx, ports.tenantId, incidentId, runs);
    await ports.announce(tx, { kind: "incident", id: incidentId });
  });
}
