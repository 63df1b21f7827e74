import { appendAudit } from "../../audit/store.ts";
import type { Person } from "../../identity/directory.ts";
import { mayNameOwner } from "../../policy/may-answer-for.ts";
import { mayOperateFleet } from "../../policy/may-operate.ts";
import { setOwner } from "../../registry/versions/store.ts";
import { transaction } from "../../store/pool.ts";
import { bringBack } from "../bring-back.ts";
import type { ReviewPorts } from "../ports.ts";
import { askAfresh } from "../reviews/store.ts";
import { closeVacancy, lockVacancy } from "./store.ts";
import { FLOW } from "./sweep-vacancies.ts";

/** @property ownerId aadObjectId of whoever is to answer for the agent */
export type NamingWish = { vacancyId: string; person: Person | undefined; personId: string; ownerId: string };

export type NamingOutcome =
  | { outcome: "done" | "already" | "gone" }
  | { outcome: "not-yours"; why: string }
  | { outcome: "refused"; why: string };

/** The one place where an agent gets a new owner while it runs. They are asked afresh for what the former one left open. */
export async function nameOwner(ports: ReviewPorts, wish: NamingWish): Promise<NamingOutcome> {
  const { pool, tenantId, directory, policies } = ports;
  const { vacancyId, person, personId, ownerId } = wish;
  return transaction(pool, async (tx) => {
    const vacancy = await lockVacancy(tx, tenantId, vacancyId);
    const record = vacancy && ports.registry.byId.get(vacancy.agentId);
    if (vacancy === undefined || record === undefined) return { outcome: "gone" };
    const { agentId } = vacancy;
    const may = mayNameOwner(policies, person, { agentId, clusterId: record.cluster_id });
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, {
        tenantId,
        kind,
        actor: personId,
        data: { vacancyId, agentId, policyId: may.policyId, ...data },
      });
    if (!may.permitted) {
      await audit("vacancy.attempt-refused", { ownerId, refused: may.reason });
      return { outcome: "not-yours", why: may.reason };
    }
    if (vacancy.state !== "open") return { outcome: "already" };
    const owner = directory.byId(ownerId);
    if (owner?.kind !== "person")
      return { outcome: "refused", why: "Choose a person of the directory who is here: no mailbox, no team." };
    const now = await ports.clock.now(tx);
    await setOwner(tx, tenantId, agentId, { owner: owner.upn, by: personId });
    await closeVacancy(tx, tenantId, vacancyId, { owner: owner.upn, by: personId });
    const reviewId = await askAfresh(tx, tenantId, agentId, now);
    const as = mayOperateFleet(ports, person).permitted ? "operator" : "lead";
    const why = "Somebody was named to answer for it.";
    await bringBack(tx, ports, { agentId, by: personId, as, why, hasOwner: true, suspendedBy: FLOW });
    await audit("agent.owner-named", {
      ownerId: owner.aadObjectId,
      former: vacancy.formerOwner,
      reviewId: reviewId ?? null,
    });
    await ports.announce(tx, { kind: "vacancy", id: vacancyId });
    return { outcome: "done" };
  });
}
