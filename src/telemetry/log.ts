import pino from "pino";

/** A structured logger: one JSON object a line; names of people and payloads of tools do not belong in it. */
export type Log = pino.Logger;

/** @param level pino level; "silent" in tests */
export function createLog(level: string): Log {
  return pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
}
