import { createHmac, timingSafeEqual } from "node:crypto";

/** Who sends an alert signs it at most so many seconds before or after it arrives. */
export const TOLERANCE_SECONDS = 300;

export type Signed = { timestamp: string; signature: string; body: Buffer };

/** "sha256=…": HMAC-SHA256 over the time stamp (Unix seconds), a full stop and the body, byte for byte. */
export function signatureOf(secret: string, { timestamp, body }: Pick<Signed, "timestamp" | "body">): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex")}`;
}

/** Why a request is not from somebody who knows the secret and speaks now; undefined where it is. Pure. */
export function whyNotAuthentic(secret: string, signed: Signed, nowMs: number): string | undefined {
  const expected = Buffer.from(signatureOf(secret, signed));
  const given = Buffer.from(signed.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "the signature is wrong";
  if (!/^\d{10}$/.test(signed.timestamp)) return "the time stamp is not in Unix seconds";
  const seconds = Math.abs(nowMs / 1_000 - Number(signed.timestamp));
  return seconds > TOLERANCE_SECONDS ? "the time stamp is too old, or in the future" : undefined;
}
