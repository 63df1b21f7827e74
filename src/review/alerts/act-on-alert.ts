import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import { transition } from "../../registry/transition.ts";
import { transaction } from "../../store/pool.ts";
import { answerBy, measures } from "../incidents/incident.ts";
import { hear, noteResolved } from "../incidents/store.ts";
import type { ReviewPorts } from "../ports.ts";
import { lockReceived, settleAlert } from "./store.ts";

const FLOW = "auto-degradation";

/**
 * Flow 2 (R9.2): what an alert leads to, once. Status, incident, evidence and cards are one transaction; every process routes
 * by it as soon as that commits. What monitoring calls resolved is noted and changes nothing.
 */
export async function actOnAlert(ports: ReviewPorts, alertId: string): Promise<void> {
  const { tenantId } = ports;
  await transaction(ports.pool, async (tx) => {
    const alert = await lockReceived(tx, tenantId, alertId);
    if (alert === undefined || alert.kind === null) return;
    const { kind, agentNamed: agentId, metricValue } = alert;
    const now = await ports.clock.now(tx);
    if (alert.condition === "resolved") {
      const incidentId = await noteResolved(tx, tenantId, { agentId, kind, now });
      await settleAlert(tx, tenantId, alertId, { state: "noted", incidentId: incidentId ?? null });
      if (incidentId !== undefined) await ports.announce(tx, { kind: "incident", id: incidentId });
      return;
    }
    const { to, why } = measures[kind];
    const hasOwner = ports.ownerOf(agentId) !== undefined;
    const moved = await transition(tx, tenantId, { agentId, to, why, by: FLOW, as: "flow", hasOwner });
    const incidentId = await hear(tx, tenantId, {
      ...{ incidentId: randomUUID(), agentId, kind, metricValue, now, answerBy: answerBy(kind, now) },
    });
    await settleAlert(tx, tenantId, alertId, { state: "acted", incidentId });
    await appendAudit(tx, {
      ...{ tenantId, kind: "incident.heard", actor: FLOW },
      data: { incidentId, alertId, agentId, kind, metricValue, moved },
    });
    await ports.announce(tx, { kind: "incident", id: incidentId });
  });
}
