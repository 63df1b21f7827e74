import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type DeskRequest, Refused, type Route, sendJson } from "./route.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Puts the guards in front of a handler and its errors behind it. Nobody signs in at the desk, so only programs of this
 * machine and the desk's own page may speak to it: a foreign page that a browser of this machine shows may not.
 */
export function guarded(route: Route, log: Log): Route {
  return {
    ...route,
    async handle(req, res) {
      try {
        mustBeLocal(req);
        await route.handle(req, res);
      } catch (error) {
        const known = error instanceof Refused;
        if (!known) log.error({ path: route.path, error: messageOf(error) }, "the desk could not serve a request");
        if (res.headersSent) return void res.end();
        const { status, code, message } = known ? error : away;
        sendJson(res, status, { error: { code, message } });
      }
    },
  };
}

const away = {
  status: 503,
  code: "ServiceUnavailable",
  message: "The desk cannot do that right now. Try again in a moment.",
};

/** A name that resolves to this machine is not enough: the name itself must be a loopback name. */
function mustBeLocal(req: DeskRequest): void {
  const { host = "", origin } = req.headers;
  if (!LOOPBACK.includes(host.replace(/:\d+$/, "")))
    throw new Refused(403, "Forbidden", "The desk answers to localhost only.");
  const foreign = origin !== undefined && origin !== `http://${host}`;
  if (foreign || req.headers["sec-fetch-site"] === "cross-site")
    throw new Refused(403, "Forbidden", "Another page may not use the desk.");
  const writes = req.method === "POST" || req.method === "PUT";
  // A foreign page can send a form or plain text without asking the browser's leave, but not JSON.
  if (writes && !/^application\/json\b/.test(req.headers["content-type"] ?? ""))
    throw new Refused(415, "UnsupportedMediaType", "Send JSON.");
}
