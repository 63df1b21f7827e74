import { appendAudit } from "../audit/store.ts";
import type { Tx } from "../store/pool.ts";
import type { AgentRecord } from "./agent-record.ts";
import { loadVersion, lockPointer, setStatus } from "./versions/store.ts";

type Status = AgentRecord["status"];

/**
 * Puts an agent into another status, in the caller's transaction: every process routes accordingly as soon as it commits, and
 * no model is trained for it. @param wish.why is kept with the evidence
 */
export async function transition(
  tx: Tx,
  tenantId: string,
  wish: { agentId: string; to: Status; why: string; by: string },
): Promise<{ outcome: "done"; from: Status } | { outcome: "refused"; why: string }> {
  const { agentId, to, why, by } = wish;
  const pointer = await lockPointer(tx, tenantId, agentId);
  const version = pointer && (await loadVersion(tx, tenantId, agentId, pointer.active));
  if (pointer === undefined || version === undefined) return { outcome: "refused", why: "It was never registered." };
  const from = pointer.status ?? version.record.status;
  if (from === to) return { outcome: "refused", why: `It is ${to} already.` };
  if (from === "deprecated")
    return { outcome: "refused", why: "It is retired, and a retired agent never comes back: register a new one." };
  await setStatus(tx, tenantId, agentId, { status: to, by });
  await appendAudit(tx, { tenantId, kind: "agent.status-changed", actor: by, data: { agentId, from, to, why } });
  return { outcome: "done", from };
}
