import type { IncomingMessage } from "node:http";

const MAX_BODY_BYTES = 256 * 1024;

/** One message of the protocol as JSON, or what is wrong with it. Batches left the protocol in 2025-06-18. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ json?: unknown } | { status: 400 | 413; message: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return { status: 413, message: "The body is too large." };
    chunks.push(chunk);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return { status: 400, message: "The body is not JSON." };
  }
  return Array.isArray(json) ? { status: 400, message: "Send one message at a time." } : { json };
}
