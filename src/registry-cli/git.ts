import { spawnSync } from "node:child_process";
import { messageOf, SignalboxError } from "../errors.ts";

/** What git says of the repository that a folder belongs to. @throws SignalboxError "git-failed" */
export function git(folder: string, args: readonly string[], input = ""): Buffer {
  const { error, status, stdout, stderr } = spawnSync("git", ["-C", folder, ...args], { input, maxBuffer: 2 ** 31 });
  if (error === undefined && status === 0) return stdout;
  const why = error === undefined ? stderr.toString().trim() : messageOf(error);
  throw new SignalboxError("git-failed", `git ${args[0]} failed in ${folder}: ${why}`);
}

/**
 * The contents of objects, in the order in which they are named ("HEAD:manifest/agents/sales/a.json").
 * @returns undefined for what is not there
 */
export function objectsOf(folder: string, names: readonly string[]): (string | undefined)[] {
  if (names.length === 0) return [];
  const answer = git(folder, ["cat-file", "--batch"], `${names.join("\n")}\n`);
  let at = 0;
  return names.map(() => {
    const end = answer.indexOf("\n", at);
    const [, kind, size] = answer.toString("utf8", at, end).split(" ");
    at = end + 1;
    if (kind !== "blob") return undefined;
    const text = answer.toString("utf8", at, at + Number(size));
    at += Number(size) + 1;
    return text;
  });
}
