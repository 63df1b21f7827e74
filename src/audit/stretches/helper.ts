import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Range } from "../chain/store.ts";
import type { Anchored, Stretch } from "./stretch.ts";

/** What a thread that helps to verify a chain is told first. */
export type Order = {
  url: string;
  tenantId: string;
  /** the moment whose links are verified (`lookAtOnce`) */
  moment: string;
  anchored: Anchored;
};
/** What it is told then, until there is nothing more to look at. */
export type Ask = { look: Range } | "end";

export type Helper = {
  /** one at a time @throws what the thread failed with */
  look(range: Range): Promise<Stretch>;
  /** Gives its connection back; after a failure at once. */
  end(hasFailed: boolean): Promise<void>;
};

/** A thread with a connection of its own, which looks at stretches of a chain. */
export function startHelper(order: Order): Helper {
  // Verifying makes much garbage that is young: what is scanned less often is copied less often.
  const limits = { maxYoungGenerationSizeMb: 64 };
  const worker = new Worker(new URL("./helper-thread.ts", import.meta.url), {
    workerData: order,
    resourceLimits: limits,
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  worker.once("error", reject);
  const ended = once(worker, "exit").then(() => reject(new Error("a thread that verifies the chain ended too early")));
  ended.catch(() => {});
  return {
    look: (range) => {
      const answer = once(worker, "message").then(([stretch]) => stretch as Stretch);
      // Where the thread fails nobody waits for the answer any more.
      answer.catch(() => {});
      worker.postMessage({ look: range } satisfies Ask);
      return Promise.race([answer, failed]);
    },
    end: async (hasFailed) => {
      if (hasFailed) await worker.terminate();
      else {
        worker.postMessage("end" satisfies Ask);
        await ended;
      }
    },
  };
}
