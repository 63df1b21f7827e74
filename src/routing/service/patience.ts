import { setTimeout as sleep } from "node:timers/promises";
import { OpinionError, passes } from "./failure.ts";

const TRIES = 5;
const LONGEST_WAIT_MS = 60_000;

/** How work that nobody waits for is tried again. `backoffMs`: the first pause, which doubles, where the service names none. */
export type Patience = { backoffMs: number; signal?: AbortSignal | undefined };

/** Tries again what may succeed later by itself, no sooner than the service wants it. */
export async function patiently<T>(work: () => Promise<T>, { backoffMs, signal }: Patience): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (tried >= TRIES || !passes(error)) throw error;
      const asked = error.retryAfterMs ?? 0;
      if (asked > LONGEST_WAIT_MS) throw error;
      await pause(Math.max(asked, backoffMs * 2 ** (tried - 1)), signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw signal?.reason;
  }
}

/**
 * Does `work` for each of many, a few at a time. Once a failure is one for all (the key, the address), the rest is not tried.
 * @returns in their order, what was got or why not
 */
export async function eachOf<In, Out>(
  many: readonly In[],
  atOnce: number,
  work: (one: In) => Promise<Out>,
  signal: AbortSignal | undefined,
): Promise<(Out | OpinionError)[]> {
  const done: (Out | OpinionError)[] = [];
  let next = 0;
  let hopeless: OpinionError | undefined;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < many.length; at = next++) {
      try {
        done[at] = hopeless ?? (await work(many[at] as In));
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        // Faults of this program are not the service's.
        if (!(error instanceof OpinionError)) throw error;
        done[at] = error;
        if (["denied", "not-found", "unreachable"].includes(error.kind)) hopeless = error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, many.length) }, worker));
  return done;
}
