import { createHash } from "node:crypto";
import type { Pool } from "../store/pool.ts";
import type { AgentRecord } from "./agent-record.ts";
import { filedOf, registerFiles } from "./register-files.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { type AgentVersion, loadVersion, type Pointer, pointers } from "./versions/store.ts";

/** One agent at one version, with its plans as their room reads them. */
export type Serving<P> = { record: AgentRecord; version: string; plans: ReadonlyMap<string, P> };

/**
 * The fleet as its pointers say: which version of each agent serves. What is registered is kept for good; a run finds the
 * version with which it began, whatever serves since.
 */
export type Fleet<P> = {
  /** follows the pointers */
  registry: Registry;
  /** the version that serves this conversation: the canary's share is sticky */
  pick(agentId: string, conversationId: string): Serving<P> | undefined;
  /** @param version "4"; where nobody kept it, what serves now */
  at(agentId: string, version: string): Promise<Serving<P> | undefined>;
  pointer(agentId: string): Pointer | undefined;
  /** reads the pointers again. @returns do other utterances route now? */
  reload(): Promise<boolean>;
};

type Options<P> = {
  pool: Pool;
  tenantId: string;
  /** as it stands in the files */
  registry: Registry;
  plans: ReadonlyMap<string, P>;
  readPlan(stored: unknown): P;
};

/** Registers what the files say, and follows the pointers from then on. */
export async function openFleet<P>(options: Options<P>): Promise<Fleet<P>> {
  const { pool, tenantId, plans } = options;
  const filed = filedOf(options.registry.agents, plans);
  await registerFiles(pool, tenantId, filed);

  const known = new Map<string, Serving<P>>();
  const load = async (agentId: string, number: number): Promise<Serving<P> | undefined> => {
    const key = `${agentId}:${number}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const kept = await loadVersion(pool, tenantId, agentId, number);
    if (kept === undefined) return undefined;
    const serving = servingOf(kept, options.readPlan);
    known.set(key, serving);
    return serving;
  };

  // Whoever left the files before this start is out of the fleet; whoever is registered while it runs is in.
  const own = new Set(filed.map(({ record }) => record.agent_id));
  const left = new Map(
    (await pointers(pool, tenantId)).flatMap((one) =>
      own.has(one.agentId) ? [] : [[one.agentId, one.active] as const],
    ),
  );
  let current: { pointers: Map<string, Pointer>; active: Map<string, Serving<P>>; registry: Registry };
  const reload = async (): Promise<boolean> => {
    const found = (await pointers(pool, tenantId)).filter(({ agentId, active }) => left.get(agentId) !== active);
    const active = new Map<string, Serving<P>>();
    for (const pointer of found) {
      const { agentId, active: number, canary } = pointer;
      const serving = await load(agentId, number);
      if (serving !== undefined) active.set(agentId, asPeopleSaid(serving, pointer));
      if (canary !== null) await load(agentId, canary);
    }
    // In the order of the files, and the others by id, so that the same fleet is always the same registry.
    const others = [...active.keys()].filter((agentId) => !own.has(agentId)).sort();
    const records = [...own, ...others].flatMap((agentId) => active.get(agentId)?.record ?? []);
    const before = current?.registry.version;
    current = { pointers: new Map(found.map((one) => [one.agentId, one])), active, registry: createRegistry(records) };
    return before !== undefined && before !== current.registry.version;
  };
  await reload();

  return {
    registry: {
      get agents() {
        return current.registry.agents;
      },
      get byId() {
        return current.registry.byId;
      },
      get version() {
        return current.registry.version;
      },
      versionOf: (agentId) => current.active.get(agentId)?.version ?? "",
    },
    pick(agentId, conversationId) {
      const pointer = current.pointers.get(agentId);
      const isCanary =
        pointer !== undefined && pointer.canary !== null && bucketOf(agentId, conversationId) < pointer.canaryShare;
      return (isCanary ? known.get(`${agentId}:${pointer.canary}`) : undefined) ?? current.active.get(agentId);
    },
    async at(agentId, version) {
      const kept = /^\d+$/.test(version) ? await load(agentId, Number(version)) : undefined;
      return kept ?? current.active.get(agentId);
    },
    pointer: (agentId) => current.pointers.get(agentId),
    reload,
  };
}

/** What people said of an agent while it runs counts over its record. */
function asPeopleSaid<P>(serving: Serving<P>, { status, owner }: Pick<Pointer, "status" | "owner">): Serving<P> {
  if (status === null && owner === null) return serving;
  const { record } = serving;
  return {
    ...serving,
    record: { ...record, status: status ?? record.status, owner_upn: owner ?? record.owner_upn },
  };
}

/** 0 to 99: the same conversation always falls into the same bucket of an agent. */
export function bucketOf(agentId: string, conversationId: string): number {
  return createHash("sha256").update(`${agentId}\n${conversationId}`).digest().readUInt32BE(0) % 100;
}

function servingOf<P>({ record, number, plans }: AgentVersion, readPlan: (stored: unknown) => P): Serving<P> {
  const read = Object.entries(plans).map(([name, plan]) => [name, readPlan(plan)] as const);
  return { record, version: String(number), plans: new Map(read) };
}
