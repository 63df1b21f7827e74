import type { SearchClientOptions } from "@azure/search-documents";
import { call } from "../service/call.ts";
import type { Service } from "../service/failure.ts";

export type HttpClient = NonNullable<SearchClientOptions["httpClient"]>;
type Answer = Awaited<ReturnType<HttpClient["sendRequest"]>>;

const ASK_MS = 10_000;
const WRITE_MS = 60_000;
const MAX_BYTES = 8_000_000;

/** How the SDK sends its requests: with our caps, and what fails is an OpinionError, which the SDK hands on as it is. */
export function cappedClient(service: Service): HttpClient {
  return {
    sendRequest: async (request) => {
      const isQuestion = request.url.includes("/docs/search.post.search");
      const { status, headers, text } = await call(service, {
        ...{ url: request.url, method: request.method, headers: request.headers.toJSON() },
        body: typeof request.body === "string" ? request.body : undefined,
        ...{ maxBytes: MAX_BYTES, maxMs: isQuestion ? ASK_MS : WRITE_MS, isPersonal: isQuestion },
        // The SDK is only ever given signals of this kind.
        signal: request.abortSignal as AbortSignal | undefined,
      });
      return { request, status, headers: headersFor(headers), bodyAsText: text };
    },
  };
}

function headersFor(headers: Headers): Answer["headers"] {
  return {
    get: (name) => headers.get(name) ?? undefined,
    has: (name) => headers.has(name),
    set: (name, value) => headers.set(name, String(value)),
    delete: (name) => headers.delete(name),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers.entries(),
  };
}
