import type { Log } from "../telemetry/log.ts";
import { keepUp } from "./embedded/keep-up.ts";
import { findRunning, startEmbeddedPostgres } from "./embedded/start.ts";

/** Where the data is. `alone`: no other process can use it, so whatever was left behind is ours. */
export type Database = { url: string; alone: boolean; stop(): Promise<void> };

type Options = { databaseUrl: string | undefined; dataFolder: string; log: Log };

/** For a short look beside a running bot, whose database it stays; where none runs, as openDatabase. */
export async function visitDatabase(options: Options): Promise<Database> {
  if (options.databaseUrl !== undefined) return openDatabase(options);
  const url = await findRunning({ dataDir: options.dataFolder, log: options.log });
  return url === undefined ? openDatabase(options) : { url, alone: false, stop: async () => {} };
}

/** The database that was configured, or the one that comes with Signalbox. */
export async function openDatabase(options: Options): Promise<Database> {
  const { databaseUrl, dataFolder, log } = options;
  if (databaseUrl !== undefined) return { url: databaseUrl, alone: false, stop: async () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir: dataFolder, log });
  const endWatch = keepUp(postgres, log);
  return {
    url: postgres.url,
    alone: true,
    stop: async () => {
      await endWatch();
      await postgres.stop();
    },
  };
}
