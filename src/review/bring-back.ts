import { agentEvents } from "../registry/events/store.ts";
import type { Mover } from "../registry/lifecycle.ts";
import { transition } from "../registry/transition.ts";
import type { Tx } from "../store/pool.ts";
import { openIncidents } from "./incidents/store.ts";
import type { ReviewPorts } from "./ports.ts";
import { isUnanswered } from "./reviews/store.ts";

/**
 * Puts an agent back into service that a flow has degraded, where no flow has anything against it any more. What people took
 * out of service stays where they put it.
 */
export async function bringBack(
  tx: Tx,
  { tenantId, ownerOf }: Pick<ReviewPorts, "tenantId" | "ownerOf">,
  { agentId, by, as, why }: { agentId: string; by: string; as: Mover; why: string },
): Promise<boolean> {
  const [last] = await agentEvents(tx, tenantId, { agentId, limit: 1 });
  if (last?.to !== "degraded" || last.as !== "flow") return false;
  if (await isUnanswered(tx, tenantId, agentId)) return false;
  if ((await openIncidents(tx, tenantId, agentId)).length > 0) return false;
  const hasOwner = ownerOf(agentId) !== undefined;
  return (await transition(tx, tenantId, { agentId, to: "active", why, by, as, hasOwner })).outcome === "done";
}
