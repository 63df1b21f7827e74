import type { Config } from "../config.ts";
import type { Activity } from "./activity.ts";

/** Why an activity is not let in; the words go to the log, never to the sender. */
export type Refusal = { status: 401 | 403; why: string };

/** Services through which Teams speaks to bots; everything we send goes to the URL that the activity names. */
const TEAMS_HOSTS = [
  ".trafficmanager.net",
  ".botframework.com",
  ".teams.microsoft.com",
  ".teams.microsoft.us",
  ".skype.com",
];
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** What the SDK does not check of an activity: where the replies would go, and which tenant speaks. */
export function refusalOf(config: Pick<Config, "teams" | "tenantId">, activity: Activity): Refusal | undefined {
  const url = new URL(activity.serviceUrl);
  if (config.teams === undefined) {
    if (!LOOPBACK.includes(url.hostname)) return { status: 403, why: "local mode talks to loopback services only" };
    return undefined;
  }
  if (activity.channelId !== "msteams") return { status: 403, why: `channel ${activity.channelId} is not served` };
  if (url.protocol !== "https:" || !TEAMS_HOSTS.some((host) => url.hostname.endsWith(host)))
    return { status: 403, why: "the service URL is not one of Teams" };
  const tenant = activity.channelData?.tenant?.id ?? activity.conversation.tenantId;
  if (tenant?.toLowerCase() !== config.tenantId.toLowerCase()) return { status: 401, why: "another tenant" };
  return undefined;
}
