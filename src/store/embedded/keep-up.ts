import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../telemetry/log.ts";
import type { EmbeddedPostgres } from "./start.ts";

const LOOK_EVERY_MS = 1_000;

/** Brings the server back when it dies. @returns ends the watch */
export function keepUp(postgres: Pick<EmbeddedPostgres, "alive" | "restart">, log: Log): () => Promise<void> {
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
      if (stopped.signal.aborted || (await postgres.alive())) continue;
      try {
        log.warn("PostgreSQL is gone: it is started again");
        await postgres.restart();
        log.info("PostgreSQL is back");
      } catch (error) {
        log.error({ error: messageOf(error) }, "PostgreSQL did not come back yet");
      }
    }
  };
  const watching = watch();
  return () => {
    stopped.abort();
    return watching;
  };
}
