import type { Config } from "../config.ts";
import type { Pool } from "../store/pool.ts";

/** What a command of the operators works with. */
export type Desk = {
  pool: Pool;
  config: Config;
  databaseUrl: string;
  as?: string | undefined;
  json: boolean;
  days: string;
  isSoFar: boolean;
  to?: string | undefined;
};

/** Prints it. @returns the exit code */
export function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Prints what is wrong. @returns the exit code */
export function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}
