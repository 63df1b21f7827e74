import { execFile, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";

/** The command line of the registry, as somebody types it. */
export function registryCli(
  args: readonly string[],
  environment: Record<string, string> = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ["src/registry-cli.ts", ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
}

/** What the operators' command line said and how it ended; `said` is both outputs. */
export type Ended = { code: number; out: string; err: string; said: string };

/** The operators' command line, as somebody types it. @param environment how it finds the database */
export function ops(environment: Record<string, string>, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["src/cli.ts", ...args], { env: childEnvironment(environment) }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err, said: `${out}${err}` }),
    );
  });
}
