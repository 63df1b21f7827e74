import { Activity, activityErrors } from "../bot/activity.ts";
import { refusalOf } from "../bot/admit.ts";
import type { Receive, Teams } from "../bot/teams.ts";
import type { Config } from "../config.ts";
import { type DeskRequest, type Route, sendJson } from "../desk/route.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";

/** What Teams sends stays below this. */
const MAX_BODY_BYTES = 256 * 1024;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The door for activities. Everything is parsed and checked before the SDK sees it, and whoever is turned away learns
 * nothing about why: the reason is in the log.
 */
export function messagesRoute(options: {
  config: Pick<Config, "teams" | "tenantId">;
  teams: Teams;
  receive: Receive;
  log: Log;
}): Route {
  const { config, teams, receive, log } = options;
  const turnAway = (status: 401 | 403, why: string, res: Parameters<Route["handle"]>[1]): void => {
    log.warn({ status, why }, "an activity was turned away");
    sendJson(res, status, { error: { code: status === 401 ? "Unauthorized" : "Forbidden", message: "Not allowed." } });
  };
  return {
    method: "post",
    path: "/api/messages",
    maxBodyBytes: MAX_BODY_BYTES,
    async handle(req, res) {
      if (config.teams === undefined && comesFromAPage(req)) return turnAway(403, "a web page sent it", res);
      const parsed = Activity.safeParse(req.body);
      if (!parsed.success) {
        const message = `This is no activity that I understand: ${activityErrors(parsed.error)}`;
        return sendJson(res, 400, { error: { code: "BadActivity", message } });
      }
      const activity = parsed.data;
      const authorization = req.headers.authorization ?? "";
      const refusal = refusalOf(config, activity, authorization);
      if (refusal !== undefined) return turnAway(refusal.status, refusal.why, res);
      try {
        const received = await teams.receive(activity, authorization, receive);
        if (!received.authenticated) return turnAway(401, received.why, res);
        if (activity.type === "invoke") return sendJson(res, 200, received.answer ?? {});
        sendJson(res, 200, {});
      } catch (error) {
        log.error({ type: activity.type, error: messageOf(error) }, "an activity could not be taken in");
        res.setHeader("retry-after", "5");
        sendJson(res, 503, { error: { code: "TryAgain", message: "I cannot take this in right now. Send it again." } });
      }
    },
  };
}

/** Without sign-in, a page in a browser of this machine must not be able to speak for anybody. */
function comesFromAPage({ headers }: DeskRequest): boolean {
  const { host = "", origin, "content-type": type = "" } = headers;
  return origin !== undefined || !LOOPBACK.includes(host.replace(/:\d+$/, "")) || !/^application\/json\b/.test(type);
}
