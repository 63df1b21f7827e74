import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";

/** Whose tokens are taken. `issuer` as it stands in them, `role`: the app role that whoever calls was given. */
export type TokenRules = { issuer: string; audience: string; role: string };

/** @returns why a token is not taken; undefined where it is */
export type TokenCheck = (token: string) => Promise<string | undefined>;

/** Both clocks may be wrong by so much. */
const SKEW_SECONDS = 60;
const PATIENCE_MS = 5_000;
const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });
const Claims = z.object({ roles: z.array(z.string()).default([]) });

/**
 * Checks tokens that programs of the tenant got from Entra for this bot (client credentials). Only RS256 is taken, so that
 * neither "none" nor a public key as a secret signs anything. The issuer's keys are read when the first token comes, and again
 * where a token names one that is new.
 * @param now the time by which they expire, in Unix ms
 * @throws SignalboxError "token-keys-unreadable": nobody can tell at the moment, which is no fault of the token
 */
export function createTokenCheck({ issuer, audience, role }: TokenRules, now: () => number = Date.now): TokenCheck {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const keysOf = (): NonNullable<typeof keys> => {
    keys ??= discover(issuer);
    // An outage must not be remembered.
    keys.catch(() => {
      keys = undefined;
    });
    return keys;
  };
  return async (token) => {
    // What cannot be a token costs no look-up of keys.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return "it is no signed token";
    const found = await keysOf();
    try {
      const { payload } = await jwtVerify(token, found, {
        ...{ issuer, audience, algorithms: ["RS256"], clockTolerance: SKEW_SECONDS, requiredClaims: ["exp", "iat"] },
        currentDate: new Date(now()),
      });
      const claims = Claims.safeParse(payload);
      return claims.data?.roles.includes(role) === true ? undefined : `it has not the role ${role}`;
    } catch (error) {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return error.code;
      throw unreadable(issuer, error);
    }
  };
}

/** OpenID Connect Discovery: where the issuer publishes its keys. */
async function discover(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "error" });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const metadata = Metadata.parse(await response.json());
    if (metadata.issuer !== issuer) throw new Error(`it says that it is ${metadata.issuer}`);
    return createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: PATIENCE_MS });
  } catch (error) {
    throw unreadable(issuer, error);
  }
}

function unreadable(issuer: string, cause: unknown): SignalboxError {
  return new SignalboxError("token-keys-unreadable", `The keys of ${issuer} cannot be read: see whether it is up.`, {
    cause,
  });
}
