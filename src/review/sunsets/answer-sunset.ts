import { appendAudit } from "../../audit/store.ts";
import type { Person } from "../../identity/directory.ts";
import { mayAnswerFor } from "../../policy/may-answer-for.ts";
import { transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";
import { acknowledgeSunset, lockSunset } from "./store.ts";

export type SunsetOutcome = { outcome: "done" | "already" | "gone" } | { outcome: "not-yours"; why: string };

/** Whoever answers for an agent says that they know of its end: nobody else needs to be asked. */
export async function acknowledgeEnd(
  ports: ReviewPorts,
  { sunsetId, person, personId }: { sunsetId: string; person: Person | undefined; personId: string },
): Promise<SunsetOutcome> {
  const { pool, tenantId } = ports;
  return transaction(pool, async (tx) => {
    const sunset = await lockSunset(tx, tenantId, sunsetId);
    const record = sunset && ports.registry.byId.get(sunset.agentId);
    if (sunset === undefined || record === undefined) return { outcome: "gone" };
    const { agentId, stage, acknowledgedAt } = sunset;
    const charge = { agentId, clusterId: record.cluster_id, owner: record.owner_upn };
    const may = mayAnswerFor(ports.policies, person, charge);
    const audit = (kind: string): Promise<void> =>
      appendAudit(tx, { tenantId, kind, actor: personId, data: { sunsetId, agentId, policyId: may.policyId } });
    if (!may.permitted) {
      await audit("sunset.attempt-refused");
      return { outcome: "not-yours", why: may.reason };
    }
    if (acknowledgedAt !== null || stage === "ended" || stage === "moved") return { outcome: "already" };
    await acknowledgeSunset(tx, tenantId, sunsetId, { by: personId, now: await ports.clock.now(tx) });
    await audit("sunset.acknowledged");
    await ports.announce(tx, { kind: "sunset", id: sunsetId });
    return { outcome: "done" };
  });
}
