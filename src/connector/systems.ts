import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "../errors.ts";
import type { Trust } from "../identity/tokens/verify.ts";
import type { Log } from "../telemetry/log.ts";
import { prepareSystems } from "./sample/prepare.ts";
import {
  type Endpoint,
  type HostHeard,
  type HostNews,
  type HostOrder,
  type HostReady,
  type SystemName,
  systemNames,
} from "./system-names.ts";

export type Systems = {
  /** live: empty while the process restarts, new addresses afterwards; clients read it at each connect */
  endpoints: Partial<Record<SystemName, Endpoint>>;
  /** process id of the systems' process, for tests that kill it */
  pid(): number | undefined;
  /** Tells the process whose signatures count from now on; resolves when it knows. */
  trust(next: Trust): Promise<void>;
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
  // Little of our own environment is handed on: it holds secrets that are no business of the systems. The way out of the
  // company's network is: where tokens of Entra count, the systems read its keys.
  const { PATH, SystemRoot, NODE_EXTRA_CA_CERTS, NODE_USE_ENV_PROXY, HTTPS_PROXY, NO_PROXY } = process.env;
  const wayOut = { NODE_EXTRA_CA_CERTS, NODE_USE_ENV_PROXY, HTTPS_PROXY, NO_PROXY };
  return fork(MAIN, [], {
    env: { PATH, SystemRoot, ...wayOut, NODE_COMPILE_CACHE: getCompileCacheDir() },
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/**
 * Starts the sample company's systems in one process of their own and keeps it running. Secrets travel over IPC.
 * @param options.databaseUrl of a role that may create schemas and roles
 * @param options.trust whose tokens count
 * @param options.names what tokens of Entra call a system, for those whose bearers come from there
 * @param options.first the process to begin with, where it was forked before
 * @throws SignalboxError "systems-not-started"
 */
export async function startSystems(options: {
  databaseUrl: string;
  log: Log;
  trust: Trust;
  names?: Readonly<Record<string, readonly string[]>>;
  first?: ChildProcess;
}): Promise<Systems> {
  const { databaseUrl, log, first, names: namesOf = {} } = options;
  let { trust } = options;
  let news = 0;
  const urls = await prepareSystems(databaseUrl, log);
  const endpoints: Systems["endpoints"] = {};
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  const start = async (process: ChildProcess) => {
    const systems = systemNames.map((name) => {
      const names = namesOf[name];
      return [name, { databaseUrl: urls[name], ...(names && { names }) }] as const;
    });
    const told = { logLevel: log.level, trust, systems: Object.fromEntries(systems) as HostOrder["systems"] };
    const started = await launch(process, told);
    // The keys may have changed while it started.
    if (trust !== told.trust) await tell(started.child, { news: ++news, trust });
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
    trust: async (next) => {
      trust = next;
      if (child?.connected === true) await tell(child, { news: ++news, trust });
    },
    stop: async () => {
      stopping.abort();
      child?.kill("SIGTERM");
      await kept;
    },
  };
}

type Started = { child: ChildProcess; endpoints: Record<SystemName, Endpoint> };

/** How long a process that was told something is waited for: one that is gone hears it when it starts again. */
const HEAR_MS = 2_000;

async function tell(child: ChildProcess, news: HostNews): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hear = (message: unknown): void => {
    if ((message as Partial<HostHeard>).heard === news.news) resolve();
  };
  const enough = setTimeout(resolve, HEAR_MS);
  child.on("message", hear);
  child.send(news, (error) => {
    if (error !== null) resolve();
  });
  await promise;
  clearTimeout(enough);
  child.off("message", hear);
}

async function launch(child: ChildProcess, order: HostOrder): Promise<Started> {
  child.send(order);
  try {
    const { port } = await ready(child);
    const addresses = systemNames.map((name) => [name, { url: `http://127.0.0.1:${port}/${name}/mcp` }]);
    return { child, endpoints: Object.fromEntries(addresses) as Record<SystemName, Endpoint> };
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
