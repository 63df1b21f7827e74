import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { readConfig } from "./config.ts";
import { messageOf, SignalboxError } from "./errors.ts";
import { openDatabase } from "./store/database.ts";
import { createLog } from "./telemetry/log.ts";

/** Everything has its own bound; this one is for what nobody thought of. */
const STOP_WITHIN_MS = 30_000;

try {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  if (config.teams === undefined)
    log.warn(
      "LOCAL MODE: no MICROSOFT_APP_ID is set. Nobody is authenticated and everybody can act as anybody, so the server listens on loopback only. Never expose this port.",
    );
  // Reading the code takes as long as starting the database: both go on at once, and what was compiled is kept.
  enableCompileCache(join(config.dataFolder, "cache"));
  const opening = openDatabase({ ...config, log });
  opening.catch(() => {});
  const starting = import("./app.ts").then(({ startApp }) => startApp(config, log, opening));

  let askedAt: number | undefined;
  const stop = (signal: string): void => {
    if (askedAt !== undefined) {
      // Whoever asks again does not want to wait; npm passes one Ctrl+C on as two.
      if (Date.now() - askedAt > 1_000) process.exit(1);
      return;
    }
    askedAt = Date.now();
    log.info({ signal }, "stopping: what is under way is finished first");
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    // Also while it starts: what was started must be stopped.
    void starting
      .then((app) => app.stop())
      .then(
        () => {
          log.info("stopped");
          process.exit(0);
        },
        () => process.exit(1),
      );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));

  const app = await starting;
  const ready =
    config.teams === undefined ? `the local desk is at ${app.url}/` : `activities are taken at ${app.url}/api/messages`;
  log.info({ seconds: Number(process.uptime().toFixed(1)) }, `Signalbox is ready: ${ready}`);
} catch (error) {
  // Whoever starts it reads words; a stack is for faults that nobody foresaw.
  const text =
    error instanceof SignalboxError ? error.message : error instanceof Error ? error.stack : messageOf(error);
  process.stderr.write(`\nSignalbox did not start.\n${text}\n`);
  process.exitCode = 1;
}
