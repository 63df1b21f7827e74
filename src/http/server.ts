import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import restify from "restify";
import type { Route } from "../desk/route.ts";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { storable } from "./storable.ts";

/** The one HTTP server: it listens at once, and until `open` is called it answers only what is asked of its health. */
export type HttpServer = {
  /** where it is reached from this machine: "http://127.0.0.1:3978" */
  url(): string;
  mount(routes: readonly Route[]): void;
  open(): void;
  /** Stops accepting, and gives what is under way `drainMs` to end. */
  close(drainMs: number): Promise<void>;
};

const DEFAULT_BODY_BYTES = 256 * 1024;

/** @throws SignalboxError "port-in-use" or "cannot-listen", with the cure */
export async function startHttp(options: { host: string; port: number; log: Log }): Promise<HttpServer> {
  const { host, port, log } = options;
  const server = restify.createServer({
    name: "Signalbox",
    handleUncaughtExceptions: false,
    // Requests that break are logged here, once; the library's own logger would tell them a second time.
    log: log.child({}, { level: "silent" }) as never,
  });
  let opened = false;
  server.pre((req, res, next) => {
    const isProbe = req.path() === "/healthz" || req.path() === "/readyz";
    const isTaken = opened || isProbe;
    if (!isTaken) {
      res.header("retry-after", "2");
      res.send(503, { error: { code: "Starting", message: "Signalbox is starting. Try again in a moment." } });
    }
    next(isTaken ? undefined : false);
  });
  server.on("restifyError", (req, res, error: Error & { statusCode?: number; body?: unknown }, done) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ path: req.path(), error: messageOf(error) }, "a request broke");
    if (!res.headersSent) res.send(status, errorBody(status, error));
    return done();
  });
  // A slow sender holds a connection no longer than this.
  server.server.requestTimeout = 30_000;
  server.server.headersTimeout = 10_000;
  await listen(server, host, port);
  return {
    url: () => urlOf(server.server.address() as AddressInfo),
    mount: (routes) => {
      for (const route of routes) mount(server, route);
    },
    open: () => {
      opened = true;
    },
    close: async (drainMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.server.closeIdleConnections();
      const force = setTimeout(() => server.server.closeAllConnections(), drainMs);
      await promise;
      clearTimeout(force);
    },
  };
}

function mount(server: restify.Server, route: Route): void {
  const takesBody = route.method === "post" || route.method === "put";
  const readers = takesBody
    ? [
        refuseEncodings,
        restify.plugins.bodyReader({ maxBodySize: route.maxBodyBytes ?? DEFAULT_BODY_BYTES }),
        ...(route.isRaw ? [keepBytes] : [...restify.plugins.jsonBodyParser({ bodyReader: true }), makeStorable]),
      ]
    : [];
  server[route.method](route.path, ...readers, async (req: restify.Request, res: restify.Response) => {
    const query = new URLSearchParams(req.getQuery());
    const params: Record<string, string> = req.params ?? {};
    const asked = Object.assign(req as IncomingMessage, { params, query, body: req.body as unknown });
    await route.handle(asked, res as ServerResponse);
  });
}

function keepBytes(req: restify.Request, _res: restify.Response, next: restify.Next): void {
  req.body = Buffer.isBuffer(req.body) ? req.body : Buffer.from(String(req.body ?? ""));
  next();
}

function makeStorable(req: restify.Request, res: restify.Response, next: restify.Next): void {
  try {
    req.body = storable(req.body);
    next();
  } catch (error) {
    res.send(400, { error: { code: "BadBody", message: messageOf(error) } });
    next(false);
  }
}

/** A small compressed body can be an enormous one, and nobody who speaks to us compresses. */
function refuseEncodings(req: restify.Request, res: restify.Response, next: restify.Next): void {
  const encoding = req.headers["content-encoding"];
  const isPlain = encoding === undefined || encoding === "identity";
  if (!isPlain)
    res.send(415, { error: { code: "UnsupportedMediaType", message: "Send the body without a content encoding." } });
  next(isPlain ? undefined : false);
}

/** In words for whoever called; of our own faults nothing is told. */
function errorBody(status: number, error: Error): { error: { code: string; message: string } } {
  if (status === 413) return { error: { code: "MessageSizeTooBig", message: "The body is too large." } };
  if (status === 404) return { error: { code: "NotFound", message: "There is nothing here." } };
  if (status < 500) return { error: { code: error.name.replace(/Error$/, ""), message: error.message.slice(0, 200) } };
  return { error: { code: "Failed", message: "Something went wrong on our side. Try again in a moment." } };
}

function listen(server: restify.Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EADDRINUSE")
      reject(
        new SignalboxError(
          "port-in-use",
          `Port ${port} on ${host} is in use. Stop what listens there, or set PORT to another one.`,
          { cause },
        ),
      );
    else
      reject(
        new SignalboxError(
          "cannot-listen",
          `Cannot listen on ${host}:${port}: ${messageOf(cause)}. Check HOST and PORT.`,
          {
            cause,
          },
        ),
      );
  });
  server.listen(port, host, () => resolve());
  return promise;
}

function urlOf({ address, family, port }: AddressInfo): string {
  const everywhere = address === "0.0.0.0" || address === "::";
  const name = everywhere ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return `http://${name}:${port}`;
}
