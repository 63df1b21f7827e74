import { createHash, createHmac, pbkdf2, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

const ITERATIONS = 4_096;

/**
 * A password that follows from another one and does not lead back to it: every process that knows the database's address knows
 * that of the agents' account, and whoever holds the latter knows no more than it.
 */
export async function derivedPassword(password: string, purpose: string): Promise<string> {
  const key = (await promisify(scrypt)(password.normalize("NFKC"), purpose, 24)) as Buffer;
  return key.toString("base64url");
}

/**
 * What PostgreSQL stores of a password (RFC 5802, SCRAM-SHA-256): given in this form, the password is in no statement and in no
 * log of the server.
 */
export async function scramVerifier(password: string): Promise<string> {
  const salt = randomBytes(16);
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}
