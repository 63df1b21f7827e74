import { cappedFetch } from "../../connector/capped-fetch.ts";
import { failureOfStatus, failureOfThrown, readRetryAfter, type Service } from "./failure.ts";

const MOST_DETAIL = 200;

export type Call = {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  maxBytes: number;
  maxMs: number;
  signal: AbortSignal | undefined;
  /** what people wrote is in it: what the service says of it is not repeated */
  isPersonal: boolean;
};

/**
 * One request to a service, and its whole answer.
 * @throws OpinionError for everything but success; the reason of `signal` when that aborts
 */
export async function call(
  service: Service,
  request: Call,
): Promise<{ status: number; headers: Headers; text: string }> {
  const { url, method, headers, body, maxBytes, maxMs, signal } = request;
  try {
    // A redirect is not followed: it would carry the key to where nobody meant it to go.
    const init = { method, headers, redirect: "manual" as const, ...(body === undefined ? {} : { body }) };
    const answer = await cappedFetch({ maxBytes, maxMs })(url, {
      ...init,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.text();
    const { status } = answer;
    if (answer.ok) return { status, headers: answer.headers, text };
    const retryAfterMs = readRetryAfter(answer.headers.get("retry-after"), Date.now());
    // Who is turned away may read a part of the key there.
    const isTelling = !request.isPersonal && status !== 401 && status !== 403;
    throw failureOfStatus(service, { status, retryAfterMs, detail: isTelling ? detailOf(text) : "" });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw failureOfThrown(service, error, maxMs);
  }
}

/** Both families of services answer an error as { error: { message } }; what stands in front of them answers anything. */
function detailOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } | string };
    const message = typeof error === "string" ? error : error?.message;
    return typeof message === "string" ? message.slice(0, MOST_DETAIL) : "";
  } catch {
    return "";
  }
}
