// The one use of the library's insides: without its paid conductor it offers no other way to recover the work of a process
// that died. The version is pinned exactly, and test/drill/engine-takeover.test.ts guards an upgrade.
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";

/**
 * Queues the unfinished work of these executors again. A process that only seemed dead loses its hold on it: what it
 * still does is not recorded.
 * @returns how many workflows
 */
export async function takeOver(executorIds: string[]): Promise<number> {
  const recovered = await DBOSExecutor.globalInstance?.recoverPendingWorkflows(executorIds);
  return recovered?.length ?? 0;
}
