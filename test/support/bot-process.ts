import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { childEnvironment } from "./child-environment.ts";
import { shelf } from "./fleet.ts";

/** The product as its user starts it, in a process of its own that a test may kill. */
export type BotProcess = {
  url: string;
  pid: number;
  /** what it wrote, for a failing test */
  output(): string;
  /** Kills it, and with it what would die with the machine: the systems' process, and on demand the database. */
  powerCut(options: { database: boolean }): Promise<void>;
  systemsPid(): number;
  /** Stops it as an operator would. @returns its exit code */
  stop(): Promise<number | null>;
  exited: Promise<number | null>;
};

export async function startBotProcess(
  dataFolder: string,
  environment: Record<string, string> = {},
  release?: string,
): Promise<BotProcess> {
  const bot = await launchBotProcess(dataFolder, environment, release);
  // A first start learns the fleet's words, which takes its time where all cores are busy.
  for (const giveUp = Date.now() + 90_000; ; await sleep(50)) {
    const ready = await fetch(`${bot.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) return bot;
    if (Date.now() > giveUp || !isRunning(bot.pid)) throw new Error(`the bot did not get ready:\n${bot.output()}`);
  }
}

/** As `npm start` does it. */
const { scripts }: { scripts: { start: string } } = JSON.parse(readFileSync("package.json", "utf8"));
const startArguments = scripts.start.split(" ").slice(1);

/** Starts it and does not wait until it is ready. @param release the folder of another release than this tree */
export async function launchBotProcess(
  dataFolder: string,
  environment: Record<string, string>,
  release = process.cwd(),
): Promise<BotProcess> {
  const port = environment.PORT ?? String(await freePort());
  const env = childEnvironment({
    PORT: port,
    SIGNALBOX_DATA: dataFolder,
    SIGNALBOX_MODELS: shelf,
    LOG_LEVEL: "warn",
    ...environment,
  });
  const child = spawn(process.execPath, startArguments, { cwd: release, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const pid = child.pid ?? 0;
  return {
    url: `http://127.0.0.1:${port}`,
    pid,
    output: () => Buffer.concat(chunks).toString("utf8"),
    exited,
    systemsPid: () => systemsPidOf(pid),
    async powerCut({ database }) {
      const systems = childrenOf(pid).filter((one) => commandOf(one).includes("servers/main.ts"));
      const postgres = database ? postgresPids(dataFolder) : [];
      for (const one of [pid, ...systems, ...postgres]) killHard(one);
      await exited;
    },
    async stop() {
      if (hasEnded(child)) return child.exitCode;
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** The bot's own database, for a look from outside. */
export function openDatabaseOf(dataFolder: string): Pool {
  const folder = join(dataFolder, "postgres");
  const password = readFileSync(join(folder, "password"), "utf8").trim();
  const port = readFileSync(join(folder, "port"), "utf8").trim();
  return openPool(`postgres://signalbox:${password}@127.0.0.1:${port}/signalbox`, { name: "test-outside", max: 2 });
}

export function postgresPids(dataFolder: string): number[] {
  const [line = ""] = readFileSync(join(dataFolder, "postgres", "cluster", "postmaster.pid"), "utf8").split("\n");
  return [Number(line), ...childrenOf(Number(line))];
}

export function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The process of the sample company's systems, of a bot that runs in this process. */
export function systemsPidOf(pid: number): number {
  return childOf(pid, "servers/main.ts");
}

function childOf(pid: number, command: string): number {
  const found = childrenOf(pid).find((one) => commandOf(one).includes(command));
  if (found === undefined) throw new Error(`process ${pid} has no child that runs ${command}`);
  return found;
}

function childrenOf(pid: number): number[] {
  if (process.platform !== "linux") {
    try {
      return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map(Number);
    } catch {
      return [];
    }
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

function commandOf(pid: number): string {
  try {
    return process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
      : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
