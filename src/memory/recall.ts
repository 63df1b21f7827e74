import { randomBytes } from "node:crypto";
import { type Pool, type Queryable, type Tx, transaction } from "../store/pool.ts";
import { type Remembered, trustOf } from "./fact.ts";
import {
  allowReading,
  type Collection,
  endReading,
  openReading,
  type Reach,
  readFacts,
  readOrganisation,
} from "./readings/store.ts";

/** `db` is the owner's account, which says who may read what; `agents` is the account that reads. */
export type RecallPorts = { tenantId: string; db: Queryable; agents: Pool };

/** Long enough for one statement of a busy database. */
const SECONDS = 15;

/** What a person had kept for the agents of one cluster, as an agent of that cluster reads it. Nothing without consent. */
export async function recall(
  ports: RecallPorts,
  who: { personId: string; clusterId: string; agentId: string },
): Promise<Remembered[]> {
  const { personId, clusterId, agentId } = who;
  const facts = await reading(ports, { tenantId: ports.tenantId, agentId, of: { personId, clusterId } }, readFacts);
  return (facts ?? []).map(({ kind, name, value, trust, keptAt }) => ({
    ...{ kind, name, value, keptAt },
    trust: trustOf(trust),
  }));
}

/** What the organisation knows of itself, as it was read last. */
export async function recallOrganisation(ports: RecallPorts): Promise<Collection[]> {
  return (await reading(ports, { tenantId: ports.tenantId, agentId: "coordinator" }, readOrganisation)) ?? [];
}

/** The owner's account says what may be read; the agents' account reads it, in a transaction that is bound to that. */
async function reading<T>(
  { db, agents }: RecallPorts,
  reach: Reach,
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  const token = randomBytes(32).toString("base64url");
  if (!(await allowReading(db, token, reach, SECONDS))) return undefined;
  try {
    return await transaction(agents, async (tx) => ((await openReading(tx, token)) ? work(tx) : undefined));
  } finally {
    await endReading(db, token);
  }
}
