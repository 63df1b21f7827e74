import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { getCompileCacheDir } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { prepareSystems } from "./sample/prepare.ts";
import { type Endpoint, type HostOrder, type HostReady, type SystemName, systemNames } from "./system-names.ts";

export type Systems = {
  /** live: empty while the process restarts, new addresses and tokens afterwards; clients read it at each connect */
  endpoints: Partial<Record<SystemName, Required<Endpoint>>>;
  /** process id of the systems' process, for tests that kill it */
  pid(): number | undefined;
  stop(): Promise<void>;
};

const MAIN = new URL("./servers/main.ts", import.meta.url);
const START_MS = 15_000;
const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 10_000;
/** A process that lived this long was healthy: the back-off begins anew. */
const HEALTHY_MS = 30_000;

/**
 * A process of the systems that has been told nothing yet: it reads its code while its parent does other things.
 * It ends with its parent.
 */
export function forkSystems(): ChildProcess {
  // Little of our own environment is handed on: it holds secrets that are no business of the systems.
  const { PATH, SystemRoot } = process.env;
  return fork(MAIN, [], {
    env: { PATH, SystemRoot, NODE_COMPILE_CACHE: getCompileCacheDir() },
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/**
 * Starts the sample company's systems in one process of their own and keeps it running. Secrets travel over IPC; every
 * start has new bearer tokens.
 * @param options.databaseUrl of a role that may create schemas and roles
 * @param options.first the process to begin with, where it was forked before
 * @throws SignalboxError "systems-not-started"
 */
export async function startSystems(options: { databaseUrl: string; log: Log; first?: ChildProcess }): Promise<Systems> {
  const { databaseUrl, log, first } = options;
  const urls = await prepareSystems(databaseUrl, log);
  const endpoints: Systems["endpoints"] = {};
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  const start = async (process: ChildProcess) => {
    const started = await launch(process, urls, log.level);
    child = started.child;
    Object.assign(endpoints, started.endpoints);
    return started;
  };
  const keep = async ({ child: running }: Started) => {
    let delay = FIRST_DELAY_MS;
    let current: ChildProcess | undefined = running;
    while (!stopping.signal.aborted) {
      const began = Date.now();
      if (current !== undefined) await gone(current);
      for (const system of systemNames) delete endpoints[system];
      if (stopping.signal.aborted) return;
      if (Date.now() - began > HEALTHY_MS) delay = FIRST_DELAY_MS;
      log.warn({ delay }, "the systems' process is gone: it is started again");
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      delay = Math.min(delay * 2, LAST_DELAY_MS);
      try {
        current = (await start(forkSystems())).child;
        if (stopping.signal.aborted) current.kill("SIGTERM");
      } catch (error) {
        current = undefined;
        log.error({ err: error }, "the systems' process did not start");
      }
    }
  };

  const kept = keep(await start(first ?? forkSystems()));
  return {
    endpoints,
    pid: () => child?.pid,
    stop: async () => {
      stopping.abort();
      child?.kill("SIGTERM");
      await kept;
    },
  };
}

type Started = { child: ChildProcess; endpoints: Record<SystemName, Required<Endpoint>> };

async function launch(child: ChildProcess, urls: Record<SystemName, string>, logLevel: string): Promise<Started> {
  const token = () => randomBytes(32).toString("base64url");
  const orders = systemNames.map((name) => [name, { databaseUrl: urls[name], token: token() }] as const);
  const systems = Object.fromEntries(orders) as HostOrder["systems"];
  child.send({ logLevel, systems } satisfies HostOrder);
  try {
    const { port } = await ready(child);
    const addresses = systemNames.map((name) => [
      name,
      { url: `http://127.0.0.1:${port}/${name}/mcp`, token: systems[name].token },
    ]);
    return { child, endpoints: Object.fromEntries(addresses) as Record<SystemName, Required<Endpoint>> };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function ready(child: ChildProcess): Promise<HostReady> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new SignalboxError(
          "systems-not-started",
          `The process of the sample company's systems ${why}. Its own log lines above say more.`,
          { cause },
        ),
      );
    if (hasEnded(child)) {
      fail("ended before it was told what to serve");
      return;
    }
    const timer = setTimeout(() => fail(`was not ready after ${START_MS / 1000} s`), START_MS);
    child.once("message", (message) => resolve(message as HostReady));
    child.once("exit", (code, signal) => fail(`ended at its start (${signal ?? `code ${code}`})`));
    child.once("error", (cause) => fail("could not be started", cause));
    child.once("message", () => clearTimeout(timer));
    child.once("exit", () => clearTimeout(timer));
  });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function gone(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
