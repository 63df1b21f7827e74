import { errors } from "jose";
import { ZodError } from "zod";
import { messageOf, SignalboxError } from "../../errors.ts";

/** Authentic, and not for us. */
export class NotForUs extends Error {}

/**
 * Runs a check of a token.
 * @throws SignalboxError "token-not-authentic" where the token is to blame, "keys-unavailable" where nobody can tell yet
 */
export async function authentic<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const isTheirs =
      (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) ||
      error instanceof ZodError ||
      error instanceof NotForUs;
    const why = error instanceof ZodError ? (error.issues[0]?.message ?? "a claim is missing") : messageOf(error);
    throw new SignalboxError(
      isTheirs ? "token-not-authentic" : "keys-unavailable",
      isTheirs ? `The token is not accepted: ${why}` : `The keys that tokens are checked with cannot be read: ${why}`,
    );
  }
}
