import http, { type IncomingHttpHeaders } from "node:http";
import https from "node:https";
import { messageOf } from "../errors.ts";
import type { Address, Channel, Sent } from "./channel.ts";

const SEND_TIMEOUT_MS = 15_000;
/** An answer is an id or an error; nobody reads more of it. */
const MAX_ANSWER = 64 * 1024;
const BOT_NAME = "Signalbox";

/**
 * The channel's side of the protocol: the REST calls of the Bot Framework connector service. Plain requests, because the
 * SDK's client drops what its types do not know (the AI label of a message) and repeats a POST after a 5xx, which can show
 * a message twice: the outbox decides about repeats.
 * @param tokenFor gives the bearer token of the bot; undefined where nobody is authenticated
 */
export function createConnectorService(tokenFor: () => Promise<string | undefined>): Channel {
  const call = async (method: "POST" | "PUT", serviceUrl: string, path: string, body: unknown): Promise<Answer> => {
    const token = await tokenFor();
    const { status, headers, text } = await exchange(new URL(path, withSlash(serviceUrl)), method, token, body);
    if (status < 200 || status > 299) return { ok: false, failure: refusal(status, headers["retry-after"], text) };
    return { ok: true, id: idIn(text) };
  };
  const send = async (...request: Parameters<typeof call>): Promise<Sent> => {
    const answer = await settle(call(...request));
    return answer.ok ? { sent: true, activityId: answer.id } : answer.failure;
  };
  return {
    post: (address, activity) =>
      send("POST", address.serviceUrl, activitiesOf(address.conversationId), outgoing(address, activity)),
    update: (address, activityId, activity) => {
      const path = `${activitiesOf(address.conversationId)}/${encodeURIComponent(activityId)}`;
      return send("PUT", address.serviceUrl, path, { ...outgoing(address, activity), id: activityId });
    },
    async open(service, member) {
      const { tenantId } = member;
      const answer = await settle(
        call("POST", service.serviceUrl, "v3/conversations", {
          isGroup: false,
          bot: { id: service.botId, name: BOT_NAME },
          members: [{ id: member.id }],
          tenantId,
          channelData: { tenant: { id: tenantId } },
        }),
      );
      return answer.ok ? { conversationId: answer.id } : answer.failure;
    },
  };
}

type Failure = Extract<Sent, { sent: false }>;
type Answer = { ok: true; id: string } | { ok: false; failure: Failure };

/** What never arrived, or was not answered, may be tried again. */
async function settle(calling: Promise<Answer>): Promise<Answer> {
  try {
    return await calling;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const why = cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
    return { ok: false, failure: { sent: false, retry: "later", afterMs: 0, why } };
  }
}

/** Teams asks to repeat 412, 429, 502 and 504; 401 may be a token that was just renewed; any other clear no is final. */
const REPEATABLE = [401, 408, 412, 429, 500, 502, 503, 504];

function refusal(status: number, wait: string | undefined, text: string): Failure {
  const why = `${status}: ${text.slice(0, 200)}`;
  if (!REPEATABLE.includes(status)) return { sent: false, retry: "gone", afterMs: 0, why };
  const retryAfter = Number(wait ?? 0);
  return { sent: false, retry: "later", afterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : 0, why };
}

type Exchanged = { status: number; headers: IncomingHttpHeaders; text: string };

/** One request over a kept connection. It costs half the processor time of `fetch`, and follows no redirects. */
function exchange(url: URL, method: string, token: string | undefined, body: unknown): Promise<Exchanged> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  const payload = Buffer.from(JSON.stringify(body));
  const { request, agent } = url.protocol === "https:" ? secure : plain;
  const outgoing = request(url, {
    method,
    agent,
    headers: {
      "content-type": "application/json",
      "content-length": payload.length,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  });
  outgoing.on("error", reject);
  outgoing.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      if (text.length < MAX_ANSWER) text += chunk;
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
  outgoing.end(payload);
  return promise;
}

// Through the proxy of the environment where Node goes through it (NODE_USE_ENV_PROXY), as the token requests do.
const { proxyEnv } = https.globalAgent.options;
const keep = { keepAlive: true, maxSockets: 64, ...(proxyEnv && { proxyEnv }) };
const plain = { request: http.request, agent: new http.Agent(keep) };
const secure = { request: https.request, agent: new https.Agent(keep) };

function idIn(text: string): string {
  try {
    const { id }: { id?: unknown } = JSON.parse(text);
    return typeof id === "string" ? id : "";
  } catch {
    return "";
  }
}

function activitiesOf(conversationId: string): string {
  return `v3/conversations/${encodeURIComponent(conversationId)}/activities`;
}

function outgoing(address: Address, activity: Record<string, unknown>): Record<string, unknown> {
  return { ...activity, channelId: address.channelId, from: { id: address.botId, name: BOT_NAME } };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
