import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { SignalboxError } from "../../errors.ts";
import { type Cases, foldsJudged } from "./folds.ts";
import type { Lessons } from "./lessons.ts";
import type { Learnt, Trained } from "./model.ts";
import type { Result, Task } from "./train-child.ts";

/** More do not help: there are five things to do, and the longest takes a third of the time. */
const MOST_AT_ONCE = 3;

type Options = {
  /** what was learnt from the same documents before: then only how sure it may be is learnt */
  learnt?: Learnt | undefined;
  /** is told what is learnt already, before it is known how sure it may be */
  onLearnt?: ((learnt: Learnt) => void) | undefined;
  /** ends it at once */
  signal?: AbortSignal | undefined;
};

/**
 * Trains in processes of its own: turns go on meanwhile, and the memory that training needs (a multiple of what it leaves
 * behind) is given back to the machine, which a thread would not do.
 * @throws SignalboxError "training-failed", also when it was ended
 */
export async function trainAside(
  lessons: Lessons,
  { learnt: before, onLearnt, signal }: Options = {},
): Promise<Trained> {
  if (signal?.aborted === true) throw failed("it was ended");
  const helpers = Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, () => startHelper(lessons));
  const stop = (): void => {
    for (const helper of helpers) helper.stop();
  };
  signal?.addEventListener("abort", stop);
  try {
    const [first, ...others] = helpers;
    if (first === undefined) throw failed("there is no process for it");
    const folds: Cases[] = [];
    const left = Array.from({ length: foldsJudged(lessons) }, (_, fold) => fold);
    const judgeFolds = async (helper: Helper): Promise<void> => {
      for (let fold = left.shift(); fold !== undefined; fold = left.shift()) {
        const result = await helper.run({ kind: "fold", fold });
        // In the order of the folds, whoever is first: the same lessons give the same model.
        if (result.kind === "fold") folds[fold] = result.cases;
      }
    };
    const learnFirst = async (): Promise<Learnt> => {
      const learnt = before ?? (await learnWith(first));
      onLearnt?.(learnt);
      await judgeFolds(first);
      return learnt;
    };
    const [learnt] = await Promise.all([learnFirst(), ...others.map(judgeFolds)]);
    const calibrated = await first.run({ kind: "calibrate", folds });
    if (calibrated.kind !== "calibrate") throw failed("it gave something else");
    return { ...learnt, ...calibrated.calibrations };
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

async function learnWith(helper: Helper): Promise<Learnt> {
  const result = await helper.run({ kind: "all" });
  if (result.kind !== "all") throw failed("it gave something else");
  return result.learnt;
}

type Helper = { run(task: Task): Promise<Result>; stop(): void };

function startHelper(lessons: Lessons): Helper {
  const { PATH, SystemRoot } = process.env;
  const child: ChildProcess = fork(new URL("./train-child.ts", import.meta.url), [], {
    env: { PATH, SystemRoot },
    execArgv: [],
    serialization: "advanced",
  });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => {});
  // Each message that a process can no longer be sent is an error of its own.
  child.on("error", reject);
  child.once("exit", (code, signal) => reject(failed(`its process ended (${signal ?? code})`)));
  child.send(lessons);
  return {
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
