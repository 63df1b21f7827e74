import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv-provider.js";
import type { JsonSchemaType, JsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/types.js";
import type { Principal } from "../identity/tokens/principal.ts";
import { cappedFetch } from "./capped-fetch.ts";
import { bearing, type Credentials } from "./credentials.ts";
import type { Endpoint } from "./system-names.ts";

/**
 * An open session of one principal with one system: its tools were listed, and results are checked against their output
 * schemas. `clientId` tells the application in whose name it goes.
 */
export type Session = {
  endpoint: Endpoint;
  client: Client;
  tools: Tool[];
  clientId(): Promise<string>;
  close(): Promise<void>;
};

const CONNECT_MS = 5_000;
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** No call waits longer than this, whatever deadline it asks for. */
export const MAX_DEADLINE_MS = 60_000;

export async function openSession(
  endpoint: Endpoint,
  tokens: Credentials["tokens"],
  who: { principal: Principal; audience: string },
): Promise<Session> {
  const capped = cappedFetch({ maxBytes: MAX_RESPONSE_BYTES, maxMs: MAX_DEADLINE_MS });
  const bearer = bearing(capped, tokens, who);
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.url), { fetch: bearer.fetch });
  const client = new Client({ name: "signalbox", version: "1.0.0" }, { jsonSchemaValidator: compileAtFirstUse() });
  await client.connect(transport as Transport, { timeout: CONNECT_MS });
  const { tools } = await client.listTools(undefined, { timeout: CONNECT_MS });
  return {
    endpoint,
    client,
    tools,
    clientId: bearer.clientId,
    close: async () => {
      // Tells the server to forget the session; one that is gone has forgotten it already.
      await transport.terminateSession().catch(() => {});
      await client.close();
    },
  };
}

/** Most tools are never called in the life of a process: their schemas are not compiled while it starts. */
function compileAtFirstUse() {
  const ajv = new AjvJsonSchemaValidator();
  return {
    getValidator<T>(schema: JsonSchemaType): JsonSchemaValidator<T> {
      let compiled: JsonSchemaValidator<T> | undefined;
      return (input) => {
        compiled ??= ajv.getValidator<T>(schema);
        return compiled(input);
      };
    },
  };
}
