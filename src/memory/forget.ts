import { appendAudit } from "../audit/store.ts";
import { transaction } from "../store/pool.ts";
import { deleteConsent, insertConsent } from "./consents/store.ts";
import { deleteFacts, factsOf, lockFact, serveFact } from "./facts/store.ts";
import type { MemoryPorts } from "./ports.ts";

/** Somebody wants to be remembered by the agents of a cluster. @returns false where they are already */
export async function optIn(ports: MemoryPorts, personId: string, clusterId: string): Promise<boolean> {
  const { pool, tenantId } = ports;
  return transaction(pool, async (tx) => {
    const isNew = await insertConsent(tx, tenantId, personId, clusterId);
    if (isNew) await appendAudit(tx, { tenantId, kind: "memory.opted-in", actor: personId, data: { clusterId } });
    return isNew;
  });
}

/** They do not any more: with the consent goes all that was kept under it. @returns how much that was; undefined: there was no consent */
export async function optOut(ports: MemoryPorts, personId: string, clusterId: string): Promise<number | undefined> {
  const { pool, tenantId } = ports;
  return transaction(pool, async (tx) => {
    const facts = (await factsOf(tx, tenantId, personId)).filter((fact) => fact.clusterId === clusterId);
    if (!(await deleteConsent(tx, tenantId, personId, clusterId))) return undefined;
    const factIds = facts.map(({ factId }) => factId);
    await appendAudit(tx, { tenantId, kind: "memory.opted-out", actor: personId, data: { clusterId, factIds } });
    for (const id of factIds) await ports.announce(tx, { kind: "memory", id });
    return factIds.length;
  });
}

/** Deletes facts of a person. @returns how many were there */
export async function forget(ports: MemoryPorts, personId: string, factIds: readonly string[]): Promise<number> {
  const { pool, tenantId } = ports;
  return transaction(pool, async (tx) => {
    const gone = await deleteFacts(tx, tenantId, personId, factIds);
    if (gone.length > 0)
      await appendAudit(tx, { tenantId, kind: "memory.forgotten", actor: personId, data: { factIds: gone } });
    for (const id of gone) await ports.announce(tx, { kind: "memory", id });
    return gone.length;
  });
}

/** The person says that what was read somewhere is right: it serves from now on. @returns false where there is nothing to say it of */
export async function confirm(ports: MemoryPorts, personId: string, factId: string): Promise<boolean> {
  const { pool, tenantId } = ports;
  return transaction(pool, async (tx) => {
    const fact = await lockFact(tx, tenantId, factId);
    if (fact?.personId !== personId || fact.state !== "proposed") return false;
    await serveFact(tx, tenantId, factId);
    const { clusterId, source, trust } = fact;
    await appendAudit(tx, {
      ...{ tenantId, kind: "memory.confirmed", actor: personId },
      data: { factId, clusterId, source, trust },
    });
    await ports.announce(tx, { kind: "memory", id: factId });
    return true;
  });
}
