import { randomUUID } from "node:crypto";
import { appendAudit } from "../audit/store.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { lockConsent } from "./consents/store.ts";
import { type Fact, MAX_FACTS, MAX_NAME, MAX_VALUE, trustOf, trustScore } from "./fact.ts";
import { factsOf, type NewFact, upsertFact } from "./facts/store.ts";
import { GIVES_ORDERS } from "./hygiene/inspect.ts";
import type { MemoryPorts } from "./ports.ts";

/** @property turnId where it was read, unless the person said it */
export type Wish = Pick<Fact, "personId" | "clusterId" | "kind" | "name" | "value" | "source"> & { turnId?: string };

export type Kept =
  /** it serves; waits for the person to say that it is right; or waits for whoever leads the cluster */
  | { outcome: "kept" | "asks" | "quarantined"; fact: Fact }
  | { outcome: "no-consent" }
  | { outcome: "refused"; why: string };

/**
 * Keeps one thing for a person and a cluster: the one place where memory is written (R10.4). What the person said themselves
 * serves at once; what was read somewhere waits for their word; what gives orders waits for whoever leads the cluster.
 */
export async function keep(ports: MemoryPorts, wish: Wish): Promise<Kept> {
  const { pool, tenantId } = ports;
  const [name, value] = [wish.name.trim(), wish.value.trim()];
  const malformed = whyMalformed(name, value);
  if (malformed !== undefined) return { outcome: "refused", why: malformed };
  return transaction(pool, async (tx): Promise<Kept> => {
    // Facts of one person and cluster take turns here, so that they can be counted.
    if (!(await lockConsent(tx, tenantId, wish.personId, wish.clusterId))) return { outcome: "no-consent" };
    const trust = trustScore(wish.source, name, value);
    const there = (await factsOf(tx, tenantId, wish.personId)).filter((one) => one.clusterId === wish.clusterId);
    const former = there.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const refused = whyNot(there, former, trust);
    if (refused !== undefined) return { outcome: "refused", why: refused };
    const { state, why } = stateOf(trust);
    const { turnId } = wish;
    const fact = await upsertFact(tx, tenantId, {
      ...wish,
      factId: randomUUID(),
      name,
      value,
      trust,
      turnId,
      state,
      why,
    });
    if (fact === undefined) return { outcome: "refused", why: "It could not be kept." };
    await audit(tx, ports, fact, former);
    await ports.announce(tx, { kind: "memory", id: fact.factId });
    return { outcome: state === "proposed" ? "asks" : state, fact };
  });
}

function whyMalformed(name: string, value: string): string | undefined {
  if (name.length < 3 || name.length > MAX_NAME)
    return `A name has 3 to ${MAX_NAME} characters; yours has ${name.length}.`;
  if (value.length === 0 || value.length > MAX_VALUE)
    return `I keep up to ${MAX_VALUE} characters; yours has ${value.length}.`;
  return undefined;
}

function whyNot(there: readonly Fact[], former: Fact | undefined, trust: number): string | undefined {
  if (former === undefined && there.length >= MAX_FACTS)
    return `I keep ${MAX_FACTS} things in one area at most. Forget one first: type “memory”.`;
  if (former?.state === "kept" && trustOf(trust) === "low" && former.trust > trust)
    return `“${former.name}” is kept already, and what was read somewhere does not replace it. Forget it first, or say what it means in your own words.`;
  return undefined;
}

/** Scores of nothing at all are those of texts that give orders. */
function stateOf(trust: number): Pick<NewFact, "state" | "why"> {
  if (trust === 0) return { state: "quarantined", why: GIVES_ORDERS };
  return { state: trustOf(trust) === "high" ? "kept" : "proposed", why: null };
}

/** Evidence names things and says where they came from; what was kept is in memory alone, where it can be forgotten. */
async function audit(tx: Tx, { tenantId }: MemoryPorts, fact: Fact, former: Fact | undefined): Promise<void> {
  const { factId, clusterId, kind, source, trust, state, personId } = fact;
  await appendAudit(tx, {
    ...{ tenantId, kind: former === undefined ? "memory.kept" : "memory.corrected", actor: personId },
    data: { factId, clusterId, kind, source, trust, state },
  });
}
