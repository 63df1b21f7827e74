import { Activity, activityErrors } from "../bot/activity.ts";
import { type Refusal, refusalOf } from "../bot/admit.ts";
import type { Receive, Teams } from "../bot/teams.ts";
import type { Config } from "../config.ts";
import { type DeskRequest, type Route, sendJson } from "../desk/route.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Limit } from "./limit.ts";
import { type Doorkeeper, tooMany } from "./refuse.ts";

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
  /** for each person; counted once they are known to be that person */
  limit: Limit;
  doorkeeper: Doorkeeper;
  log: Log;
}): Route {
  const { config, teams, receive, limit, doorkeeper, log } = options;
  const receiveWithinLimit: Receive = async (activity) => {
    const wait = await limit.take(activity.from.aadObjectId ?? activity.from.id);
    if (wait !== undefined) throw new TooMany(wait);
    return receive(activity);
  };
  return {
    method: "post",
    path: "/api/messages",
    maxBodyBytes: MAX_BODY_BYTES,
    async handle(req, res) {
      const turnAway = ({ status, why }: Refusal): Promise<void> => {
        const told = { code: status === 401 ? "Unauthorized" : "Forbidden", message: "Not allowed." };
        return doorkeeper.turnAway(req, res, { door: "messages", status, why, told });
      };
      const authorization = req.headers.authorization ?? "";
      try {
        const stranger = config.teams === undefined ? fromAPage(req) : await teams.strangerTo(authorization);
        if (stranger !== undefined) return await turnAway(stranger);
        const parsed = Activity.safeParse(req.body);
        if (!parsed.success) {
          // What is said of the service is what the token is checked against: without it nothing is proven.
          if (config.teams !== undefined && parsed.error.issues.some(({ path }) => path[0] === "serviceUrl"))
            return await turnAway({ status: 401, why: "no service URL" });
          const message = `This is no activity that I understand: ${activityErrors(parsed.error)}`;
          return sendJson(res, 400, { error: { code: "BadActivity", message } });
        }
        const activity = parsed.data;
        const refusal = refusalOf(config, activity);
        if (refusal !== undefined) return await turnAway(refusal);
        const received = await teams.receive(activity, authorization, receiveWithinLimit);
        if (!received.authenticated) return await turnAway({ status: 401, why: received.why });
        const { answer = {} } = received;
        if ("httpStatus" in answer) return sendJson(res, answer.httpStatus, answer.body);
        sendJson(res, 200, activity.type === "invoke" ? answer : {});
      } catch (error) {
        if (error instanceof TooMany) return tooMany(res, error.wait);
        log.error({ error: messageOf(error) }, "an activity could not be taken in");
        res.setHeader("retry-after", "5");
        sendJson(res, 503, { error: { code: "TryAgain", message: "I cannot take this in right now. Send it again." } });
      }
    },
  };
}

/** Thrown through the SDK, which stands between the door and the bot. */
class TooMany extends Error {
  readonly wait: number;
  constructor(wait: number) {
    super("too many activities of one person");
    this.wait = wait;
  }
}

/** Without sign-in, a page in a browser of this machine must not be able to speak for anybody. */
function fromAPage({ headers }: DeskRequest): Refusal | undefined {
  const { host = "", origin, "content-type": type = "" } = headers;
  const isPlain =
    origin === undefined && LOOPBACK.includes(host.replace(/:\d+$/, "")) && /^application\/json\b/.test(type);
  return isPlain ? undefined : { status: 403, why: "a web page sent it" };
}
