import { appendAudit } from "../audit/store.ts";
import { type Pool, transaction } from "../store/pool.ts";
import type { Fleet } from "./fleet.ts";
import { lockPointer, type Performance, performanceOf, setPointer } from "./versions/store.ts";

/** With fewer turns than this nothing can be said; with so many it can. */
const ENOUGH_TURNS = 20;
/** R13.3: fewer than 98 of 100 succeed. */
const MOST_FAILED = 0.02;

/** Why a version may not go on being tried; undefined where it may. Pure. @param slaMs of the agent's record, p95 */
export function breachOf(done: Performance, slaMs: number): string | undefined {
  const tried = done.turns + done.runs;
  if (tried < ENOUGH_TURNS) return undefined;
  const share = (done.failed + done.failedRuns) / tried;
  if (share > MOST_FAILED) return `${Math.round(share * 100)} % of what it did failed, and 2 % may`;
  if (done.p95Ms !== null && done.p95Ms > slaMs)
    return `95 % of its turns took up to ${Math.round(done.p95Ms)} ms, and ${slaMs} ms is its limit`;
  return undefined;
}

/** A canary that was ended, and why. */
export type Ended = { agentId: string; version: number; why: string };

type Ports = { pool: Pool; tenantId: string; fleet: Fleet<unknown>; tell(ended: Ended): Promise<void> };

/** Looks at every canary; one that breaks its promise is ended: all conversations go to the version that was there before. */
export async function watchCanaries({ pool, tenantId, fleet, tell }: Ports): Promise<void> {
  for (const { agent_id: agentId, sla_response_ms: slaMs } of fleet.registry.agents) {
    const pointer = fleet.pointer(agentId);
    if (pointer?.canary == null || pointer.canarySince === null) continue;
    const done = await performanceOf(pool, tenantId, agentId, pointer.canary, pointer.canarySince);
    const why = breachOf(done, slaMs);
    if (why === undefined) continue;
    const ended = { agentId, version: pointer.canary, why };
    if (await endCanary(pool, tenantId, ended)) await tell(ended);
  }
}

/** @returns false where somebody was faster */
async function endCanary(pool: Pool, tenantId: string, { agentId, version, why }: Ended): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const now = await lockPointer(tx, tenantId, agentId);
    if (now === undefined || now.canary !== version) return false;
    await setPointer(tx, tenantId, agentId, { active: now.active, canary: null, canaryShare: 0, by: "signalbox" });
    await appendAudit(tx, {
      tenantId,
      kind: "agent.canary-ended",
      actor: "signalbox",
      data: { agentId, version, why },
    });
    return true;
  });
}
