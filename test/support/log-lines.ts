import pino from "pino";
import type { Log } from "../../src/telemetry/log.ts";

/** A log of everything, down to the last detail, that a test can read. */
export function logTo(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { lines, log: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }) };
}
