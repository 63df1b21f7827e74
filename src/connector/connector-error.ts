import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Outcome } from "./meta.ts";
import { redact } from "./redact.ts";

/** A tool call that gave no result. `outcome` says whether anything can have happened; `told` is for the person in chat. */
export class ConnectorError extends SignalboxError {
  readonly outcome: Outcome;
  /** it was we who said no, and the system was not asked */
  readonly isOurs: boolean;

  constructor(
    outcome: Outcome,
    message: string,
    { isOurs = false, ...options }: { cause?: unknown; told?: string; isOurs?: boolean } = {},
  ) {
    super(`connector-${outcome}`, message, options);
    this.name = "ConnectorError";
    this.outcome = outcome;
    this.isOurs = isOurs;
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
 * The request surely did not reach the tool: no connection, or turned away before the protocol saw it (a token that is
 * not accepted any more, a session that a restarted server does not know).
 */
export function neverArrived(error: unknown): boolean {
  if (error instanceof StreamableHTTPError) return [401, 404, 413].includes(error.code ?? 0);
  // Without a token nothing was sent.
  if (error instanceof SignalboxError) return error.code === "token-unavailable";
  return neverConnected.has(codeOf(error));
}

/** The system knows who asked, and its door said no: the tool was not asked. */
export const wasForbidden = (error: unknown): boolean => error instanceof StreamableHTTPError && error.code === 403;

/** The connection ended before the answer: the server closed it while it was idle, or died. The request may have arrived. */
export const wasCutOff = (error: unknown): boolean => cutOff.has(codeOf(error));

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
