import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolResultSchema,
  PaginatedResultSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";
import { cappedFetch } from "./capped-fetch.ts";
import type { Endpoint } from "./system-names.ts";

export type CallParams = { name: string; arguments: Record<string, unknown>; _meta: Record<string, unknown> };
export type CallResult = z.infer<typeof CallToolResultSchema>;

/** An open session with one system. Deadlines are total: a system that drips its answer gains no time by it. */
export type Session = {
  endpoint: Endpoint;
  /** every tool that the system offers at this moment, as it says it, unread */
  list(timeoutMs: number): Promise<unknown[]>;
  /** what the system answers; whether it is what was promised is for the caller to check */
  call(params: CallParams, timeoutMs: number): Promise<CallResult>;
  close(): Promise<void>;
  /** ends it without a word to the system: what still waits on it gets its answer now */
  abandon(): void;
};

export const CONNECT_MS = 5_000;
const MAX_RESPONSE_BYTES = 1024 * 1024;
const MAX_PAGES = 20;
/** No call waits longer than this, whatever deadline it asks for. */
export const MAX_DEADLINE_MS = 60_000;

/**
 * @param options.fetch reaches the system, and shows whatever token it wants to see
 * @param options.onListChanged the system says that it offers other tools now
 */
export async function openSession(
  endpoint: Endpoint,
  options: { fetch: typeof fetch; onListChanged(): void },
): Promise<Session> {
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.url), {
    fetch: cappedFetch({ maxBytes: MAX_RESPONSE_BYTES, maxMs: MAX_DEADLINE_MS }, options.fetch),
  });
  const client = new Client({ name: "signalbox", version: "1.0.0" });
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => options.onListChanged());
  await client.connect(transport as Transport, { timeout: CONNECT_MS });
  return {
    endpoint,
    list: (timeoutMs) => listAll(client, timeoutMs),
    call: (params, timeoutMs) =>
      client.request({ method: "tools/call", params }, CallToolResultSchema, { timeout: Math.max(1, timeoutMs) }),
    close: async () => {
      // Tells the server to forget the session; one that is gone has forgotten it already.
      await transport.terminateSession().catch(() => {});
      await client.close();
    },
    abandon: () => void client.close().catch(() => {}),
  };
}

/** A list is asked for before every call and hardly ever says anything new: what stands in it is parsed where it does. */
const Listed = PaginatedResultSchema.extend({ tools: z.array(z.unknown()) });

async function listAll(client: Client, timeoutMs: number): Promise<unknown[]> {
  const ends = performance.now() + timeoutMs;
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const timeout = Math.max(1, ends - performance.now());
    const params = cursor === undefined ? {} : { cursor };
    const listed = await client.request({ method: "tools/list", params }, Listed, { timeout });
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) return tools;
  }
  throw new SignalboxError("tools-without-end", `The list of tools has more than ${MAX_PAGES} pages: it is not read.`);
}
