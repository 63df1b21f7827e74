import { messageOf } from "../errors.ts";
import type { Pool } from "../store/pool.ts";
import type { Log } from "../telemetry/log.ts";
import { every } from "./every.ts";
import { findOrphanedExecutors, refreshWorker, removeDeadWorkers, removeWorker } from "./store.ts";
import { takeOver } from "./take-over.ts";

/** A process shows a sign of life every `beatSeconds` and is dead after `deadSeconds` without one. */
export type Liveness = { beatSeconds: number; deadSeconds: number };

type Options = { pool: Pool; log: Log; executorId: string; alone: boolean } & Partial<Liveness>;

/**
 * Keeps this process known as alive, and takes over the work of those that died. Resolves when it is known.
 * Work is taken over only after `launched`, when the engine can carry it.
 */
export async function startLiveness(options: Options) {
  const { pool, log, executorId, alone, beatSeconds = 5, deadSeconds = 30 } = options;
  let launched = false;
  // After an outage everybody's sign of life is old: others get the time to show theirs before they count as dead.
  let connectedSince: number | undefined = performance.now();

  const beat = async () => {
    try {
      await refreshWorker(pool, executorId);
      connectedSince ??= performance.now();
      if (launched) await sweep(performance.now() - connectedSince);
    } catch (error) {
      connectedSince = undefined;
      log.warn({ error: messageOf(error) }, "this process could not show its sign of life in the database");
    }
  };
  const sweep = async (connectedMs: number) => {
    if (alone) await removeDeadWorkers(pool, executorId, 0);
    else if (connectedMs > deadSeconds * 1_000) await removeDeadWorkers(pool, executorId, deadSeconds);
    // Also repairs a crash between removing a dead process and taking its work, and a stop that left work behind.
    const orphaned = await findOrphanedExecutors(pool);
    if (orphaned.length === 0) return;
    const workflows = await takeOver(orphaned);
    log.warn({ executors: orphaned, workflows }, "took over the work of processes that ended");
  };

  await refreshWorker(pool, executorId);
  const beats = every(beatSeconds * 1_000, beat);
  return {
    launched: () => {
      launched = true;
      beats.now();
    },
    /** Others may take what is left. */
    stop: async () => {
      await beats.stop();
      await removeWorker(pool, executorId).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, "this process could not sign off in the database");
      });
    },
  };
}
