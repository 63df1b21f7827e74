import type { Directory } from "../../identity/directory.ts";
import { takeTurns } from "../../store/advisory-lock.ts";
import type { Tx } from "../../store/pool.ts";
import { contentHash } from "../content-hash.ts";
import type { Registry } from "../registry.ts";
import { activeVersions, keepVersion, loadVersion, lockPointer, setPointer } from "../versions/store.ts";
import { whyNotLearn } from "./check.ts";
import { type Lesson, taught } from "./lesson.ts";
import { insertLesson } from "./store.ts";

type Ports = { tenantId: string; registry: Pick<Registry, "byId">; directory: Directory };
type Approved = Lesson & { lessonId: string; approvedBy: string };

/**
 * Makes a lesson serve, in the caller's transaction: it is kept, and every version that the agent's pointer names gets a new
 * one with it. The version that is tried learns it too, so that promoting it forgets nothing.
 */
export async function teach(
  tx: Tx,
  ports: Ports,
  lesson: Approved,
): Promise<{ version: number; before: number } | { refused: string }> {
  const { tenantId, registry, directory } = ports;
  const { agentId } = lesson;
  // Lessons, and processes that register their files, come one after the other: two could learn the same words otherwise.
  await takeTurns(tx, `fleet:${tenantId}`);
  // As it stands in the database: what this process has read may be older.
  const fleet = (await activeVersions(tx, tenantId)).filter((one) => registry.byId.has(one.agentId));
  const refused = whyNotLearn(
    fleet.map(({ record }) => record),
    lesson,
    directory,
  );
  const pointer = await lockPointer(tx, tenantId, agentId);
  if (refused !== undefined || pointer === undefined)
    return { refused: refused ?? "No version of the agent serves any more." };
  const learn = async (number: number): Promise<number> => {
    const version = await loadVersion(tx, tenantId, agentId, number);
    const record = version === undefined ? undefined : taught(version.record, lesson);
    // A version that is tried may not have the intent.
    if (version === undefined || record === undefined) return number;
    const { plans } = version;
    const next = { agentId, record, plans, contentHash: contentHash({ record, plans }) };
    return (await keepVersion(tx, tenantId, next)).number;
  };
  const active = await learn(pointer.active);
  const canary = pointer.canary === null ? null : await learn(pointer.canary);
  await setPointer(tx, tenantId, agentId, { ...pointer, active, canary, by: lesson.approvedBy });
  await insertLesson(tx, tenantId, { ...lesson, version: active });
  return { version: active, before: pointer.active };
}
