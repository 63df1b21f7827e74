import { appendAudit } from "../../audit/store.ts";
import { transaction } from "../../store/pool.ts";
import { factsOf, loadFact, lockFact, quarantineFact } from "../facts/store.ts";
import type { MemoryPorts } from "../ports.ts";
import { endReading } from "../readings/store.ts";
import { inspect, inspectSpread, type Suspicion } from "./inspect.ts";
import { deleteUnanswered, readForMany, rememberedPeople } from "./store.ts";

const PAGE = 200;
const UNANSWERED_MS = 7 * 86_400_000;
const FLOW = "memory-hygiene";

/**
 * The nightly look through everything that is kept (R10.4). Each suspicion has a transaction of its own that looks again under
 * its lock: done twice, or half and then whole, it does the same.
 */
export async function tidyMemory(ports: MemoryPorts, now: Date): Promise<void> {
  const { pool, tenantId } = ports;
  for (let after = ""; ; ) {
    const people = await rememberedPeople(pool, tenantId, after, PAGE);
    for (const personId of people)
      for (const suspicion of inspect(await factsOf(pool, tenantId, personId))) await quarantine(ports, suspicion);
    after = people.at(-1) ?? "";
    if (people.length < PAGE) break;
  }
  const read = await Promise.all((await readForMany(pool, tenantId)).map((id) => loadFact(pool, tenantId, id)));
  for (const suspicion of inspectSpread(read.filter((fact) => fact !== undefined))) await quarantine(ports, suspicion);
  await dropUnanswered(ports, new Date(now.getTime() - UNANSWERED_MS));
  await endReading(pool);
}

async function quarantine(ports: MemoryPorts, { factId, why }: Suspicion): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const fact = await lockFact(tx, tenantId, factId);
    if (fact === undefined || fact.state === "quarantined" || fact.clearedBy !== null) return;
    await quarantineFact(tx, tenantId, factId, why);
    const { clusterId, source, trust } = fact;
    await appendAudit(tx, {
      ...{ tenantId, kind: "memory.quarantined", actor: FLOW },
      data: { factId, clusterId, source, trust, why },
    });
    await ports.announce(tx, { kind: "memory", id: factId });
  });
}

async function dropUnanswered(ports: MemoryPorts, before: Date): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const factIds = await deleteUnanswered(tx, tenantId, before);
    if (factIds.length === 0) return;
    await appendAudit(tx, { tenantId, kind: "memory.unanswered", actor: FLOW, data: { factIds } });
    for (const id of factIds) await ports.announce(tx, { kind: "memory", id });
  });
}
