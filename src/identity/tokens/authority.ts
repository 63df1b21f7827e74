import { randomUUID } from "node:crypto";
import { type JSONWebKeySet, SignJWT } from "jose";
import { ALGORITHM, type Keyring, makeKey, publicKeys, rotated, type SigningKey } from "../keys/keyring.ts";
import { ELEVATION_TYPE, own, TOKEN_TYPE } from "./claims.ts";
import { rolesAt, type TokenRequest, type TokenSource } from "./principal.ts";

const TOKEN_MS = 10 * 60_000;
const ELEVATION_MS = 60_000;
/** What a former key signed may be shown this long: the life of a token, and the skew that verifiers forgive. */
const OVERLAP_MS = TOKEN_MS + 60_000;

/** The right to make one call. `digest` is over its tool and arguments, as stored when it was passed. */
export type Right = { clientId: string; audience: string; actionId: string; tool: string; digest: string };

/**
 * A signing authority of our own: it issues what Entra would, with the same claims, so that a system verifies both in one
 * way; and it signs elevations, which Entra cannot.
 */
export type Authority = {
  issuer: string;
  tokens: TokenSource;
  elevate(right: Right): Promise<string>;
  /** the public keys that count at this moment */
  keys(): JSONWebKeySet;
  /** Everybody who follows the keys knows the next one before anything is signed with it. */
  rotate(): Promise<void>;
  /** @param tell is called with all keys before each change; what it throws holds up no rotation */
  onKeys(tell: (keys: JSONWebKeySet) => Promise<void>): void;
};

export async function openAuthority(tenantId: string, now: () => number = Date.now): Promise<Authority> {
  const issuer = `urn:signalbox:${tenantId}`;
  let ring: Keyring = { current: await makeKey(), former: [] };
  const followers: ((keys: JSONWebKeySet) => Promise<void>)[] = [];
  let rotating = Promise.resolve();

  const sign = (type: string, audience: string, lifeMs: number, claims: Record<string, unknown>): Promise<string> => {
    const at = Math.floor(now() / 1_000);
    const { kid, privateKey } = ring.current;
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: type, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(at)
      .setNotBefore(at)
      .setExpirationTime(at + lifeMs / 1_000)
      .setJti(randomUUID())
      .sign(privateKey);
  };
  const change = async (next: SigningKey): Promise<void> => {
    const all = publicKeys(rotated(ring, next, now(), OVERLAP_MS), now());
    await Promise.allSettled(followers.map((tell) => tell(all)));
    ring = rotated(ring, next, now(), OVERLAP_MS);
  };

  return {
    issuer,
    tokens: {
      async get({ principal, audience, resource, personId }: TokenRequest) {
        const { id: clientId, agentId, agentVersion } = principal;
        const roles = rolesAt(principal, audience);
        const subject = personId ?? clientId;
        const value = await sign(TOKEN_TYPE, resource ?? audience, TOKEN_MS, {
          ...{ tid: tenantId, azp: clientId, oid: subject, sub: subject, ver: "2.0" },
          ...(personId === undefined ? { idtyp: "app", roles } : { scp: roles.join(" ") }),
          ...{ [own.agent]: agentId, [own.version]: agentVersion },
        });
        return { value, clientId, expiresAt: now() + TOKEN_MS };
      },
    },
    elevate: ({ clientId: azp, audience, actionId: action, tool, digest }) =>
      sign(ELEVATION_TYPE, audience, ELEVATION_MS, { azp, action, tool, digest }),
    keys: () => publicKeys(ring, now()),
    rotate() {
      rotating = rotating.then(makeKey).then(change);
      return rotating;
    },
    onKeys: (tell) => {
      followers.push(tell);
    },
  };
}
