import { type Config, readConfig } from "../config.ts";
import { checkSchema } from "../store/check-schema.ts";
import { type Database, visitDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { openPool, type Pool } from "../store/pool.ts";
import { createLog } from "../telemetry/log.ts";

/** What a command looks at: the log of a running bot, or that of the same folder without one. */
export type Room = { pool: Pool; config: Config };

type Work = (room: Room) => Promise<number>;

/**
 * As whoever DATABASE_URL names, who need only be allowed to read (signalbox_auditor, migration 070): changes nothing, not even the
 * schema.
 * @throws SignalboxError where the schema is not what this version knows, or may not be read
 */
export function readTheLog(work: Work): Promise<number> {
  return visit(
    ({ url }) => url,
    async (room) => {
      await checkSchema(room.pool);
      return work(room);
    },
  );
}

/** As whoever owns the tables, with the schema of this version: only the owner may prune. */
export function inTheLog(work: Work): Promise<number> {
  return visit(
    ({ ownerUrl }) => ownerUrl,
    async (room) => {
      await migrate(room.pool, createLog("warn"));
      return work(room);
    },
  );
}

async function visit(as: (database: Database) => string, work: Work): Promise<number> {
  const config = readConfig(process.env);
  const database = await visitDatabase({ ...config, log: createLog("warn") });
  const pool = openPool(as(database), { name: "signalbox-audit", max: 2 });
  try {
    return await work({ pool, config });
  } finally {
    await pool.end();
    await database.stop();
  }
}
