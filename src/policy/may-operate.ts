import type { Policies, PolicyAnswer, Principal } from "./cedar.ts";

/** May this person operate the whole fleet: stop and release it, move versions, see every run? */
export function mayOperateFleet(
  { policies, tenantId }: { policies: Policies; tenantId: string },
  principal: Principal,
): PolicyAnswer {
  return policies.ask({ principal, action: "operateFleet", resource: { type: "Fleet", id: tenantId }, context: {} });
}
