import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { SignalboxError } from "../errors.ts";
import { type Cases, foldsFor } from "./folds.ts";
import type { Lessons } from "./lessons.ts";
import type { Learnt, Trained } from "./model.ts";
import type { Task, TaskResult } from "./train-child.ts";

/** More do not help: there are five things to do, and the longest takes a third of the time. */
const MOST_AT_ONCE = 3;

/**
 * Trains in processes of its own: turns go on meanwhile, and the memory that training needs (a multiple of what it leaves
 * behind) is given back to the machine, which a thread would not do.
 */
export async function trainAside(lessons: Lessons): Promise<Trained> {
  const atOnce = Math.min(MOST_AT_ONCE, availableParallelism());
  const helpers = Array.from({ length: atOnce }, () => startHelper(lessons));
  try {
    // The longest first.
    const tasks: Task[] = [
      { kind: "all" },
      ...Array.from({ length: foldsFor(lessons) }, (_, fold) => ({ kind: "fold", fold }) as const),
    ];
    const learnt: Learnt[] = [];
    const folds: Cases[] = [];
    await Promise.all(
      helpers.map(async (helper) => {
        for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
          const result = await helper.run(task);
          if (result.kind === "all") learnt.push(result.learnt);
          // In the order of the folds, whoever is first: the same lessons give the same model.
          if (result.kind === "fold" && task.kind === "fold") folds[task.fold] = result.cases;
        }
      }),
    );
    const calibrated = await helpers[0]?.run({ kind: "calibrate", folds });
    const [all] = learnt;
    if (all === undefined || calibrated?.kind !== "calibrate") throw failed("it gave no result");
    return { ...all, ...calibrated.calibrations };
  } finally {
    for (const helper of helpers) helper.stop();
  }
}

function startHelper(lessons: Lessons): { run(task: Task): Promise<TaskResult>; stop(): void } {
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
  child.send(lessons);
  return {
    run: (task) => {
      const answer = new Promise<TaskResult>((resolve) => {
        child.once("message", (message) => resolve(message as TaskResult));
      });
      child.send(task);
      return Promise.race([answer, ended]);
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

const failed = (why: string): SignalboxError =>
  new SignalboxError("training-failed", `The router could not be trained: ${why}.`);
