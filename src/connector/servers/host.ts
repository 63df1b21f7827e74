import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Log } from "../../telemetry/log.ts";
import { createMcpServer, type System } from "./mcp-server.ts";

type Hosted = System & { token: string };
type Session = { transport: StreamableHTTPServerTransport };

const MAX_BODY_BYTES = 256 * 1024;
const MAX_SESSIONS = 50;

/**
 * One loopback HTTP server for all systems, each at /<system>/mcp. Before the protocol sees a request: the Host header
 * (a web page must not reach us through a name of its own), the bearer token, and the session, which belongs to the
 * system whose token opened it.
 */
export function createHost(systems: readonly Hosted[], log: Log): Server {
  const routes = new Map<string, { system: Hosted; sessions: Map<string, Session> }>();
  for (const system of systems) routes.set(`/${system.name}/mcp`, { system, sessions: new Map() });
  const server = createServer((request, response) => {
    const port = request.socket.localPort;
    const route = routes.get(request.url ?? "");
    if (!isOurs(request, port)) refuse(response, 403, "Host or Origin is not allowed.");
    else if (route === undefined) refuse(response, 404, "There is nothing here.");
    else if (!bears(request, route.system.token)) refuse(response, 401, "A valid bearer token is needed.");
    else if (request.method === "GET") refuse(response, 405, "This server sends no events of its own.");
    else
      serve(route.system, route.sessions, request, response, log).catch((error: unknown) => {
        log.error({ err: error, system: route.system.name }, "a request failed");
        if (!response.headersSent) refuse(response, 500, "Internal error.");
      });
  });
  server.requestTimeout = 15_000;
  return server;
}

async function serve(
  system: Hosted,
  sessions: Map<string, Session>,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const id = request.headers["mcp-session-id"];
  const known = typeof id === "string" ? sessions.get(id) : undefined;
  if (id !== undefined && known === undefined) return refuse(response, 404, "The session is not known here.");
  const { transport } = known ?? (await open(system, sessions, log));
  // A used session moves to the end: the first one is the one that was idle for longest.
  if (known !== undefined && typeof id === "string" && sessions.delete(id)) sessions.set(id, known);
  await transport.handleRequest(request, response);
}

async function open(system: Hosted, sessions: Map<string, Session>, log: Log): Promise<Session> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    maxRequestBodySize: MAX_BODY_BYTES,
    onsessioninitialized: async (id) => {
      sessions.set(id, { transport });
      const [oldest] = sessions;
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) {
        sessions.delete(oldest[0]);
        await oldest[1].transport.close();
      }
    },
    onsessionclosed: (id) => {
      sessions.delete(id);
    },
  });
  await createMcpServer(system, log).connect(transport as Parameters<ReturnType<typeof createMcpServer>["connect"]>[0]);
  return { transport };
}

function isOurs({ headers }: IncomingMessage, port: number | undefined): boolean {
  return headers.origin === undefined && (headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`);
}

function bears({ headers }: IncomingMessage, token: string): boolean {
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

/** Equal lengths, so that comparing takes the same time whatever was sent. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = { jsonrpc: "2.0", error: { code: -32_000, message }, id: null };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
