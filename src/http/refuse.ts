import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../desk/route.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Limit } from "./limit.ts";

/** Somebody was turned away at a door; `why` never holds a token. */
export type Refused = { door: "messages" | "alerts"; status: 401 | 403; why: string; address: string };

/** What a door does with those who may not come in. */
export type Doorkeeper = {
  turnAway(
    req: IncomingMessage,
    res: ServerResponse,
    refused: Omit<Refused, "address"> & { told: { code: string; message: string } },
  ): Promise<void>;
};

/**
 * Turns away with an answer that tells nothing, and keeps evidence. Who comes again and again hears 429 and leaves no more
 * evidence: a flood of forgeries fills neither the log nor the chain. It never keeps out anybody who is authentic, since
 * many callers of Teams share an address.
 */
export function createDoorkeeper(options: {
  limit: Limit;
  note(refused: Refused): Promise<void>;
  log: Log;
}): Doorkeeper {
  const { limit, note, log } = options;
  return {
    async turnAway(req, res, { door, status, why, told }) {
      const address = req.socket.remoteAddress ?? "unknown";
      const wait = await limit.take(address);
      if (wait !== undefined) return tooMany(res, wait);
      log.warn({ door, status, why, address }, "a request was turned away");
      await note({ door, status, why, address }).catch((error: unknown) =>
        log.error({ error: messageOf(error) }, "no evidence could be kept of a request that was turned away"),
      );
      sendJson(res, status, { error: told });
    },
  };
}

/** @param wait seconds */
export function tooMany(res: ServerResponse, wait: number): void {
  res.setHeader("retry-after", String(wait));
  sendJson(res, 429, { error: { code: "TooManyRequests", message: `Too many requests. Try again in ${wait} s.` } });
}
