import { appendAudit } from "../../audit/store.ts";
import type { Person } from "../../identity/directory.ts";
import { mayAnswerFor } from "../../policy/may-answer-for.ts";
import type { AgentRecord } from "../../registry/agent-record.ts";
import { transition } from "../../registry/transition.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import { bringBack } from "../bring-back.ts";
import type { ReviewPorts } from "../ports.ts";
import { type Answer, NOTHING_DECIDED, type Review, type Standing, whyNotExtend } from "./review.ts";
import { closeReview, lockReview, standings } from "./store.ts";

/** Who answers, as the channel knows them; what they want of which review. */
export type ReviewWish = { reviewId: string; person: Person | undefined; personId: string; answer: Answer };

export type ReviewOutcome =
  | { outcome: "done" | "already" | "gone" }
  | { outcome: "not-yours"; why: string }
  /** it stays open */
  | { outcome: "refused"; why: string };

/** The one place where a review is answered: the answer, the agent's status, the evidence and the cards are one transaction. */
export async function answerReview(ports: ReviewPorts, wish: ReviewWish): Promise<ReviewOutcome> {
  const { pool, tenantId } = ports;
  const { reviewId, person, personId, answer } = wish;
  return transaction(pool, async (tx) => {
    const review = await lockReview(tx, tenantId, reviewId);
    const record = review && ports.registry.byId.get(review.agentId);
    if (review === undefined || record === undefined) return { outcome: "gone" };
    const charge = { agentId: review.agentId, clusterId: record.cluster_id, owner: record.owner_upn };
    const may = mayAnswerFor(ports.policies, person, charge);
    const audit = (kind: string, data: Record<string, unknown>): Promise<void> =>
      appendAudit(tx, {
        ...{ tenantId, kind, actor: personId },
        data: { reviewId, agentId: review.agentId, ...answer, policyId: may.policyId, ...data },
      });
    if (!may.permitted) {
      await audit("review.attempt-refused", { refused: may.reason });
      return { outcome: "not-yours", why: may.reason };
    }
    if (review.state !== "open") return { outcome: "already" };
    const now = await ports.clock.now(tx);
    const standing = (await standings(tx, tenantId, review.agentId)).get(review.agentId) ?? NOTHING_DECIDED;
    const refused = await carryOut(tx, ports, { review, record, standing, now, wish });
    if (refused !== undefined) {
      await audit("review.attempt-refused", { refused });
      return { outcome: "refused", why: refused };
    }
    await audit(`review.${answer.verb}`, { dueOn: review.dueOn });
    await ports.announce(tx, { kind: "review", id: reviewId });
    return { outcome: "done" };
  });
}

type Matter = { review: Review; record: AgentRecord; standing: Standing; now: Date; wish: ReviewWish };

/** @returns why not, as a sentence */
async function carryOut(
  tx: Tx,
  ports: ReviewPorts,
  { review, record, standing, now, wish }: Matter,
): Promise<string | undefined> {
  const { answer, personId } = wish;
  const close = (to: Pick<Parameters<typeof closeReview>[3], "state" | "untilOn" | "why">): Promise<void> =>
    closeReview(tx, ports.tenantId, review.reviewId, { ...to, by: personId, now });
  const { agentId } = review;
  const who = { agentId, by: personId, as: wish.person?.upn === record.owner_upn ? "owner" : "operator" } as const;
  switch (answer.verb) {
    case "reviewed":
      await close({ state: "reviewed" });
      await bringBack(tx, ports, { ...who, why: "Its review was answered." });
      return undefined;
    case "extend": {
      const refused = whyNotExtend(answer, record, standing, now);
      if (refused !== undefined) return refused;
      await close({ state: "extended", untilOn: answer.until, why: answer.why.trim() });
      await bringBack(tx, ports, { ...who, why: "Its review was put off." });
      return undefined;
    }
    case "deprecate": {
      const why = "Whoever answers for it retired it when its review was due.";
      const hasOwner = ports.ownerOf(agentId) !== undefined;
      const moved = await transition(tx, ports.tenantId, { ...who, to: "deprecated", why, hasOwner });
      if (moved.outcome === "refused") return moved.why;
      await close({ state: "deprecated" });
      return undefined;
    }
  }
}
