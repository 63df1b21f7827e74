import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import { type Connectors, connectSystems } from "../../src/connector/client.ts";
import type { Credentials } from "../../src/connector/credentials.ts";
import type { InventoryEntry } from "../../src/connector/inventory.ts";
import type { ToolGate } from "../../src/connector/tools/gate.ts";
import { silent, trusting } from "./company.ts";

type Request = { id?: number; method: string; params?: { protocolVersion?: string; name?: string } };
/** Answers a call in a way of its own; what it does not end stays open. */
export type Behaviour = (response: ServerResponse, id: number) => void;

export const plainResult = (id: number): string =>
  JSON.stringify({ jsonrpc: "2.0", id, result: { content: [], structuredContent: { ok: true } } });

/** An answer without a body. One call at a time: restify, where it is loaded, makes writeHead give nothing back. */
export function only(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers);
  response.end();
}

/** Answers as a system does that has nothing to hide. */
export const obliging: Behaviour = (response, id) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(plainResult(id));
};

export const reading = (name: string, more: Partial<Tool> = {}): Tool => ({
  ...{ name, description: `Reads ${name}.`, inputSchema: { type: "object" } },
  ...{ annotations: { readOnlyHint: true }, _meta: { "signalbox/access": "read" }, ...more },
});
export const writing = (name: string, more: Partial<Tool> = {}): Tool => ({
  ...{ name, description: `Writes ${name}.`, inputSchema: { type: "object" } },
  ...{ annotations: { readOnlyHint: false }, _meta: { "signalbox/reversal": "event-sourced" }, ...more },
});

/** A system whose every answer a test can say: what it offers, how it behaves, and what reached it. */
export async function startScriptedSystem(tools: Tool[]) {
  const script = {
    tools,
    behave: obliging,
    /** names of the tools that were called */
    calls: [] as string[],
    connections: 0,
    /** whatever was shown to it as proof of who asks */
    bearers: new Set<string | undefined>(),
    /** answers whatever else comes, once it is set */
    instead: undefined as Behaviour | undefined,
  };
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      script.bearers.add(request.headers.authorization);
      if (script.instead !== undefined) return script.instead(response, 0);
      if (request.method === "GET") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.flushHeaders();
        return void listeners.add(response);
      }
      if (request.method !== "POST") return only(response, 405);
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request;
      if (id === undefined) return only(response, 202);
      if (method === "tools/call") {
        script.calls.push(params?.name ?? "");
        return script.behave(response, id);
      }
      const hello = {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "scripted", version: "1" },
      };
      const result = method === "initialize" ? hello : { tools: script.tools };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  });
  server.on("connection", () => {
    script.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(script, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    isHeard: () => listeners.size > 0,
    sayChanged: () => {
      const said = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };
      for (const listener of listeners) listener.write(`event: message\ndata: ${JSON.stringify(said)}\n\n`);
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
export type ScriptedSystem = Awaited<ReturnType<typeof startScriptedSystem>>;

export function entryOf(system: string, url: string, more: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    ...{ system, title: `The ${system} system`, purpose: "Stands for a system of somebody else." },
    ...{ owner: "priya.nair@contoso.example", dataClassification: "internal", endpoint: url },
    ...{ identity: { kind: "none" }, scopes: ["read", "write"], reads: [] },
    egress: { hosts: ["127.0.0.1"], privateAddresses: ["127.0.0.1/32"] },
    ...more,
  };
}

/** For systems that are spoken to as nobody. */
const none: Credentials = {
  principalOf: () => Promise.reject(new Error("nobody calls")),
  tokens: { get: () => Promise.reject(new Error("no token is shown")), forget: () => {} },
  elevate: () => Promise.reject(new Error("no right is signed")),
};

export function connectTo(
  entries: InventoryEntry[],
  gate: ToolGate = trusting,
  credentials: Credentials = none,
): Promise<Connectors> {
  const inventory = new Map(entries.map((entry) => [entry.system, entry]));
  const isElevated = () => Promise.resolve(true);
  return connectSystems({ endpoints: {}, inventory, gate, isElevated, log: silent, credentials });
}
