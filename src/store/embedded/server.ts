import { spawn } from "node:child_process";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SignalboxError } from "../../errors.ts";
import type { Binaries } from "./binaries.ts";
import type { DataFolder } from "./data-folder.ts";
import { isAlive, isAnotherProgram } from "./process-facts.ts";

const START_WITHIN_MS = 10_000;
const KEEP_LOG_BYTES = 5_000_000;
/** Above what any system hands out. */
const NOBODYS_PID = 999_999_999;

/** Small in memory, reachable from this machine only; fsync and synchronous_commit stay on. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "64MB",
  // A bot and its systems hold up to 50; two may be there while one takes over from the other.
  max_connections: "150",
  log_min_messages: "warning",
  timezone: "UTC",
};

/** Settings of the server, by name; values without blanks. */
export type Settings = Record<string, string>;

/** Makes the cluster if there is none. A half-made one of a killed process is made again. */
export async function initialise(folder: DataFolder, binaries: Binaries): Promise<void> {
  if (await stat(folder.cluster).catch(() => undefined)) return;
  const draft = `${folder.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  const user = ["--username=signalbox", "--auth=scram-sha-256", `--pwfile=${folder.password}`];
  // The built-in provider folds and sorts alike on every platform, whatever locales it has.
  const text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  await run(binaries.initdb, [`--pgdata=${draft}`, ...user, ...text, "--no-instructions"], folder);
  await rename(draft, folder.cluster);
}

/** Starts the server on `port`; the process of a killed predecessor may still be going away, so it is tried for a while. */
export async function startServer(
  folder: DataFolder,
  binaries: Binaries,
  port: number,
  settings: Settings,
): Promise<void> {
  await limitLog(folder.postgresLog);
  const options = Object.entries({ port: String(port), ...SETTINGS, ...settings }).map(
    ([name, value]) => `-c ${name}=${value}`,
  );
  const args = ["start", "-w", "-t", "10", "-D", folder.cluster, "-l", folder.postgresLog, "-o", options.join(" ")];
  const giveUp = Date.now() + START_WITHIN_MS;
  for (;;) {
    await disownPidFile(folder.cluster);
    try {
      return await run(binaries.pgCtl, args, folder);
    } catch (cause) {
      if (Date.now() > giveUp) {
        const tail = await lastLines(folder.postgresLog);
        const message = `PostgreSQL does not start in ${folder.path}: ${messageOf(cause)} ${tail} See ${folder.postgresLog}, or set DATABASE_URL.`;
        throw new SignalboxError("postgres-start", message, { cause });
      }
    }
    await sleep(200);
  }
}

/** Stops the server, ending open transactions. Quiet when it is already down. */
export async function stopServer(folder: DataFolder, binaries: Binaries): Promise<void> {
  try {
    await run(binaries.pgCtl, ["stop", "-w", "-t", "30", "-m", "fast", "-D", folder.cluster], folder);
  } catch (cause) {
    const server = await readServer(folder.cluster);
    if (!server || !isAlive(server.pid)) return;
    const message = `PostgreSQL in ${folder.path} (process ${server.pid}) does not stop: ${messageOf(cause)}`;
    throw new SignalboxError("postgres-stop", message, { cause });
  }
}

/** What the pid file says of a server, which may be gone. */
export async function readServer(cluster: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 ? { pid, port } : undefined;
}

/**
 * PostgreSQL gives way to any process that has the number in its pid file: after a reboot that may be anything, and in a
 * container without an init process a killed server keeps its number. The rest of the file stays: by it PostgreSQL sees
 * whether parts of the old server still run.
 */
async function disownPidFile(cluster: string): Promise<void> {
  const server = await readServer(cluster);
  if (!server || (isAlive(server.pid) && !(await isAnotherProgram(server.pid, cluster)))) return;
  const file = join(cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  if (text.startsWith(`${server.pid}\n`)) await writeFile(file, text.replace(/^\d+/, String(NOBODYS_PID)));
}

async function limitLog(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found && found.size > KEEP_LOG_BYTES) await rename(file, `${file}.old`);
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-3).join(" ");
}

/** Runs one of PostgreSQL's programs as the folder's account, with an environment that holds nothing of ours. */
async function run(program: string, args: string[], folder: DataFolder): Promise<void> {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  const env = { PATH, SystemRoot, TEMP, TMP, LC_ALL: "C" };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, args, {
    cwd: folder.path,
    env,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...folder.account,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-2_000);
    });
  }
  child.on("error", reject);
  // Not "close": on Windows the server inherits the pipes and keeps them open.
  child.on("exit", (code) => {
    child.stdout.destroy();
    child.stderr.destroy();
    if (code === 0) resolve();
    else reject(new Error(output.trim() || `${program} ended with code ${code}`));
  });
  await promise;
}
