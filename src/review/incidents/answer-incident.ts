import { appendAudit } from "../../audit/store.ts";
import type { Person } from "../../identity/directory.ts";
import type { PolicyAnswer } from "../../policy/cedar.ts";
import { mayAnswerFor } from "../../policy/may-answer-for.ts";
import { mayOperateFleet } from "../../policy/may-operate.ts";
import { transition } from "../../registry/transition.ts";
import { statusOf } from "../../registry/versions/store.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";
import type { Incident } from "./incident.ts";
import { acknowledge, closeIncident, lockIncident, openIncidents } from "./store.ts";

/** Who answers, as the channel knows them, and what they want. */
export type IncidentWish = { incidentId: string; person: Person | undefined; personId: string } & (
  | { verb: "acknowledge" }
  | { verb: "return"; why: string }
);

export type IncidentOutcome =
  | { outcome: "done" | "already" | "gone" }
  | { outcome: "not-yours"; why: string }
  | { outcome: "refused"; why: string };

/** The one place where people answer an incident: they have seen it, or put the agent back into service. */
export async function answerIncident(ports: ReviewPorts, wish: IncidentWish): Promise<IncidentOutcome> {
  const { pool, tenantId } = ports;
  const { incidentId, personId, verb } = wish;
  return transaction(pool, async (tx) => {
    const incident = await lockIncident(tx, tenantId, incidentId);
    if (incident === undefined) return { outcome: "gone" };
    const { agentId } = incident;
    const may = mayAnswerIncident(ports, wish.person, verb, incident);
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, {
        ...{ tenantId, kind, actor: personId },
        data: { incidentId, agentId, verb, policyId: may.policyId, ...data },
      });
    if (!may.permitted) {
      await audit("incident.attempt-refused", { refused: may.reason });
      return { outcome: "not-yours", why: may.reason };
    }
    if (incident.state === "closed" || (verb === "acknowledge" && incident.state === "acknowledged"))
      return { outcome: "already" };
    const now = await ports.clock.now(tx);
    const refused = verb === "return" ? await putBack(tx, ports, incident, wish, now) : undefined;
    if (refused !== undefined) {
      await audit("incident.attempt-refused", { refused });
      return { outcome: "refused", why: refused };
    }
    if (verb === "acknowledge") await acknowledge(tx, tenantId, incidentId, { by: personId, now });
    await audit(verb === "return" ? "incident.returned" : "incident.acknowledged", {});
    await ports.announce(tx, { kind: "incident", id: incidentId });
    return { outcome: "done" };
  });
}

/** Security answers too; after a security incident, only those who answer for the whole fleet put an agent back. */
export function mayAnswerIncident(
  ports: Pick<ReviewPorts, "policies" | "tenantId" | "registry">,
  person: Person | undefined,
  verb: IncidentWish["verb"],
  { agentId, kind }: Incident,
): PolicyAnswer {
  const fleet = mayOperateFleet(ports, person);
  if (fleet.permitted) return fleet;
  if (verb === "return" && kind === "security_incident")
    return { ...fleet, reason: "After a security incident the platform team and security decide." };
  const record = ports.registry.byId.get(agentId);
  const charge = { agentId, clusterId: record?.cluster_id ?? "", owner: record?.owner_upn ?? "" };
  return mayAnswerFor(ports.policies, person, charge);
}

/** @returns why not, as a sentence */
async function putBack(
  tx: Tx,
  ports: ReviewPorts,
  { incidentId, agentId, state }: Incident,
  wish: Extract<IncidentWish, { verb: "return" }>,
  now: Date,
): Promise<string | undefined> {
  const { tenantId, registry } = ports;
  const { person, personId } = wish;
  const why = wish.why.trim();
  if (state === "open") return "Acknowledge it first.";
  if (why === "") return "Say why it may serve again: whoever audits the fleet reads it.";
  if ((await statusOf(tx, tenantId, agentId)) !== "suspended") return "It is not suspended.";
  const others = (await openIncidents(tx, tenantId, agentId)).filter((one) => one.incidentId !== incidentId);
  if (others.some((one) => one.state === "open"))
    return "Another incident of this agent waits: acknowledge that one first.";
  const as = person?.upn === registry.byId.get(agentId)?.owner_upn ? "owner" : "operator";
  const hasOwner = ports.ownerOf(agentId) !== undefined;
  const moved = await transition(tx, tenantId, { agentId, to: "active", why, by: personId, as, hasOwner });
  if (moved.outcome === "refused") return moved.why;
  await closeIncident(tx, tenantId, incidentId, { by: personId, why, now });
  return undefined;
}
