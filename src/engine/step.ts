import { setTimeout as sleep } from "node:timers/promises";
import { DBOS, DBOSWorkflowConflictError } from "@dbos-inc/dbos-sdk";
import { messageOf } from "../errors.ts";
import { isContention, isDatabaseAway } from "../store/database-errors.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/**
 * A named step of a workflow: its result is kept, and a replay after a crash gives the kept result back. It runs at least
 * once, so its effect carries a key. An error is tried again `maxAttempts` times in all (default: once); while our own
 * database is away it waits instead, for as long as that takes.
 * @param options.otherwise what comes of it when the last try has failed; without it the workflow ends with the error
 */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  options: {
    maxAttempts?: number;
    intervalSeconds?: number;
    backoffRate?: number;
    otherwise?: (why: string) => Promise<T>;
  } = {},
): Promise<T> {
  const { maxAttempts = 1, intervalSeconds = 1, backoffRate = 2 } = options;
  const retry = maxAttempts > 1 ? { retriesAllowed: true, maxAttempts, intervalSeconds, backoffRate } : {};
  try {
    return await DBOS.runStep(() => outlastOutage(work), { name, ...retry });
  } catch (error) {
    // Another process, which took this one for dead, has kept its result. That is no failure of the work: the engine ends
    // our copy of the workflow, and whatever was said here would be said over the head of the one that goes on.
    if (options.otherwise === undefined || error instanceof DBOSWorkflowConflictError) throw error;
    return options.otherwise(messageOf(error));
  }
}

/**
 * Work of a workflow outside of a step: it is done again in a replay, so it must find by itself what it did before. Waits
 * while our own database is away: an error that left it would end the workflow, and the work would be lost.
 */
export async function outlastOutage<T>(work: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) && !isContention(error)) throw error;
    }
    // Without a hold on the process: when it stops, the next one takes the step.
    await sleep(wait, undefined, { ref: false });
  }
}
