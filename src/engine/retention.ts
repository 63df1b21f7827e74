import { DBOS } from "@dbos-inc/dbos-sdk";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { every } from "./every.ts";

const SWEEP_EVERY_MS = 3_600_000;
const BATCH = 500;
const BATCHES_PER_SWEEP = 20;
const DAY_MS = 86_400_000;

/** Removes the engine's records of finished jobs after `keepDays`; what they did is in our own tables. */
export function startRetention(log: Log, keepDays: number): { stop(): Promise<void> } {
  return every(SWEEP_EVERY_MS, async () => {
    try {
      const removed = await removeFinished(keepDays);
      if (removed > 0) log.info({ removed, keepDays }, "records of finished jobs removed");
    } catch (error) {
      log.warn({ error: messageOf(error) }, "records of finished jobs could not be removed");
    }
  });
}

/** @returns how many; bounded, the next sweep goes on */
export async function removeFinished(keepDays: number): Promise<number> {
  const completedBefore = new Date(Date.now() - keepDays * DAY_MS).toISOString();
  let removed = 0;
  for (let batch = 0; batch < BATCHES_PER_SWEEP; batch += 1) {
    const finished = await DBOS.listWorkflows({
      status: ["SUCCESS", "ERROR", "CANCELLED"],
      completedBefore,
      limit: BATCH,
      loadInput: false,
      loadOutput: false,
    });
    await DBOS.deleteWorkflows(finished.map(({ workflowID }) => workflowID));
    removed += finished.length;
    if (finished.length < BATCH) break;
  }
  return removed;
}
