import { type SpawnSyncReturns, spawnSync } from "node:child_process";

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
