import { type SpawnSyncReturns, spawnSync } from "node:child_process";

type Cli = (args: readonly string[], environment?: Record<string, string>) => SpawnSyncReturns<string>;

/** The command line of the registry, as somebody types it. */
export const registryCli: Cli = (args, environment = {}) => run("src/registry-cli.ts", args, environment);

/** The command line of auditors. */
export const auditCli: Cli = (args, environment = {}) => run("src/audit-cli.ts", args, environment);

function run(file: string, args: readonly string[], environment: Record<string, string>): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [file, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
}
