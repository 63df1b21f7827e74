import { type SpawnSyncReturns, spawnSync } from "node:child_process";

/** The command line of the registry, as somebody types it. */
export function registryCli(args: readonly string[], environment: Record<string, string> = {}) {
  return commandLine("src/registry-cli.ts", args, environment);
}

/** That of the policies. */
export function policyCli(args: readonly string[], environment: Record<string, string> = {}) {
  return commandLine("src/policy-cli.ts", args, environment);
}

function commandLine(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [file, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
}
