import { type Route, sendJson } from "../desk/route.ts";
import { messageOf } from "../errors.ts";
import { signatureOf, TOLERANCE_SECONDS, whyNotAuthentic } from "../review/alerts/signature.ts";
import type { Taken } from "../review/alerts/take-alert.ts";
import type { Log } from "../telemetry/log.ts";
import type { Limit } from "./limit.ts";
import { type Doorkeeper, tooMany } from "./refuse.ts";
import { storable } from "./storable.ts";

/** Azure Monitor sends up to 256 KB. */
const MAX_BODY_BYTES = 320 * 1024;
/** Of what cannot be read as JSON so much is kept. */
const MOST_KEPT = 2_000;

const CLOSED = "No alerts are taken here: SIGNALBOX_ALERT_SECRET is not set.";
const SIGN_IT = `Sign it: x-signalbox-timestamp in Unix seconds, at most ${TOLERANCE_SECONDS} s old, and x-signalbox-signature: sha256=HMAC-SHA256(secret, timestamp + "." + body) in hex.`;

const answers: Record<Taken["outcome"], { status: number; code: string }> = {
  taken: { status: 202, code: "Taken" },
  // A 2xx: who sent it twice is to stop.
  known: { status: 202, code: "Known" },
  replayed: { status: 409, code: "Replayed" },
  "unknown-agent": { status: 422, code: "UnknownAgent" },
  unreadable: { status: 400, code: "BadAlert" },
};

/** The door for what monitoring says. An alert is stored before it is answered, and acted on right after. */
export function alertsRoute(options: {
  secret: string | undefined;
  take(alert: { payload: unknown; signature: string }): Promise<Taken>;
  onTaken(): void;
  /** for all that hold the secret together */
  limit: Limit;
  doorkeeper: Doorkeeper;
  log: Log;
}): Route {
  const { secret, take, onTaken, limit, doorkeeper, log } = options;
  return {
    method: "post",
    path: "/api/alerts",
    maxBodyBytes: MAX_BODY_BYTES,
    isRaw: true,
    async handle(req, res) {
      if (secret === undefined) return sendJson(res, 503, { error: { code: "Closed", message: CLOSED } });
      const body = req.body as Buffer;
      const timestamp = String(req.headers["x-signalbox-timestamp"] ?? "");
      const signature = String(req.headers["x-signalbox-signature"] ?? "");
      const why = whyNotAuthentic(secret, { timestamp, signature, body }, Date.now());
      if (why !== undefined) {
        const told = { code: "Unauthorized", message: SIGN_IT };
        return doorkeeper.turnAway(req, res, { door: "alerts", status: 401, why, told });
      }
      const wait = await limit.take("alerts");
      if (wait !== undefined) return tooMany(res, wait);
      try {
        const taken = await take({ payload: payloadOf(body), signature: signatureOf(secret, { timestamp, body }) });
        const { status, code } = answers[taken.outcome];
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

/** What was signed is kept, also where nobody can read it. */
function payloadOf(body: Buffer): unknown {
  const text = body.toString("utf8");
  try {
    return storable(JSON.parse(text));
  } catch {
    return { unreadable: storable(text.slice(0, MOST_KEPT)) };
  }
}
