import { appendAudit } from "../../audit/store.ts";
import type { Person } from "../../identity/directory.ts";
import { deleteFacts, lockFact, serveFact } from "../../memory/facts/store.ts";
import { mayJudgeMemory } from "../../policy/may-judge-memory.ts";
import { transaction } from "../../store/pool.ts";
import type { ReviewPorts } from "../ports.ts";

/** Who judges, as the channel knows them, and what. */
export type Judgement = { factId: string; person: Person | undefined; personId: string; verb: "release" | "delete" };
export type JudgementOutcome = { outcome: "done" | "gone" } | { outcome: "not-yours"; why: string };

/** The one place where something in quarantine is let out or deleted. */
export async function judgeFact(
  ports: Pick<ReviewPorts, "pool" | "tenantId" | "policies" | "announce">,
  { factId, person, personId, verb }: Judgement,
): Promise<JudgementOutcome> {
  const { pool, tenantId, policies } = ports;
  return transaction(pool, async (tx) => {
    const fact = await lockFact(tx, tenantId, factId);
    if (fact?.state !== "quarantined") return { outcome: "gone" };
    const { clusterId, source, trust } = fact;
    const may = mayJudgeMemory(policies, person, clusterId);
    const audit = (kind: string, data: Record<string, unknown> = {}): Promise<void> =>
      appendAudit(tx, {
        ...{ tenantId, kind, actor: personId },
        data: { factId, clusterId, source, trust, policyId: may.policyId, ...data },
      });
    if (!may.permitted) {
      await audit("memory.attempt-refused", { verb, refused: may.reason });
      return { outcome: "not-yours", why: may.reason };
    }
    if (fact.personId === personId) {
      const why = "It is about what you had kept yourself: somebody else looks at it.";
      await audit("memory.attempt-refused", { verb, refused: why });
      return { outcome: "not-yours", why };
    }
    if (verb === "release") await serveFact(tx, tenantId, factId, personId);
    else await deleteFacts(tx, tenantId, fact.personId, [factId]);
    await audit(`memory.${verb}d`);
    await ports.announce(tx, { kind: "memory", id: factId });
    return { outcome: "done" };
  });
}
