import type { Announce } from "../action/announce.ts";
import { appendAudit } from "../audit/store.ts";
import type { Directory, Person } from "../identity/directory.ts";
import type { Policies, Principal } from "../policy/cedar.ts";
import { mayTeach } from "../policy/may-teach.ts";
import { teach } from "../registry/lessons/teach.ts";
import type { Registry } from "../registry/registry.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { type Pool, transaction } from "../store/pool.ts";
import { correctionTurns } from "./correct.ts";
import { pupilOf, type Verdict } from "./correction.ts";
import { closeGroup, loadGroup } from "./store.ts";

export type CorrectionPorts = {
  tenantId: string;
  pool: Pool;
  policies: Policies;
  directory: Directory;
  registry: Pick<Registry, "byId">;
  announce: Announce;
};

/** What whoever answers for the agent wants: `utterance` is what is learnt, in their words; absent: as it was said. */
export type CorrectionWish = { groupId: string; actor: Person | undefined; actorId: string } & (
  | { verb: "approve"; utterance: string | undefined }
  | { verb: "decline"; why: string }
);

export type CorrectionOutcome =
  | { outcome: "done" | "already" | "gone" }
  | { outcome: "not-yours"; why: string }
  /** it cannot be learnt that way; it stays open */
  | { outcome: "refused"; why: string };

/**
 * The one place where it is decided what the router learns of people's corrections. One transaction: the decision, the new
 * version of the agent, the evidence, and the cards; refused attempts are evidence too.
 */
export async function decideCorrection(ports: CorrectionPorts, wish: CorrectionWish): Promise<CorrectionOutcome> {
  const { tenantId } = ports;
  const { groupId, actorId } = wish;
  return transaction(ports.pool, async (tx) => {
    await takeTurns(tx, correctionTurns(tenantId));
    const [first] = await loadGroup(tx, tenantId, groupId);
    if (first === undefined) return { outcome: "gone" };
    const pupil = pupilOf(first);
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, {
        ...{ tenantId, kind, actor: actorId, turnId: first.turnId },
        data: { groupId, ...pupil, ...data },
      });
    const may = mayDecideCorrection(ports, wish.actor, first);
    if (!may.permitted) {
      await audit("lesson.attempt-refused", { verb: wish.verb, why: may.reason, policyId: may.policyId });
      return { outcome: "not-yours", why: may.reason };
    }
    if (first.state !== "open") return { outcome: "already" };
    if (wish.verb === "decline") {
      const why = wish.why.trim() === "" ? null : wish.why.trim();
      await closeGroup(tx, tenantId, groupId, { state: "declined", by: actorId, why });
      await audit("lesson.declined", { policyId: may.policyId });
    } else {
      const utterance = (wish.utterance ?? first.said).replaceAll(/\s+/g, " ").trim();
      const learnt = await teach(tx, ports, { ...pupil, utterance, lessonId: groupId, approvedBy: actorId });
      if ("refused" in learnt) {
        await audit("lesson.attempt-refused", { verb: wish.verb, policyId: may.policyId });
        return { outcome: "refused", why: learnt.refused };
      }
      await closeGroup(tx, tenantId, groupId, { state: "approved", by: actorId, why: null });
      await audit("lesson.approved", { ...learnt, policyId: may.policyId });
    }
    await ports.announce(tx, { kind: "correction", id: groupId });
    return { outcome: "done" };
  });
}

/** May this person decide what is learnt of this? */
export function mayDecideCorrection(
  { policies, registry }: Pick<CorrectionPorts, "policies" | "registry">,
  person: Principal,
  verdict: Verdict,
) {
  const { agentId } = pupilOf(verdict);
  const agent = registry.byId.get(agentId);
  return mayTeach(policies, person, { agentId, clusterId: agent?.cluster_id ?? "", owner: agent?.owner_upn ?? "" });
}
