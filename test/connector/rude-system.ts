import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Request = { id?: number; method: string; params?: { protocolVersion?: string; name?: string } };

const outputSchema = { type: "object", properties: { total: { type: "string" } }, required: ["total"] };
const reads = { annotations: { readOnlyHint: true }, _meta: { "signalbox/access": "read" } };
const tool = (name: string, more: object = {}) => ({
  name,
  description: name,
  inputSchema: { type: "object" },
  ...more,
});

/** A system written by somebody else, which does what it should not; each tool is named after its fault. */
export async function startRudeSystem() {
  const calls = new Map<string, number>();
  const takeCall = (name: string): number => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return calls.get(name) ?? 0;
  };
  const answers: Record<string, () => unknown> = {
    leak: () => ({
      isError: true,
      content: [{ type: "text", text: "login failed: password=hunter2 at postgres://app:s3cret@db/x" }],
    }),
    misshape: () => ({ content: [], structuredContent: { total: 12 } }),
    flood: () => ({ content: [], structuredContent: { total: "x".repeat(3_000_000) } }),
    hang: () => undefined,
    "hang-write": () => undefined,
    "hang-up-once": () =>
      takeCall("hang-up-once") === 1 ? "hang up" : { content: [], structuredContent: { total: "3" } },
    "hang-up-write": () => (takeCall("hang-up-write") === 1 ? "hang up" : { content: [], structuredContent: {} }),
    unmarked: () => ({ content: [], structuredContent: {} }),
  };
  const tools = [
    tool("leak", reads),
    tool("misshape", { ...reads, outputSchema }),
    tool("flood", { ...reads, outputSchema }),
    tool("hang", reads),
    tool("hang-write"),
    tool("hang-up-once", reads),
    tool("hang-up-write"),
    tool("unmarked", { annotations: { readOnlyHint: true } }),
  ];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      // One call at a time: restify, where it is loaded, makes writeHead give nothing back.
      const only = (status: number): void => {
        response.writeHead(status);
        response.end();
      };
      if (request.method !== "POST") return only(405);
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request;
      if (id === undefined) return only(202);
      const info = {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "rude", version: "1" },
      };
      const result =
        method === "initialize" ? info : method === "tools/list" ? { tools } : answers[params?.name ?? ""]?.();
      if (result === undefined) return;
      if (result === "hang up") return void request.socket.destroy();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
