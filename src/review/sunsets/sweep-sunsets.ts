import { randomUUID } from "node:crypto";
import { appendAudit } from "../../audit/store.ts";
import type { AgentRecord } from "../../registry/agent-record.ts";
import { transition } from "../../registry/transition.ts";
import { type Tx, transaction } from "../../store/pool.ts";
import { dayOf } from "../day.ts";
import { each, SIDE_BY_SIDE } from "../each.ts";
import type { ReviewPorts } from "../ports.ts";
import { begin, comingSunsets, lockSunset, moveSunset } from "./store.ts";
import { successorsIn } from "./successor.ts";
import { isNew, type Stage, type Sunset, stageOn } from "./sunset.ts";

const FLOW = "deprecation-sweep";

/**
 * Flow 3 (R9.3): tells whoever answers for an agent that its end comes, and deprecates it on the day.
 * @param only these stages: the last days are looked at daily, the others weekly
 */
export async function sweepSunsets(ports: ReviewPorts, now: Date, only: readonly Stage[]): Promise<void> {
  const { agents, byId } = ports.registry;
  const inService = agents.filter(({ status }) => status !== "deprecated" && status !== "draft");
  const due = inService.flatMap((record) => {
    const stage = stageOn(record.deprecation_date, dayOf(now));
    return stage === undefined || !only.includes(stage) ? [] : [{ record, stage }];
  });
  const successorOf = due.length === 0 ? () => undefined : successorsIn(agents);
  await each(due, ({ record, stage }) => say(ports, record, stage, successorOf(record), now), SIDE_BY_SIDE);
  await each(await comingSunsets(ports.pool, ports.tenantId), async (sunset) => {
    const record = byId.get(sunset.agentId);
    if (record !== undefined) await follow(ports, sunset, record, now);
  });
}

async function say(
  ports: ReviewPorts,
  { agent_id: agentId, deprecation_date: endsOn }: AgentRecord,
  stage: Stage,
  successor: AgentRecord | undefined,
  now: Date,
): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const { sunsetId, before } = await begin(tx, tenantId, { sunsetId: randomUUID(), agentId, endsOn, stage, now });
    if (!isNew(stage, before)) return;
    await moveSunset(tx, tenantId, sunsetId, { stage, now, successorId: successor?.agent_id });
    if (stage === "ended") await end(tx, ports, agentId, endsOn);
    await appendAudit(tx, {
      ...{ tenantId, kind: `sunset.${stage}`, actor: FLOW },
      data: { sunsetId, agentId, endsOn, successorId: successor?.agent_id ?? null },
    });
    await ports.announce(tx, { kind: "sunset", id: sunsetId });
  });
}

async function end(tx: Tx, ports: ReviewPorts, agentId: string, endsOn: string): Promise<void> {
  await transition(tx, ports.tenantId, {
    ...{ agentId, to: "deprecated", by: FLOW, as: "flow", hasOwner: ports.ownerOf(agentId) !== undefined },
    why: `Its deprecation date, ${endsOn}, has come.`,
  });
}

/** An agent that was warned of may get another last day, or end before it. */
async function follow(
  ports: ReviewPorts,
  { sunsetId, agentId }: Sunset,
  record: AgentRecord,
  now: Date,
): Promise<void> {
  const { pool, tenantId } = ports;
  await transaction(pool, async (tx) => {
    const sunset = await lockSunset(tx, tenantId, sunsetId);
    if (sunset === undefined || (sunset.stage !== "warned" && sunset.stage !== "final")) return;
    const isOver = record.status === "deprecated";
    if (!isOver && record.deprecation_date === sunset.endsOn) return;
    const stage = isOver ? "ended" : "moved";
    await moveSunset(tx, tenantId, sunsetId, { stage, now });
    await appendAudit(tx, { tenantId, kind: `sunset.${stage}`, actor: FLOW, data: { sunsetId, agentId } });
    await ports.announce(tx, { kind: "sunset", id: sunsetId });
  });
}
