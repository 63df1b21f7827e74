import { SignalboxError } from "../../errors.ts";

/** A service that is asked for an opinion, as its operator knows it. */
export type Service = {
  /** "The embedding endpoint" */
  title: string;
  /** where it is; holds no secret */
  url: string;
  /** the variables that say where it is, with what it is opened, and what of it is used */
  settings: { address: string; key: string; part: string };
};

/**
 * What went wrong: `unreachable` nobody answers; `too-slow` no whole answer in time; `denied` the key or the role; `not-found` the
 * address, model or index; `throttled` too many requests; `broken` a fault of theirs; `refused` a request that they do not
 * understand; `too-large` and `nonsense` an answer that cannot be used.
 */
export type FailureKind =
  | "unreachable"
  | "too-slow"
  | "denied"
  | "not-found"
  | "throttled"
  | "broken"
  | "refused"
  | "too-large"
  | "nonsense";

/** A service gave no opinion. `code` is "opinion-" and the kind. */
export class OpinionError extends SignalboxError {
  readonly kind: FailureKind;
  /** how long the service wants to be left alone, where it said so */
  readonly retryAfterMs: number | undefined;
  /** of the HTTP answer, where there was one */
  readonly status: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined; status?: number } = {},
  ) {
    super(`opinion-${kind}`, message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** May the same request succeed later by itself? */
export function passes(error: unknown): error is OpinionError {
  return error instanceof OpinionError && ["unreachable", "too-slow", "throttled", "broken"].includes(error.kind);
}

/**
 * What an HTTP answer that is no success means.
 * @param answer.retryAfterMs see readRetryAfter
 * @param answer.detail what the service said of it, where that can hold nothing personal
 */
export function failureOfStatus(
  service: Service,
  answer: { status: number; retryAfterMs: number | undefined; detail: string },
): OpinionError {
  const { status, retryAfterMs, detail } = answer;
  const { address, key, part } = service.settings;
  const fail = (kind: FailureKind, what: string): OpinionError => {
    const said = detail === "" ? "" : ` It says: ${detail}`;
    return new OpinionError(kind, `${service.title} ${service.url} ${what}${said}`, { retryAfterMs, status });
  };
  if (status === 401)
    return fail(
      "denied",
      `does not accept who we are (401). Correct ${key}, or the roles of the bot's app registration.`,
    );
  if (status === 403)
    return fail("denied", `does not let us do this (403). It needs another ${key}, role, or network rule.`);
  if (status === 404) return fail("not-found", `has nothing there (404). Correct ${address} or ${part}.`);
  if (status === 429)
    return fail("throttled", "takes no more requests for now (429). Raise its quota if this goes on.");
  if (status === 408 || status >= 500) return fail("broken", `is out of order (${status}). Look at its health.`);
  return fail("refused", `does not take the request (${status}). Check ${address} and ${part}.`);
}

/** What it means that there was no answer. */
export function failureOfThrown(service: Service, error: unknown, maxMs: number): OpinionError {
  const { address } = service.settings;
  const at = `${service.title} ${service.url}`;
  if (error instanceof OpinionError) return error;
  if (error instanceof SignalboxError && error.code === "response-too-large")
    return new OpinionError("too-large", `${at} answers more than it was asked for. Is ${address} right?`, {
      cause: error,
    });
  if (error instanceof Error && error.name === "TimeoutError")
    return new OpinionError("too-slow", `${at} did not answer within ${maxMs} ms. Look at its health.`, {
      cause: error,
    });
  const why = networkCode(error);
  return new OpinionError("unreachable", `${at} cannot be reached (${why}). Start it, or correct ${address}.`, {
    cause: error,
  });
}

/** fetch says only that it failed; the reason is beneath. */
function networkCode(error: unknown): string {
  const below = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (below instanceof Error && "code" in below) return String(below.code);
  return below instanceof Error ? below.message : String(below);
}

/**
 * How long a service wants to be left alone, in milliseconds.
 * @param header "Retry-After": seconds, or a day and time
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
