import { appendAudit } from "../audit/store.ts";
import { takeTurns } from "../store/advisory-lock.ts";
import { type Pool, type Tx, transaction } from "../store/pool.ts";
import type { AgentRecord } from "./agent-record.ts";
import { contentHash } from "./content-hash.ts";
import { type Lesson, withLessons, withoutDisplaced } from "./lessons/lesson.ts";
import { lessonsOf } from "./lessons/store.ts";
import { invalid } from "./registry.ts";
import { reusedIn } from "./reuse.ts";
import {
  contentsKept,
  identitiesKnown,
  keepVersion,
  loadVersion,
  lockPointer,
  type Pointer,
  setPointer,
} from "./versions/store.ts";

/** An agent as it stands in the files, with the plans that it names. */
export type Filed = { record: AgentRecord; plans: Record<string, unknown> };

/** The agents of the files, each with those of the plans that it names. */
export function filedOf(agents: readonly AgentRecord[], plans: ReadonlyMap<string, unknown>): Filed[] {
  return agents.map((record) => {
    const named = [...new Set(record.intent_patterns.map(({ plan }) => plan))];
    return { record, plans: Object.fromEntries(named.map((name) => [name, plans.get(name)])) };
  });
}

const REGISTRAR = "registry";

/** @throws SignalboxError "registry-invalid": ids of agents that are gone, and identities of others, are not given out again */
async function refuseReuse(tx: Tx, tenantId: string, records: readonly AgentRecord[]): Promise<void> {
  const named = records.map((record) => ({ file: record.display_name, record }));
  const findings = reusedIn(named, await identitiesKnown(tx, tenantId));
  if (findings.length > 0) throw invalid(findings);
}

/**
 * Registers what the files say. A file that is new serves at once, or as a canary, together with what was learnt before and
 * does not stand in it. A file that is not new changes nothing: what serves may have learnt since, or have been rolled back.
 * @returns the agents of which a version is new
 * @throws SignalboxError "registry-invalid"
 */
export async function registerFiles(pool: Pool, tenantId: string, filed: readonly Filed[]): Promise<string[]> {
  const changed: string[] = [];
  const records = filed.map(({ record }) => record);
  await transaction(pool, async (tx) => {
    // Processes that start together register one after the other.
    await takeTurns(tx, `fleet:${tenantId}`);
    await refuseReuse(tx, tenantId, records);
    const lessons = await lessonsOf(tx, tenantId);
    const isSettled = await unchanged(tx, tenantId, lessons);
    const taught = new Map(withLessons(records, lessons).map((record) => [record.agent_id, record]));
    for (const { record, plans } of filed) {
      const agentId = record.agent_id;
      const asFiled = versionOf(record, plans);
      if (isSettled(asFiled)) continue;
      const { number: filedNumber, isNew } = await keepVersion(tx, tenantId, asFiled);
      const pointer = await lockPointer(tx, tenantId, agentId);
      if (pointer !== undefined && !isNew) {
        await giveUpDisplaced(tx, tenantId, pointer, lessons, records);
        continue;
      }
      const learnt = taught.get(agentId) ?? record;
      const number =
        learnt === record ? filedNumber : (await keepVersion(tx, tenantId, versionOf(learnt, plans))).number;
      const share = record.canary_share ?? 0;
      const to =
        pointer === undefined || share === 0
          ? { active: number, canary: null, canaryShare: 0 }
          : { active: pointer.active, canary: number, canaryShare: share };
      await setPointer(tx, tenantId, agentId, { ...to, by: REGISTRAR });
      if (pointer !== undefined) await recordRegistered(tx, tenantId, { agentId, number, ...to });
      changed.push(agentId);
    }
  });
  return changed;
}

/** Most starts find most agents as they were: these cost nothing, so that a fleet of thousands is there in seconds. */
async function unchanged(
  tx: Tx,
  tenantId: string,
  lessons: readonly Lesson[],
): Promise<(version: { agentId: string; contentHash: string }) => boolean> {
  const kept = await contentsKept(tx, tenantId);
  const learners = new Set(lessons.map(({ agentId }) => agentId));
  return ({ agentId, contentHash: hash }) => !learners.has(agentId) && kept.get(agentId)?.has(hash) === true;
}

/** Words that this agent learnt and that now stand in the file of another: one utterance can mean one thing only. */
async function giveUpDisplaced(
  tx: Tx,
  tenantId: string,
  pointer: Pointer,
  lessons: readonly Lesson[],
  records: readonly AgentRecord[],
): Promise<void> {
  const { agentId, canary, canaryShare } = pointer;
  if (!lessons.some((lesson) => lesson.agentId === agentId)) return;
  const active = await loadVersion(tx, tenantId, agentId, pointer.active);
  const record = active && withoutDisplaced(active.record, lessons, records);
  if (active === undefined || record === undefined || record === active.record) return;
  const { number } = await keepVersion(tx, tenantId, versionOf(record, active.plans));
  const to = { active: number, canary, canaryShare };
  await setPointer(tx, tenantId, agentId, { ...to, by: REGISTRAR });
  await recordRegistered(tx, tenantId, { agentId, number, ...to });
}

async function recordRegistered(tx: Tx, tenantId: string, data: Record<string, unknown>): Promise<void> {
  await appendAudit(tx, { tenantId, kind: "agent.version-registered", actor: REGISTRAR, data });
}

function versionOf(record: AgentRecord, plans: Record<string, unknown>) {
  return { agentId: record.agent_id, record, plans, contentHash: contentHash({ record, plans }) };
}
