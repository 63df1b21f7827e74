import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import { lockPointer } from "../../registry/versions/store.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";
import { type Alert, readAlert } from "./alert.ts";
import { type AlertState, keepAlert } from "./store.ts";

/** What became of an alert at the door; `told` is for whoever sent it. */
export type Taken = {
  outcome: "taken" | "known" | "replayed" | "unknown-agent" | "unreadable";
  alertId: string;
  told: string;
};

const FLOW = "auto-degradation";

/** Keeps an alert that was signed as it must be. Nothing is done about it yet: it must not be lost when that fails. */
export async function takeAlert(
  ports: Pick<ReviewPorts, "tenantId" | "pool" | "clock" | "announce">,
  { payload, signature }: { payload: unknown; signature: string },
): Promise<Taken> {
  const { tenantId } = ports;
  const read = readAlert(payload);
  const alert = "alert" in read ? read.alert : UNREADABLE;
  const alertId = randomUUID();
  return transaction(ports.pool, async (tx) => {
    const receivedAt = await ports.clock.now(tx);
    const state = "wrong" in read ? "unreadable" : await stateOf(tx, tenantId, read.alert);
    const sourceId = alert.sourceId ?? signature;
    const kept = await keepAlert(tx, tenantId, { ...alert, alertId, sourceId, signature, payload, state, receivedAt });
    if (kept === "replayed") return { outcome: kept, alertId, told: "This very request was taken before." };
    if (kept === "known")
      return { outcome: kept, alertId, told: "This alert was taken before: nothing happens twice." };
    const { kind, condition, agentNamed, metricValue } = alert;
    await appendAudit(tx, {
      ...{ tenantId, kind: "alert.received", actor: FLOW },
      data: { alertId, kind, condition, agentNamed, metricValue, state },
    });
    if (state === "received") return { outcome: "taken", alertId, told: "It is taken." };
    await ports.announce(tx, { kind: "alert", id: alertId });
    if ("wrong" in read) return { outcome: "unreadable", alertId, told: `${read.wrong} It is kept for people.` };
    const told = `No agent has the id ${agentNamed}: correct agent_id in the alert rule. It is kept for people.`;
    return { outcome: "unknown-agent", alertId, told };
  });
}

const UNREADABLE: Omit<Alert, "kind"> & { kind: null } = {
  ...{ sourceId: undefined, kind: null, agentNamed: "", metricValue: null },
  condition: "fired",
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

async function stateOf(tx: Tx, tenantId: string, { agentNamed }: Alert): Promise<AlertState> {
  const isKnown = UUID.test(agentNamed) && (await lockPointer(tx, tenantId, agentNamed)) !== undefined;
  return isKnown ? "received" : "unknown-agent";
}
