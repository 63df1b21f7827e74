import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { isDatabaseAway } from "./database-errors.ts";
import { keepUp } from "./embedded/keep-up.ts";
import { findRunning, startEmbeddedPostgres } from "./embedded/start.ts";
import type { Pool } from "./pool.ts";

/**
 * Where the data is. `url`: as whom the bot works; `ownerUrl`: as whom tables are made, which may be somebody else, so that the bot
 * cannot change what it may only add to. `alone`: no other process can use it, so whatever was left behind is ours.
 */
export type Database = { url: string; ownerUrl: string; alone: boolean; stop(): Promise<void> };

type Options = {
  databaseUrl: string | undefined;
  databaseOwnerUrl?: string | undefined;
  dataFolder: string;
  log: Log;
};

/** For a short look of an operator beside a running bot, whose database it stays; where none runs, as openDatabase. */
export async function visitDatabase(options: Options): Promise<Database> {
  if (options.databaseUrl !== undefined) return openDatabase(options);
  const url = await findRunning({ dataDir: options.dataFolder, log: options.log });
  return url === undefined ? openDatabase(options) : { url, ownerUrl: url, alone: false, stop: async () => {} };
}

/** The database that was configured, or the one that comes with Signalbox. */
export async function openDatabase(options: Options): Promise<Database> {
  const { databaseUrl, databaseOwnerUrl, dataFolder, log } = options;
  if (databaseUrl !== undefined)
    return { url: databaseUrl, ownerUrl: databaseOwnerUrl ?? databaseUrl, alone: false, stop: async () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir: dataFolder, log });
  const endWatch = keepUp(postgres, log);
  return {
    url: postgres.appUrl,
    ownerUrl: postgres.url,
    alone: true,
    stop: async () => {
      await endWatch();
      await postgres.stop();
    },
  };
}

/**
 * Waits for a database that is on its way up, as after a power cut of the whole site.
 * @throws SignalboxError "database-away"
 */
export async function whenAwake(pool: Pool, url: string, log: Log, patienceMs = 60_000): Promise<void> {
  const giveUp = Date.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      await pool.query("select 1");
      return;
    } catch (cause) {
      if (!isDatabaseAway(cause)) throw cause;
      const { host } = new URL(url);
      if (Date.now() > giveUp) {
        const cure = "Start it, or correct DATABASE_URL.";
        throw new SignalboxError("database-away", `The database at ${host} does not answer. ${cure}`, { cause });
      }
      if (tries === 1) log.warn({ host, why: messageOf(cause) }, "the database does not answer yet: waiting for it");
    }
    await sleep(500);
  }
}
