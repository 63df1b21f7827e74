import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import { SignalboxError } from "../../errors.ts";
import { authentic } from "./authentic.ts";

/** Bot Framework Authentication: clocks may differ by five minutes, and keys are read again once a day. */
const SKEW_SECONDS = 300;
const DAY_MS = 86_400_000;
const FETCH_MS = 5_000;

const Metadata = z.object({ jwks_uri: z.url({ protocol: /^https?$/ }) });

/** Who signs what Teams sends: where the metadata of its keys is, and how it calls itself. In the public cloud: */
export const TEAMS_SIGNER = {
  issuer: "https://api.botframework.com",
  metadataUrl: "https://login.botframework.com/v1/.well-known/openidconfiguration",
};

/**
 * Checks the token of an inbound activity before the SDK sees it. The SDK also takes tokens of emulators and of other bots,
 * which any tenant can get; it takes tokens that never expire; and of every forgery it prints a stack.
 * @param now the time by which tokens expire, in Unix ms
 * @returns checks an Authorization header @throws SignalboxError as `authentic` does
 */
export function createTeamsVerifier(
  appId: string,
  signer = TEAMS_SIGNER,
  now: () => number = Date.now,
): (authorization: string) => Promise<void> {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keysOf = (): Promise<JWTVerifyGetKey> => {
    keys ??= readKeys(signer.metadataUrl).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return keys;
  };
  return (authorization) =>
    authentic(async () => {
      const [, token = ""] = /^Bearer (\S+)$/.exec(authorization) ?? [];
      await jwtVerify(token, async (header, input) => (await keysOf())(header, input), {
        ...{ issuer: signer.issuer, audience: appId, algorithms: ["RS256"], clockTolerance: SKEW_SECONDS },
        ...{ requiredClaims: ["exp"], currentDate: new Date(now()) },
      });
    });
}

async function readKeys(metadataUrl: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(metadataUrl, { signal: AbortSignal.timeout(FETCH_MS), redirect: "error" });
  const metadata = response.ok ? Metadata.safeParse(await response.json()) : undefined;
  if (metadata?.success !== true)
    throw new SignalboxError("metadata-unreadable", `${metadataUrl} answered ${response.status} and names no keys.`);
  return createRemoteJWKSet(new URL(metadata.data.jwks_uri), { timeoutDuration: FETCH_MS, cacheMaxAge: DAY_MS });
}
