import { z } from "zod";
import { SignalboxError } from "../../errors.ts";

/** How a person is asked to sign in: Teams tries it without them first (`exchange`), the link is for where that fails. */
export type Invitation = {
  connection: string;
  link: string;
  exchange: { id: string; uri?: string | undefined; providerId?: string | undefined } | undefined;
};

/** What people sign in with to the bot, as the Bot Framework's token service keeps and renews it. All of it is secret. */
export type UserTokens = {
  /** @returns undefined where the person has not signed in */
  of(userId: string): Promise<string | undefined>;
  /** @param chat the bot, the person and their chat, as an activity names them */
  invite(chat: Chat): Promise<Invitation>;
  /** takes what Teams got without asking. @returns false where the service wants the person to be asked */
  exchange(userId: string, token: string): Promise<boolean>;
  /** takes the code that somebody who used the link came back with @returns false where it is none */
  redeem(userId: string, code: string): Promise<boolean>;
};
export type Chat = { serviceUrl: string; userId: string; botId: string; conversationId: string };

const CHANNEL = "msteams";
const TIMEOUT_MS = 5_000;
const Token = z.object({ token: z.string().min(1) });
const SignIn = z.object({
  signInLink: z.url({ protocol: /^https$/ }),
  tokenExchangeResource: z
    .object({ id: z.string(), uri: z.string().nullish(), providerId: z.string().nullish() })
    .nullish(),
});

/**
 * @param options.service where the token service is, "https://api.botframework.com" in the public cloud
 * @param options.connection the name of the OAuth connection of the bot's registration
 * @param options.botToken with which the bot speaks to services of the Bot Framework
 * @returns functions that throw SignalboxError "sign-in-unavailable" where the service does not answer as it should
 */
export function createUserTokens(options: {
  service: string;
  connection: string;
  appId: string;
  botToken(): Promise<string | undefined>;
}): UserTokens {
  const { service, connection, appId, botToken } = options;
  const ask = async (path: string, query: Record<string, string>, body?: object): Promise<Response> => {
    const url = new URL(path, service);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    try {
      return await fetch(url, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${await botToken()}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
        ...{ redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) },
      });
    } catch {
      // The cause stays out: it may hold what was sent.
      throw unavailable(path, "does not answer");
    }
  };
  /** The token of an answer; undefined where the service says that there is none. */
  const tokenIn = async (path: string, response: Response): Promise<string | undefined> => {
    if ([400, 404, 412].includes(response.status)) {
      await response.body?.cancel();
      return undefined;
    }
    return (await parsed(path, response, Token)).token;
  };
  const get = async (userId: string, code?: string): Promise<string | undefined> => {
    const path = "api/usertoken/GetToken";
    const query = { userId, connectionName: connection, channelId: CHANNEL, ...(code && { code }) };
    return tokenIn(path, await ask(path, query));
  };
  return {
    of: (userId) => get(userId),
    redeem: async (userId, code) => (await get(userId, code)) !== undefined,
    async exchange(userId, token) {
      const path = "api/usertoken/exchange";
      const answer = await ask(path, { userId, connectionName: connection, channelId: CHANNEL }, { token });
      return (await tokenIn(path, answer)) !== undefined;
    },
    async invite({ serviceUrl, userId, botId, conversationId }) {
      const path = "api/botsignin/GetSignInResource";
      const conversation = {
        ...{ channelId: CHANNEL, serviceUrl, user: { id: userId }, bot: { id: botId } },
        conversation: { id: conversationId },
      };
      const state = Buffer.from(JSON.stringify({ connectionName: connection, conversation, msAppId: appId }));
      const answer = await parsed(path, await ask(path, { state: state.toString("base64") }), SignIn);
      const { signInLink: link, tokenExchangeResource: resource } = answer;
      const exchange = resource && {
        id: resource.id,
        ...{ uri: resource.uri ?? undefined, providerId: resource.providerId ?? undefined },
      };
      return { connection, link, exchange: exchange ?? undefined };
    },
  };
}

async function parsed<T>(path: string, response: Response, shape: z.ZodType<T>): Promise<T> {
  const json: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  const found = shape.safeParse(json);
  if (found.success) return found.data;
  await response.body?.cancel().catch(() => {});
  throw unavailable(path, `answered ${response.status} with something else than it should`);
}

function unavailable(path: string, why: string): SignalboxError {
  const cure = "Look at the OAuth connection of the bot's registration (SIGNALBOX_SIGN_IN_CONNECTION).";
  return new SignalboxError("sign-in-unavailable", `The token service ${why} (${path}). ${cure}`);
}
