import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another account.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  // Killed, but not yet taken note of by its parent: in a container without an init process it stays so for ever.
  return procStat(pid)?.[0] !== "Z";
}

/**
 * A text that differs between two processes that had the same pid at different times; undefined where the system does
 * not tell (Windows) or the process is gone.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  // Ticks since the machine came up.
  const started = procStat(pid)?.[19];
  if (started !== undefined) {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    return `${boot.trim()}:${started}`;
  }
  return run("ps", ["-o", "lstart=", "-p", String(pid)], { env: { PATH: process.env.PATH, LC_ALL: "C" } }).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}

/** The fields of /proc/<pid>/stat from the third, the state, on; undefined where there is no such file. */
function procStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the name in brackets, may hold blanks and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Surely not a PostgreSQL server over `cluster`: the number in a pid file went to another program. */
export async function isAnotherProgram(pid: number, cluster: string): Promise<boolean> {
  // The server's working directory is its cluster.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (folder !== undefined) return folder !== cluster;
  const [command, ...args] =
    process.platform === "win32"
      ? ["tasklist", "/fi", `pid eq ${pid}`, "/nh", "/fo", "csv"]
      : ["ps", "-o", "comm=", "-p", String(pid)];
  return run(String(command), args).then(
    ({ stdout }) => !stdout.includes("postgres"),
    () => false,
  );
}
