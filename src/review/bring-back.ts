import { agentEvents } from "../registry/events/store.ts";
import type { Mover } from "../registry/lifecycle.ts";
import { transition } from "../registry/transition.ts";
import type { Tx } from "../store/pool.ts";
import { openIncidents } from "./incidents/store.ts";
import type { ReviewPorts } from "./ports.ts";
import { isUnanswered } from "./reviews/store.ts";
import { hasVacancy } from "./vacancies/store.ts";

type Wish = {
  agentId: string;
  by: string;
  as: Mover;
  why: string;
  /** where that changes in this very moment */
  hasOwner?: boolean;
  /** a flow: what it has suspended comes back too, since a person has done what it waited for */
  suspendedBy?: string;
};

/**
 * Puts an agent back into service that a flow has degraded, where no flow has anything against it any more. What people took
 * out of service stays where they put it.
 */
export async function bringBack(
  tx: Tx,
  { tenantId, ownerOf }: Pick<ReviewPorts, "tenantId" | "ownerOf">,
  { agentId, by, as, why, hasOwner = ownerOf(agentId) !== undefined, suspendedBy }: Wish,
): Promise<boolean> {
  const [last] = await agentEvents(tx, tenantId, { agentId, limit: 1 });
  if (last?.as !== "flow" || !(last.to === "degraded" || (last.to === "suspended" && last.by === suspendedBy)))
    return false;
  if (await hasVacancy(tx, tenantId, agentId)) return false;
  if (await isUnanswered(tx, tenantId, agentId)) return false;
  if ((await openIncidents(tx, tenantId, agentId)).length > 0) return false;
  return (await transition(tx, tenantId, { agentId, to: "active", why, by, as, hasOwner })).outcome === "done";
}
