import { SignalboxError } from "../errors.ts";

/** A fetch that never takes more than this many bytes of an answer, nor waits longer than this for all of it. */
export function cappedFetch(limits: { maxBytes: number; maxMs: number }, inner = fetch): typeof fetch {
  return async (input, init) => {
    const signals = [AbortSignal.timeout(limits.maxMs), ...(init?.signal ? [init.signal] : [])];
    const response = await inner(input, { ...init, signal: AbortSignal.any(signals) });
    if (response.body === null) return response;
    if (Number(response.headers.get("content-length") ?? 0) > limits.maxBytes) {
      await response.body.cancel();
      throw tooLarge(limits.maxBytes);
    }
    let bytes = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength;
          if (bytes > limits.maxBytes) controller.error(tooLarge(limits.maxBytes));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
}

function tooLarge(maxBytes: number): SignalboxError {
  return new SignalboxError("response-too-large", `The answer has more than ${maxBytes} bytes: ask for fewer rows.`);
}
