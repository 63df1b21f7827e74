import { type Route, sendJson } from "../desk/route.ts";
import type { Limit } from "./limit.ts";
import { tooMany } from "./refuse.ts";

/** The public keys of all processes as a JSON Web Key Set (RFC 7517): what systems check our tokens and elevations with. */
export function keysRoute(options: { listed(): Promise<unknown[]>; limit: Limit }): Route {
  const { listed, limit } = options;
  return {
    method: "get",
    path: "/.well-known/jwks.json",
    async handle(req, res) {
      const wait = await limit.take(req.socket.remoteAddress ?? "unknown");
      if (wait !== undefined) return tooMany(res, wait);
      sendJson(res, 200, { keys: await listed() });
    },
  };
}
