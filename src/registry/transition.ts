import { appendAudit } from "../audit/store.ts";
import type { Tx } from "../store/pool.ts";
import { appendAgentEvent } from "./events/store.ts";
import { type Mover, type Status, whyNot } from "./lifecycle.ts";
import { loadVersion, lockPointer, setStatus } from "./versions/store.ts";

export type Wish = {
  agentId: string;
  to: Status;
  /** is kept with the evidence */
  why: string;
  /** Entra object id of a person, or the name of a flow */
  by: string;
  as: Mover;
  /** is there a named person who answers for the agent? */
  hasOwner: boolean;
};

/**
 * Puts an agent into another status, in the caller's transaction: every process routes accordingly as soon as it commits, and
 * no model is trained for it.
 */
export async function transition(
  tx: Tx,
  tenantId: string,
  { agentId, to, why, by, as, hasOwner }: Wish,
): Promise<{ outcome: "done"; from: Status } | { outcome: "refused"; why: string }> {
  const pointer = await lockPointer(tx, tenantId, agentId);
  const version = pointer && (await loadVersion(tx, tenantId, agentId, pointer.active));
  if (pointer === undefined || version === undefined) return { outcome: "refused", why: "It was never registered." };
  const from = pointer.status ?? version.record.status;
  const refused = whyNot(from, to, { by: as, hasOwner });
  if (refused !== undefined) return { outcome: "refused", why: refused };
  await setStatus(tx, tenantId, agentId, { status: to, by });
  await appendAgentEvent(tx, tenantId, { agentId, from, to, by, as, why });
  await appendAudit(tx, { tenantId, kind: "agent.status-changed", actor: by, data: { agentId, from, to, as, why } });
  return { outcome: "done", from };
}
