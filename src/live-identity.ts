import type { Config } from "./config.ts";
import { type Caller, type Credentials, createCredentials } from "./connector/credentials.ts";
import { tokensFrom } from "./identity/entra/source.ts";
import { keepKeys } from "./identity/keys/keep.ts";
import { listedKeys } from "./identity/keys/store.ts";
import { openAuthority } from "./identity/tokens/authority.ts";
import type { AssertionOf } from "./identity/tokens/principal.ts";
import type { Trust } from "./identity/tokens/verify.ts";
import type { Pool } from "./store/pool.ts";
import type { Log } from "./telemetry/log.ts";

type RecordOf = Parameters<typeof createCredentials>[0]["recordOf"];

/** With what this process shows who calls, and what those whom it calls are told to check that with. */
export type LiveIdentity = {
  credentials: Credentials;
  trust(): Trust;
  /** what tokens of Entra call a system, where its bearers come from there */
  names: Readonly<Record<string, readonly string[]>>;
  /** @param tell is called before each change of the keys */
  onTrust(tell: (trust: Trust) => Promise<void>): void;
  /** the public keys of all processes */
  listedKeys(): Promise<unknown[]>;
  /** Until then no agent is known, and only Signalbox itself gets tokens. */
  followFleet(recordOf: RecordOf): void;
  stop(): Promise<void>;
};

/** @throws SignalboxError "entra-file-invalid" */
export async function openLiveIdentity(options: {
  config: Pick<Config, "tenantId" | "entraFile">;
  pool: Pool;
  worker: string;
  systems: readonly string[];
  /** as whom people have signed in, where systems have Entra's tokens */
  assertionOf: AssertionOf;
  log: Log;
}): Promise<LiveIdentity> {
  const { config, pool, worker, systems, assertionOf, log } = options;
  const { tenantId, entraFile: file } = config;
  const authority = await openAuthority(tenantId);
  const { tokens, trust: entra, names } = tokensFrom({ own: authority.tokens, file, tenantId, assertionOf });
  const kept = await keepKeys({ authority, pool, tenantId, worker, log });
  const trustIn = (keys: Trust["own"]["keys"]): Trust => ({ tenantId, own: { issuer: authority.issuer, keys }, entra });
  let recordOf: RecordOf = async () => undefined;
  return {
    credentials: createCredentials({
      ...{ tokens, elevate: authority.elevate, systems },
      recordOf: (by: Caller) => recordOf(by),
    }),
    trust: () => trustIn(authority.keys()),
    names,
    onTrust: (tell) => authority.onKeys((keys) => tell(trustIn(keys))),
    listedKeys: () => listedKeys(pool, tenantId),
    followFleet: (of) => {
      recordOf = of;
    },
    stop: kept.stop,
  };
}
