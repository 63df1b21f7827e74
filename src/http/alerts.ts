import { createHash } from "node:crypto";
import { type DeskRequest, type Route, sendJson } from "../desk/route.ts";
import { messageOf } from "../errors.ts";
import type { TokenCheck } from "../identity/bearer.ts";
import { TOLERANCE_SECONDS, whyNotAuthentic } from "../review/alerts/signature.ts";
import type { Taken } from "../review/alerts/take-alert.ts";
import type { Log } from "../telemetry/log.ts";
import type { Limit } from "./limit.ts";
import { type Doorkeeper, tooMany } from "./refuse.ts";
import { storable } from "./storable.ts";

/** Azure Monitor sends up to 256 KB. */
const MAX_BODY_BYTES = 320 * 1024;
/** Of what cannot be read as JSON so much is kept. */
const MOST_KEPT = 2_000;

const CLOSED = "No alerts are taken here: neither SIGNALBOX_ALERT_SECRET is set nor SIGNALBOX_ALERT_ISSUER.";
const SIGN_IT = `Sign it: x-signalbox-timestamp in Unix seconds, at most ${TOLERANCE_SECONDS} s old, and x-signalbox-signature: sha256=HMAC-SHA256(secret, timestamp + "." + body) in hex.`;

const answers: Record<Taken["outcome"], { status: number; code: string }> = {
  taken: { status: 202, code: "Taken" },
  // A 2xx: who sent it twice is to stop.
  known: { status: 202, code: "Known" },
  replayed: { status: 409, code: "Replayed" },
  "unknown-agent": { status: 422, code: "UnknownAgent" },
  unreadable: { status: 400, code: "BadAlert" },
};

/**
 * The door for what monitoring says: signed with the secret, or with a token of Entra. An alert is stored before it is answered,
 * and acted on right after.
 * @param options.secret undefined: no signatures are taken; `check` undefined: no tokens are
 */
export function alertsRoute(options: {
  secret: string | undefined;
  check: TokenCheck | undefined;
  /** the time by which signatures expire, in Unix ms */
  now?: () => number;
  take(alert: { payload: unknown; signature: string }): Promise<Taken>;
  onTaken(): void;
  /** for all that hold the secret together */
  limit: Limit;
  doorkeeper: Doorkeeper;
  log: Log;
}): Route {
  const { secret, check, take, onTaken, limit, doorkeeper, log, now = Date.now } = options;
  return {
    method: "post",
    path: "/api/alerts",
    maxBodyBytes: MAX_BODY_BYTES,
    isRaw: true,
    async handle(req, res) {
      if (secret === undefined && check === undefined)
        return sendJson(res, 503, { error: { code: "Closed", message: CLOSED } });
      const body = req.body as Buffer;
      const [, given] = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? "") ?? [];
      const token = check === undefined ? undefined : given;
      try {
        const why =
          token === undefined || check === undefined ? whyNotSigned(secret, req, body, now()) : await check(token);
        if (why !== undefined) {
          // Whoever is turned away for a token learns nothing about why: the reason is in the log.
          const message = token === undefined && secret !== undefined ? SIGN_IT : "Not allowed.";
          return doorkeeper.turnAway(req, res, {
            ...{ door: "alerts", status: 401, why },
            told: { code: "Unauthorized", message },
          });
        }
        const wait = await limit.take("alerts");
        if (wait !== undefined) return tooMany(res, wait);
        const signature = token === undefined ? String(req.headers["x-signalbox-signature"]) : digestOf(token, body);
        const taken = await take({ payload: payloadOf(body), signature });
        // Azure Monitor sends again what it got no answer to, with the same token: that is no forgery.
        const outcome = token !== undefined && taken.outcome === "replayed" ? "known" : taken.outcome;
        const { status, code } = answers[outcome];
        if (status === 202) sendJson(res, status, { status: code, alert_id: taken.alertId, message: taken.told });
        else sendJson(res, status, { error: { code, message: taken.told } });
        if (taken.outcome === "taken") onTaken();
      } catch (error) {
        log.error({ error: messageOf(error) }, "an alert could not be taken in");
        res.setHeader("retry-after", "5");
        sendJson(res, 503, { error: { code: "TryAgain", message: "I cannot take this in right now. Send it again." } });
      }
    },
  };
}

function whyNotSigned(
  secret: string | undefined,
  { headers }: DeskRequest,
  body: Buffer,
  now: number,
): string | undefined {
  if (secret === undefined) return "it has no token, and signatures are not taken";
  const timestamp = String(headers["x-signalbox-timestamp"] ?? "");
  const signature = String(headers["x-signalbox-signature"] ?? "");
  return whyNotAuthentic(secret, { timestamp, signature, body }, now);
}

/** The same body with the same token is the same request; neither can be told from it. */
function digestOf(token: string, body: Buffer): string {
  return `token:${createHash("sha256").update(`${token}.`).update(body).digest("hex")}`;
}

/** What was signed is kept, also where nobody can read it. */
function payloadOf(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return storable(JSON.parse(text));
  } catch {
    return { unreadable: storable(text.slice(0, MOST_KEPT)) };
  }
}
