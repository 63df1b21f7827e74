import type { DLogger } from "@dbos-inc/dbos-sdk";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";

const QUIET_MS = 10_000;

/**
 * The library's log, in ours: its news are our details. While the database is away it warns several times a second;
 * a warning that begins like another of the last ten seconds is a detail too.
 */
export function dbosLog(log: Log): DLogger {
  const ours = log.child({ part: "dbos" });
  const warned = new Map<string, number>();
  const isRepeat = (text: string) => {
    const kind = text.slice(0, 40);
    const now = performance.now();
    if (now - (warned.get(kind) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return true;
    warned.set(kind, now);
    return false;
  };
  return {
    debug: (entry) => ours.trace(messageOf(entry)),
    info: (entry) => ours.debug(messageOf(entry)),
    warn: (entry) => {
      const text = messageOf(entry);
      if (isRepeat(text)) ours.debug(text);
      else ours.warn(text);
    },
    error: (entry, metadata) => ours.error({ stack: metadata?.stack }, messageOf(entry)),
  };
}
