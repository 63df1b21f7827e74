import { randomBytes } from "node:crypto";
import { chown, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Log } from "../../telemetry/log.ts";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { takeOwnership } from "./ownership.ts";
import { isAlive, isAnotherProgram } from "./process-facts.ts";
import { initialise, readServer, type Settings, startServer, stopServer } from "./server.ts";

const APP_ROLE = "signalbox_app";

/** A PostgreSQL server on this machine that belongs to this process. */
export type EmbeddedPostgres = {
  /** as the superuser, who owns the database */
  url: string;
  /** as the role of the bot, which may do no more than work with what is there (migration 065) */
  appUrl: string;
  /** The server of a killed predecessor was still running and serves on. */
  adopted: boolean;
  /** Where the data really is: not below the wanted folder if that is closed to the account that runs PostgreSQL. */
  dataDir: string;
  alive(): Promise<boolean>;
  /** Brings a server back that died, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** @param options.settings more settings of the server; tests switch fsync off */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: Log;
  settings?: Settings;
}): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options;
  const folder = await openDataFolder(options.dataDir, log);
  const release = await takeOwnership(folder.path);
  try {
    const binaries = await prepareBinaries(folder.account, log);
    const password = await keepPassword(folder);
    await initialise(folder, binaries);
    const at = (port: number, database: string, role = "signalbox") =>
      `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
    const orphan = await findOrphan(folder.cluster, (port) => at(port, "postgres"));
    const port = orphan ?? (await startOnFreePort(folder, binaries, settings));
    await makeDatabase(at(port, "postgres"));
    await makeAppLogin(at(port, "postgres"), password);
    log.info({ dataDir: folder.path, port, adopted: orphan !== undefined }, "PostgreSQL is up");
    const alive = () => answers(at(port, "postgres"), folder.cluster);
    const restart = async () => {
      if (!(await alive())) await startServer(folder, binaries, port, settings);
    };
    const stop = async () => {
      await stopServer(folder, binaries);
      await release();
    };
    const urls = { url: at(port, "signalbox"), appUrl: at(port, "signalbox", APP_ROLE) };
    return { ...urls, adopted: orphan !== undefined, dataDir: folder.path, alive, restart, stop };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The address of a server that another process keeps running; undefined where none is up. */
export async function findRunning(options: { dataDir: string; log: Log }): Promise<string | undefined> {
  const folder = await openDataFolder(options.dataDir, options.log);
  const server = await readServer(folder.cluster);
  if (server === undefined || !isAlive(server.pid)) return undefined;
  const password = (await readFile(folder.password, "utf8")).trim();
  const at = (database: string) => `postgres://signalbox:${password}@127.0.0.1:${server.port}/${database}`;
  return (await answers(at("postgres"), folder.cluster)) ? at("signalbox") : undefined;
}

/** The port of a live server over this cluster. One that is still starting or stopping is given a few seconds. */
async function findOrphan(cluster: string, url: (port: number) => string): Promise<number | undefined> {
  for (const giveUp = Date.now() + 5_000; Date.now() < giveUp; await sleep(100)) {
    const server = await readServer(cluster);
    if (!server || !isAlive(server.pid)) return undefined;
    if (await answers(url(server.port), cluster)) return server.port;
    if (await isAnotherProgram(server.pid, cluster)) return undefined;
  }
  return undefined;
}

async function startOnFreePort(folder: DataFolder, binaries: Binaries, settings: Settings): Promise<number> {
  const saved = Number(await readFile(folder.port, "utf8").catch(() => 0));
  const port = saved > 0 && (await freePort(saved)) ? saved : await freePort(0);
  if (port === undefined) throw new Error("no free port on 127.0.0.1");
  if (port !== saved) await writeOwn(folder, folder.port, String(port));
  await startServer(folder, binaries, port, settings);
  return port;
}

/** `wanted` if nobody listens on it (0: any that is free), otherwise undefined. */
async function freePort(wanted: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const probe = createServer();
  probe.on("error", () => resolve(undefined));
  probe.listen(wanted, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : undefined));
  });
  return promise;
}

/** Made once, before the cluster that it opens. */
async function keepPassword(folder: DataFolder): Promise<string> {
  const saved = await readFile(folder.password, "utf8").catch(() => "");
  if (saved !== "") return saved.trim();
  const password = randomBytes(24).toString("hex");
  await writeOwn(folder, folder.password, password);
  return password;
}

async function writeOwn(folder: DataFolder, file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  if (folder.account) await chown(draft, folder.account.uid, folder.account.gid);
  await rename(draft, file);
}

/** Does the server at `url` answer, and is it the one over this cluster? */
async function answers(url: string, cluster: string): Promise<boolean> {
  try {
    const [row] = await ask(url, "select current_setting('data_directory') as folder");
    // Windows: the server writes its folder with forward slashes.
    return resolve(String(row?.folder)) === cluster;
  } catch {
    return false;
  }
}

async function makeDatabase(url: string): Promise<void> {
  const found = await ask(url, "select 1 from pg_database where datname = 'signalbox'");
  if (found.length === 0) await ask(url, "create database signalbox");
}

/** Its rights are given by the migrations; a first start comes before them. */
async function makeAppLogin(url: string, password: string): Promise<void> {
  const found = await ask(url, `select 1 from pg_roles where rolname = '${APP_ROLE}'`);
  await ask(url, `${found.length === 0 ? "create" : "alter"} role ${APP_ROLE} login password '${password}'`);
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query(sql);
    return rows;
  } finally {
    await client.end().catch(() => {});
  }
}
