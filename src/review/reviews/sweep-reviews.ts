import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import type { AgentRecord } from "../../registry/agent-record.ts";
import { transition } from "../../registry/transition.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import { dayOf } from "../day.ts";
import { each, SIDE_BY_SIDE } from "../each.ts";
import type { ReviewPorts } from "../ports.ts";
import { dueOn, NOTHING_DECIDED, nextOf, type Review, type Standing } from "./review.ts";
import { closeReview, lockReview, noteReminded, openReview, openReviews, standings } from "./store.ts";

const FLOW = "review-reminder";

/**
 * Flow 1 (R9.1): opens the reviews that are due, asks again, degrades what nobody answers for. Each agent has a transaction of
 * its own that looks again under its lock: however often and by however many processes this is done, each thing happens once.
 */
export async function sweepReviews(ports: ReviewPorts, now: Date): Promise<void> {
  const { pool, tenantId, registry } = ports;
  const [decided, open] = await Promise.all([standings(pool, tenantId), openReviews(pool, tenantId)]);
  const asked = new Set(open.map(({ agentId }) => agentId));
  const standingOf = (agentId: string): Standing => decided.get(agentId) ?? NOTHING_DECIDED;
  const unasked = registry.agents.filter(({ agent_id: id, status }) => status === "active" && !asked.has(id));
  const begun = async (record: AgentRecord): Promise<void> => {
    const due = dueOn(record, standingOf(record.agent_id));
    if (due <= dayOf(now)) await begin(ports, record.agent_id, due, now);
  };
  const goneOn = async ({ reviewId, agentId }: Review): Promise<void> => {
    const record = registry.byId.get(agentId);
    if (record !== undefined) await goOn(ports, reviewId, record, standingOf(agentId), now);
  };
  await each(unasked, begun, SIDE_BY_SIDE);
  await each(open, goneOn, SIDE_BY_SIDE);
}

async function begin(ports: ReviewPorts, agentId: string, due: string, now: Date): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const reviewId = randomUUID();
    if (!(await openReview(tx, tenantId, { reviewId, agentId, dueOn: due, now }))) return;
    await appendAudit(tx, { tenantId, kind: "review.opened", actor: FLOW, data: { reviewId, agentId, dueOn: due } });
    await ports.announce(tx, { kind: "review", id: reviewId });
  });
}

async function goOn(
  ports: ReviewPorts,
  reviewId: string,
  record: AgentRecord,
  standing: Standing,
  now: Date,
): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const review = await lockReview(tx, tenantId, reviewId);
    if (review?.state !== "open") return;
    const next = nextOf(review, record, standing, now);
    if (next?.type === "settled") {
      await closeReview(tx, tenantId, reviewId, { state: next.as, by: "registry", now });
      await audit(tx, tenantId, review, "review.settled", { as: next.as });
    } else if (next?.type === "remind") {
      const degraded = next.degrade && (await degrade(tx, ports, review));
      await noteReminded(tx, tenantId, reviewId, { reminded: next.reminded, degradedAt: degraded ? now : null });
      await audit(tx, tenantId, review, "review.unanswered", { reminded: next.reminded, degraded });
    }
    // Also where nothing happened: the card counts the days.
    await ports.announce(tx, { kind: "review", id: reviewId, ...(next?.type === "remind" && { nudge: true }) });
  });
}

/** @returns false where it is not in a status that could be degraded: somebody took it out of service meanwhile */
async function degrade(tx: Tx, ports: ReviewPorts, { agentId, dueOn: due }: Review): Promise<boolean> {
  const { outcome } = await transition(tx, ports.tenantId, {
    ...{ agentId, to: "degraded", by: FLOW, as: "flow", hasOwner: ports.ownerOf(agentId) !== undefined },
    why: `Its review was due on ${due}, and nobody answered for seven days.`,
  });
  return outcome === "done";
}

async function audit(
  tx: Tx,
  tenantId: string,
  { reviewId, agentId }: Review,
  kind: string,
  data: Record<string, unknown>,
): Promise<void> {
  await appendAudit(tx, { tenantId, kind, actor: FLOW, data: { reviewId, agentId, ...data } });
}
