import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { ALGORITHM } from "../keys/keyring.ts";
import { authentic, NotForUs } from "./authentic.ts";
import { type Bearer, bearerOf, ELEVATION_TYPE, Elevation, TOKEN_TYPE } from "./claims.ts";

/** Whose signatures count. It travels to other processes, so it is plain data. */
export type Trust = {
  tenantId: string;
  /** our own authority: it signs elevations, and bearers where Entra is not asked */
  own: { issuer: string; keys: JSONWebKeySet };
  /** where bearers come from Entra: its issuers (v2.0 and v1.0), and its `jwks_uri` */
  entra?: { issuers: string[]; keysUrl: string } | undefined;
};

/**
 * What one system asks of what it is shown. Both throw as `authentic` does; the errors say why, for the log, and whoever
 * showed the token is told nothing of that.
 */
export type Verifier = {
  bearer(token: string): Promise<Bearer>;
  elevation(token: string): Promise<Elevation>;
};

/** Clocks of one company differ by less than this. */
const SKEW_SECONDS = 30;

/**
 * @param names what tokens for this system call it: `own` to our authority, and `entra` (an application id and its URI) where
 * its bearers come from Entra, and from there only
 */
export function createVerifier(trust: Trust, names: { own: string; entra?: readonly string[] | undefined }): Verifier {
  const ownKeys = createLocalJWKSet(trust.own.keys);
  const ofOurs = { issuer: trust.own.issuer, audience: names.own, algorithms: [ALGORITHM] };
  const issued =
    names.entra === undefined || trust.entra === undefined
      ? { keys: ownKeys, options: { ...ofOurs, typ: TOKEN_TYPE } }
      : {
          keys: createRemoteJWKSet(new URL(trust.entra.keysUrl), { timeoutDuration: 5_000 }),
          options: { issuer: trust.entra.issuers, audience: [...names.entra], algorithms: ["RS256"], typ: "JWT" },
        };
  return {
    bearer: (token) =>
      authentic(async () => {
        const bearer = bearerOf(await read(token, issued.keys, issued.options));
        if (bearer.tenantId.toLowerCase() !== trust.tenantId.toLowerCase()) throw new NotForUs("another tenant");
        return bearer;
      }),
    elevation: (token) =>
      authentic(async () => Elevation.parse(await read(token, ownKeys, { ...ofOurs, typ: ELEVATION_TYPE }))),
  };
}

async function read(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<unknown> {
  const always = { clockTolerance: SKEW_SECONDS, requiredClaims: ["exp", "iat"] };
  return (await jwtVerify(token, keys, { ...options, ...always })).payload;
}
