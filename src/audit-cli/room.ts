import { type Config, readConfig } from "../config.ts";
import { type Database, visitDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { openPool, type Pool } from "../store/pool.ts";
import { createLog } from "../telemetry/log.ts";

/** What a command looks at: the log of a running bot, or that of the same folder without one. */
export type Room = { pool: Pool; config: Config };

/** As whoever owns the tables: an auditor reads everything, and only the owner may prune. */
export async function inTheLog(work: (room: Room) => Promise<number>): Promise<number> {
  const config = readConfig(process.env);
  const log = createLog("warn");
  const database: Database = await visitDatabase({ ...config, log });
  const pool = openPool(database.ownerUrl, { name: "signalbox-audit", max: 2 });
  try {
    await migrate(pool, log);
    return await work({ pool, config });
  } finally {
    await pool.end();
    await database.stop();
  }
}
