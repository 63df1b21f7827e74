import { fork } from "node:child_process";
import { SignalboxError } from "../errors.ts";
import type { Lessons, Trained } from "./model.ts";

/**
 * Trains in a process of its own: turns go on meanwhile, and the memory that training needs (a multiple of what it leaves
 * behind) is given back to the machine, which a thread would not do.
 */
export async function trainAside(lessons: Lessons): Promise<Trained> {
  const { promise, resolve, reject } = Promise.withResolvers<Trained>();
  const { PATH, SystemRoot } = process.env;
  const child = fork(new URL("./train-child.ts", import.meta.url), [], {
    env: { PATH, SystemRoot },
    execArgv: [],
    serialization: "advanced",
  });
  child.once("message", (trained) => resolve(trained as Trained));
  child.once("error", reject);
  child.once("exit", (code, signal) =>
    reject(
      new SignalboxError("training-failed", `The router could not be trained: its process ended (${signal ?? code}).`),
    ),
  );
  child.send(lessons);
  return promise;
}
