import { SignalboxError } from "../../errors.ts";

/** The system has too much to do and says so (429, or 503 with Retry-After), before or instead of doing what was asked. */
export class TurnedAway extends SignalboxError {
  readonly status: 429 | 503;
  /** how long it wants to be left alone; undefined where it does not say */
  readonly retryAfterMs: number | undefined;

  constructor(status: 429 | 503, retryAfterMs: number | undefined) {
    super("connector-turned-away", `The system has too much to do (HTTP ${status}): ask again later.`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** @param now ms since 1970 */
export function turnedAway({ status, headers }: Response, now: number): TurnedAway | undefined {
  const after = retryAfter(headers.get("retry-after"), now);
  if (status === 429) return new TurnedAway(429, after);
  return status === 503 && after !== undefined ? new TurnedAway(503, after) : undefined;
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); anything else says nothing. In ms, never negative. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
