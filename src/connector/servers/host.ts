import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { type Bearer, holderOf } from "../../identity/tokens/claims.ts";
import { createVerifier, type Trust } from "../../identity/tokens/verify.ts";
import type { Log } from "../../telemetry/log.ts";
import { carry } from "./asker.ts";
import { readBody } from "./body.ts";
import { createDoor, type Door } from "./door.ts";
import { createMcpServer, type System } from "./mcp-server.ts";

/** `names`: what tokens of Entra call this system, where its bearers come from there */
type Hosted = System & { names: readonly string[] | undefined };
type Session = { transport: StreamableHTTPServerTransport; holder: string };
type Place = { system: Hosted; door: Door; sessions: Map<string, Session> };

/** Each version of each agent that calls a system has a session there. */
const MAX_SESSIONS = 250;

/**
 * One loopback HTTP server for all systems, each at /<system>/mcp. Before the protocol sees a request: the Host header
 * (a web page must not reach us through a name of its own), the bearer token, the session, which belongs to who opened it,
 * and the right to make the call.
 */
export function createHost(
  systems: readonly Hosted[],
  trust: Trust,
  log: Log,
): { server: Server; trust(next: Trust): void } {
  const verifierOf = ({ name, names }: Hosted, of: Trust) => createVerifier(of, { own: name, entra: names });
  const places = new Map<string, Place>();
  for (const system of systems) {
    const door = createDoor(system.name, system.tools, verifierOf(system, trust));
    places.set(`/${system.name}/mcp`, { system, door, sessions: new Map() });
  }
  const server = createServer((request, response) => {
    const port = request.socket.localPort;
    const place = places.get(request.url ?? "");
    if (!isOurs(request, port)) refuse(response, 403, "Host or Origin is not allowed.");
    else if (place === undefined) refuse(response, 404, "There is nothing here.");
    else
      serve(place, request, response, log).catch((error: unknown) => {
        log.error({ err: error, system: place.system.name }, "a request failed");
        if (!response.headersSent) refuse(response, 500, "Internal error.");
      });
  });
  server.requestTimeout = 15_000;
  return {
    server,
    trust(next) {
      for (const { door, system } of places.values()) door.verifyWith(verifierOf(system, next));
    },
  };
}

async function serve(place: Place, request: IncomingMessage, response: ServerResponse, log: Log): Promise<void> {
  const { system, door, sessions } = place;
  const bearer = await door.admit(request.headers.authorization);
  if ("why" in bearer) {
    log.warn({ system: system.name, why: bearer.why }, "a token was not accepted");
    response.setHeader("www-authenticate", `Bearer error="${bearer.error}"`);
    return refuse(response, 401, "A valid bearer token is needed.");
  }
  if (request.method === "GET") return refuse(response, 405, "This server sends no events of its own.");
  const id = request.headers["mcp-session-id"];
  const known = typeof id === "string" ? sessions.get(id) : undefined;
  // Somebody else's session is as unknown as one that never was: a session id opens nothing.
  if (id !== undefined && known?.holder !== holderOf(bearer))
    return refuse(response, 404, "The session is not known here.");
  const body = request.method === "POST" ? await readBody(request) : {};
  if ("status" in body) return refuse(response, body.status, body.message);
  const found = await door.authorise(bearer, body.json);
  if ("why" in found) {
    log.warn({ system: system.name, clientId: bearer.clientId, why: found.why }, "a call was not allowed");
    response.setHeader("www-authenticate", `Bearer error="${found.error}"`);
    return refuse(response, 403, "This token does not allow that call.");
  }
  const { transport } = known ?? (await open(place, bearer, log));
  // A used session moves to the end: the first one is the one that was idle for longest.
  if (known !== undefined && typeof id === "string" && sessions.delete(id)) sessions.set(id, known);
  await transport.handleRequest(Object.assign(request, { auth: carry(bearer, found.right) }), response, body.json);
}

async function open({ system, sessions }: Place, bearer: Bearer, log: Log): Promise<Session> {
  const session = { holder: holderOf(bearer) };
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: async (id) => {
      sessions.set(id, { ...session, transport });
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
  return { ...session, transport };
}

function isOurs({ headers }: IncomingMessage, port: number | undefined): boolean {
  return headers.origin === undefined && (headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = { jsonrpc: "2.0", error: { code: -32_000, message }, id: null };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
