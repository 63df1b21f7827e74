// Owns the database of the folder in its first argument until it is killed.

import { messageOf } from "../../src/errors.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded/start.ts";
import { createLog } from "../../src/telemetry/log.ts";

try {
  const { url, adopted } = await startEmbeddedPostgres({ dataDir: String(process.argv[2]), log: createLog("silent") });
  process.stdout.write(`up ${JSON.stringify({ url, adopted })}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(`refused ${messageOf(error)}\n`);
}
