import type { Log } from "../telemetry/log.ts";
import { keepUp } from "./embedded/keep-up.ts";
import { startEmbeddedPostgres } from "./embedded/start.ts";

/** Where the data is. `alone`: no other process can use it, so whatever was left behind is ours. */
export type Database = { url: string; alone: boolean; stop(): Promise<void> };

/** The database that was configured, or the one that comes with Signalbox. */
export async function openDatabase(options: {
  databaseUrl: string | undefined;
  dataFolder: string;
  log: Log;
}): Promise<Database> {
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
