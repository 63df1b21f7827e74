import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A process of ours that a test may kill. It says what it does in lines on standard output. */
export type Child = {
  pid: number;
  /** Resolves with the rest of the first line that begins with `word`, also one said before. */
  said(word: string): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** @param file a module under test/, run with its arguments */
export function startChild(file: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const ended = once(child, "exit");
  const tell = () => {
    for (const check of waiting) check();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    tell();
  });
  child.on("exit", tell);
  const said = (word: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const check = () => {
      const line = lines.find((text) => text.startsWith(word));
      if (line !== undefined) resolve(line.slice(word.length).trim());
      else if (hasEnded(child)) reject(new Error(`${file} ended before it said ${word}: ${lines.join(" | ")}`));
      else return;
      waiting.delete(check);
    };
    waiting.add(check);
    check();
    return promise;
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (hasEnded(child)) return;
    child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
  };
  return { pid: child.pid ?? 0, said, kill };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
