import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from "jose";

/** ES256: small signatures, and every library for tokens knows it. */
export const ALGORITHM = "ES256";

/** The private half lives in this process only: it is not extractable, and is written nowhere. */
export type SigningKey = { kid: string; privateKey: CryptoKey; publicJwk: JWK };

export async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: false });
  const kid = randomUUID();
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: "sig" };
  return { kid, privateKey, publicJwk };
}

/** One key signs; the public halves of former ones stay until (Unix ms) no token of theirs can be in force any more. */
export type Keyring = { current: SigningKey; former: readonly { publicJwk: JWK; until: number }[] };

/** The next key takes over. @param overlapMs how long what the former one signed may still be shown */
export function rotated(ring: Keyring, next: SigningKey, now: number, overlapMs: number): Keyring {
  const former = ring.former.filter(({ until }) => until > now);
  return { current: next, former: [...former, { publicJwk: ring.current.publicJwk, until: now + overlapMs }] };
}

/** The public halves of all keys that count at this moment, the newest first. */
export function publicKeys({ current, former }: Keyring, now: number): JSONWebKeySet {
  const live = former.filter(({ until }) => until > now).map(({ publicJwk }) => publicJwk);
  return { keys: [current.publicJwk, ...live.reverse()] };
}
