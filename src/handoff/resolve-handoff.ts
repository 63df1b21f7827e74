import type { Announce } from "../action/announce.ts";
import { appendAudit } from "../audit/store.ts";
import type { Person } from "../identity/directory.ts";
import type { Policies, PolicyAnswer, Principal } from "../policy/cedar.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { type Pool, transaction } from "../store/pool.ts";
import { decideHandoff, type Handoff, type HandoffCommand, type HandoffOutcome } from "./handoff.ts";
import { claimedHandoffOf, lockHandoff, moveHandoff } from "./store.ts";

export type HandoffPorts = { tenantId: string; pool: Pool; policies: Policies; announce: Announce };

/** May this person take over for this cluster? */
export function mayServe(policies: Policies, principal: Principal, clusterId: string): PolicyAnswer {
  return policies.ask({
    principal,
    action: "serveHandoff",
    resource: { type: "Turn", id: clusterId },
    context: { clusterId },
  });
}

/** The one place where handoffs are claimed, resolved and handed back; refused attempts are evidence too. */
export async function resolveHandoff(
  ports: HandoffPorts,
  wish: { handoffId: string; verb: HandoffCommand["verb"]; note?: string; actor: Person | undefined; actorId: string },
): Promise<(HandoffOutcome & { handoff: Handoff }) | undefined> {
  const { tenantId, pool } = ports;
  return transaction(pool, async (tx) => {
    // One claim at a time per person: two claims by one responder wait for each other here.
    await takeTurns(tx, `handoff:${tenantId}:${wish.actorId}`);
    const handoff = await lockHandoff(tx, tenantId, wish.handoffId);
    if (handoff === undefined) return undefined;
    const busy = await claimedHandoffOf(tx, tenantId, wish.actorId, "", true);
    const outcome = decideHandoff(handoff, {
      verb: wish.verb,
      actorId: wish.actorId,
      mayServe: mayServe(ports.policies, wish.actor, handoff.clusterId),
      note: wish.note,
      busyWith: busy === undefined || busy.handoffId === handoff.handoffId ? undefined : busy.code,
    });
    const moved = outcome.outcome === "claimed" || outcome.outcome === "resolved" || outcome.outcome === "returned";
    await appendAudit(tx, {
      tenantId,
      kind: moved ? `handoff.${outcome.outcome}` : "handoff.attempt-refused",
      actor: wish.actorId,
      turnId: handoff.turnId,
      data: { ...outcome, handoffId: handoff.handoffId, wish: wish.verb },
    });
    if (moved) {
      const note = outcome.outcome === "resolved" ? outcome.note : null;
      const claim = outcome.outcome === "claimed" ? { claimedBy: wish.actorId } : {};
      await moveHandoff(tx, tenantId, handoff.handoffId, {
        status: outcome.outcome,
        actorId: wish.actorId,
        note,
        ...claim,
      });
      await ports.announce(tx, { kind: "handoff", id: handoff.handoffId });
    }
    return { ...outcome, handoff };
  });
}
