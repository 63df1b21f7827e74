import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { SignalboxError } from "../errors.ts";
import { type Cases, foldsFor } from "./folds.ts";
import type { Heard, Lessons } from "./lessons.ts";
import type { Learnt, Trained } from "./model.ts";
import type { Order, Result, Task } from "./train-child.ts";

/** More do not help: there are five things to do, and the longest takes a third of the time. */
const MOST_AT_ONCE = 3;

type Options = {
  /** Says what another service finds alike. It is asked once, and may be slow: what can be learnt without it is learnt meanwhile. */
  hear?: (() => Promise<Heard | undefined>) | undefined;
  /** What is learnt already, before it is known how sure it may be. */
  onLearnt?: ((learnt: Learnt) => void) | undefined;
  /** Ends it at once. */
  signal?: AbortSignal | undefined;
};

/**
 * Trains in processes of its own: turns go on meanwhile, and the memory that training needs (a multiple of what it leaves
 * behind) is given back to the machine, which a thread would not do.
 * @throws SignalboxError "training-failed", also when it was ended
 */
export async function trainAside(lessons: Lessons, { hear, onLearnt, signal }: Options = {}): Promise<Trained> {
  const helpers = Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, () => startHelper(lessons));
  const stop = (): void => {
    for (const helper of helpers) helper.stop();
  };
  signal?.addEventListener("abort", stop);
  try {
    const [first] = helpers;
    if (first === undefined || signal?.aborted === true) throw failed("it was ended");
    const learning = first.run({ kind: "all" }).then((result) => {
      if (result.kind !== "all") throw failed("it gave something else");
      onLearnt?.(result.learnt);
      return result.learnt;
    });
    // It is awaited below; that another service is asked meanwhile does not make its failure a surprise.
    learning.catch(() => {});
    const heard = await hear?.();
    if (heard !== undefined) for (const helper of helpers) helper.tell({ kind: "heard", heard });
    const folds: Cases[] = [];
    const left = Array.from({ length: foldsFor(lessons) }, (_, fold) => fold);
    await Promise.all(
      helpers.map(async (helper) => {
        if (helper === first) await learning;
        for (let fold = left.shift(); fold !== undefined; fold = left.shift()) {
          const result = await helper.run({ kind: "fold", fold });
          // In the order of the folds, whoever is first: the same lessons give the same model.
          if (result.kind === "fold") folds[fold] = result.cases;
        }
      }),
    );
    const calibrated = await first.run({ kind: "calibrate", folds });
    if (calibrated.kind !== "calibrate") throw failed("it gave something else");
    return { ...(await learning), ...calibrated.calibrations };
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

type Helper = { tell(order: Order): void; run(task: Task): Promise<Result>; stop(): void };

function startHelper(lessons: Lessons): Helper {
  const { PATH, SystemRoot } = process.env;
  const child: ChildProcess = fork(new URL("./train-child.ts", import.meta.url), [], {
    env: { PATH, SystemRoot },
    execArgv: [],
    serialization: "advanced",
  });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => {});
  child.once("error", reject);
  child.once("exit", (code, signal) => reject(failed(`its process ended (${signal ?? code})`)));
  child.send({ kind: "lessons", lessons } satisfies Order);
  return {
    tell: (order) => void child.send(order),
    run: (task) => {
      const answer = new Promise<Result>((resolve) => {
        child.once("message", (message) => resolve(message as Result));
      });
      child.send(task);
      return Promise.race([answer, ended]);
    },
    stop: () => void child.kill(),
  };
}

const failed = (why: string): SignalboxError =>
  new SignalboxError("training-failed", `The router could not be trained: ${why}.`);
