import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import type { AgentRecord } from "../../registry/agent-record.ts";
import type { Status } from "../../registry/lifecycle.ts";
import { transition } from "../../registry/transition.ts";
import { lockPointer } from "../../registry/versions/store.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import { bringBack } from "../bring-back.ts";
import { each } from "../each.ts";
import type { ReviewPorts } from "../ports.ts";
import { isSilent } from "../reviews/review.ts";
import { openReviews } from "../reviews/store.ts";
import { closeVacancy, lockVacancy, noteSuspended, openVacancies, openVacancy } from "./store.ts";
import { DAYS_TO_NAME, nextOf, type Vacancy } from "./vacancy.ts";

/** Names the flow in evidence and events. */
export const FLOW = "owner-watch";

/** Finds agents for which nobody answers, and sees to it that somebody does: an agent without an owner serves a week more. */
export async function sweepVacancies(ports: ReviewPorts): Promise<void> {
  const { pool, tenantId, registry } = ports;
  const now = await ports.clock.now(pool);
  const [reviews, open] = await Promise.all([openReviews(pool, tenantId), openVacancies(pool, tenantId)]);
  const silent = new Set(reviews.filter((review) => isSilent(review, now)).map(({ agentId }) => agentId));
  const known = new Set(open.map(({ agentId }) => agentId));
  const reasonOf = (agentId: string): Vacancy["reason"] | undefined =>
    ports.ownerOf(agentId) === undefined ? "left" : silent.has(agentId) ? "silent" : undefined;
  const inService = registry.agents.filter(({ status }) => status !== "draft" && status !== "deprecated");
  await each(inService, async (record) => {
    const reason = known.has(record.agent_id) ? undefined : reasonOf(record.agent_id);
    if (reason !== undefined) await begin(ports, record, reason, now);
  });
  await each(open, async ({ vacancyId, agentId }) => {
    const status = registry.byId.get(agentId)?.status;
    if (status !== undefined) await goOn(ports, vacancyId, { status, isStill: reasonOf(agentId) !== undefined }, now);
  });
}

async function begin(
  ports: ReviewPorts,
  { agent_id: agentId, owner_upn: formerOwner }: AgentRecord,
  reason: Vacancy["reason"],
  now: Date,
): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    // Somebody may have been named in this very moment, of which this process has not heard.
    const pointer = await lockPointer(tx, tenantId, agentId);
    if (pointer === undefined || (pointer.owner ?? formerOwner) !== formerOwner) return;
    const vacancyId = randomUUID();
    if (!(await openVacancy(tx, tenantId, { vacancyId, agentId, reason, formerOwner, now }))) return;
    const whys = {
      left: `Nobody answers for it: ${formerOwner} has left.`,
      silent: `Nobody answers for it: ${formerOwner} is silent.`,
    };
    await move(tx, ports, agentId, "degraded", whys[reason]);
    await appendAudit(tx, { tenantId, kind: "vacancy.opened", actor: FLOW, data: { vacancyId, agentId, reason } });
    await ports.announce(tx, { kind: "vacancy", id: vacancyId });
  });
}

async function goOn(
  ports: ReviewPorts,
  vacancyId: string,
  agent: { status: Status; isStill: boolean },
  now: Date,
): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const vacancy = await lockVacancy(tx, tenantId, vacancyId);
    const next = vacancy && nextOf(vacancy, agent, now);
    if (vacancy === undefined || next === undefined) return;
    const { agentId } = vacancy;
    if (next === "suspend") {
      await move(tx, ports, agentId, "suspended", `Nobody was named to answer for it within ${DAYS_TO_NAME} days.`);
      await noteSuspended(tx, tenantId, vacancyId, now);
    } else {
      await closeVacancy(tx, tenantId, vacancyId);
      await bringBack(tx, ports, { agentId, by: FLOW, as: "flow", why: "Somebody answers for it again." });
    }
    const kind = next === "suspend" ? "vacancy.unfilled" : "vacancy.ended";
    await appendAudit(tx, { tenantId, kind, actor: FLOW, data: { vacancyId, agentId } });
    await ports.announce(tx, { kind: "vacancy", id: vacancyId });
  });
}

async function move(
  tx: Tx,
  ports: ReviewPorts,
  agentId: string,
  to: "degraded" | "suspended",
  why: string,
): Promise<void> {
  const hasOwner = ports.ownerOf(agentId) !== undefined;
  await transition(tx, ports.tenantId, { agentId, to, why, by: FLOW, as: "flow", hasOwner });
}
