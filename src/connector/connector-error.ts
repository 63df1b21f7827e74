import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { messageOf, SignalboxError } from "../errors.ts";
import { SIGN_IN_NEEDED } from "../identity/tokens/principal.ts";
import { NOT_ALLOWED } from "./egress/guarded-fetch.ts";
import { LeftAlone } from "./egress/patience.ts";
import { TurnedAway } from "./egress/turned-away.ts";
import type { Outcome } from "./meta.ts";
import { redact } from "./redact.ts";

/** A tool call that gave no result. `outcome` says whether anything can have happened; `told` is for the person in chat. */
export class ConnectorError extends SignalboxError {
  readonly outcome: Outcome;
  /** it was we who said no, and the system was not asked */
  readonly isOurs: boolean;
  /** it goes on when the person who asks has signed in */
  readonly needsSignIn: boolean;

  constructor(
    outcome: Outcome,
    message: string,
    {
      isOurs = false,
      needsSignIn = false,
      ...options
    }: { cause?: unknown; told?: string; isOurs?: boolean; needsSignIn?: boolean } = {},
  ) {
    super(`connector-${outcome}`, message, options);
    this.name = "ConnectorError";
    this.outcome = outcome;
    this.isOurs = isOurs;
    this.needsSignIn = needsSignIn;
  }
}

/** @param title name of the system as people know it */
export function didNotAnswer(
  outcome: "not-done" | "unknown",
  title: string,
  tool: string,
  cause: unknown,
): ConnectorError {
  const told =
    outcome === "not-done"
      ? `${title} cannot be reached at the moment. Nothing was changed; please try again in a minute.`
      : `${title} did not answer in time. It is not certain yet whether it was done.`;
  // The cause stays out of the error on purpose: its text may hold what was sent, and loggers print causes.
  return new ConnectorError(outcome, `${tool}: no result (${outcome}): ${redact(messageOf(cause))}`, { told });
}

const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);
const cutOff = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * The request surely did not reach the tool: no connection, an address that is not allowed, no token, or turned away before the
 * protocol saw it (a token that is not accepted any more, a session that a restarted server does not know, too many requests).
 */
export function neverArrived(error: unknown): boolean {
  if (error instanceof TurnedAway) return error.status === 429;
  if (error instanceof LeftAlone) return true;
  if (error instanceof StreamableHTTPError) return [401, 404, 413].includes(error.code ?? 0);
  if (error instanceof SignalboxError) return error.code === NOT_ALLOWED || error.code === "token-unavailable";
  return neverConnected.has(codeOf(error));
}

/** The system knows who asked, and its door said no: the tool was not asked. */
export const wasForbidden = (error: unknown): boolean => error instanceof StreamableHTTPError && error.code === 403;

/** Whoever asks has to sign in before anybody can act for them; nothing was sent. */
export const needsSignIn = (error: unknown): boolean =>
  error instanceof SignalboxError && error.code === SIGN_IN_NEEDED;

/** The connection ended before the answer: the server closed it while it was idle, or died. The request may have arrived. */
export const wasCutOff = (error: unknown): boolean => cutOff.has(codeOf(error));

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
