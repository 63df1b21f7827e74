import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConfigurationBotFrameworkAuthenticationOptions,
  INVOKE_RESPONSE_KEY,
  type Activity as SdkActivity,
  type TurnContext,
} from "botbuilder";
import type { TeamsIdentity } from "../config.ts";
import { messageOf } from "../errors.ts";
import type { Activity } from "./activity.ts";
import type { Address, Channel, Sent } from "./channel.ts";

/** What an invoke is answered. The HTTP status stays 200: the real one is in the body, where Teams looks for it. */
export type InvokeAnswer = { statusCode: number; type: string; value: unknown };

/** Called for each authentic activity; an answer is wanted for invokes only. */
export type Receive = (activity: Activity) => Promise<InvokeAnswer | Record<string, never> | undefined>;

export type Teams = {
  channel: Channel;
  /** Authenticates and hands on. `unauthenticated` where the token is not good; nothing was handed on then. */
  receive(
    activity: Activity,
    authorization: string,
    handle: Receive,
  ): Promise<{ authenticated: false; why: string } | { authenticated: true; answer: Awaited<ReturnType<Receive>> }>;
};

/** For whom our tokens are meant in the public cloud. */
const PUBLIC_CLOUD = "https://api.botframework.com";
const SEND_TIMEOUT_MS = 15_000;

/**
 * The door to botbuilder: authenticates what comes in, and sends through the connector clients of the SDK.
 * @param identity undefined in local mode: nobody is authenticated, so the server listens on loopback only
 * @param overrides endpoints of the token services, for a sovereign cloud
 */
export function createTeams(
  identity: TeamsIdentity | undefined,
  overrides: ConfigurationBotFrameworkAuthenticationOptions = {},
): Teams {
  const registration =
    identity === undefined
      ? {}
      : {
          MicrosoftAppId: identity.appId,
          MicrosoftAppTenantId: identity.tenantId,
          MicrosoftAppType: identity.type,
          MicrosoftAppPassword: identity.password ?? "",
        };
  const authentication = new ConfigurationBotFrameworkAuthentication({ ...overrides, ...registration });
  const adapter = new Adapter(authentication);
  const audience = overrides.ToChannelFromBotOAuthScope ?? PUBLIC_CLOUD;
  return {
    channel: createChannel((serviceUrl) => adapter.clientOf(serviceUrl, identity?.appId ?? "", audience)),
    async receive(activity, authorization, handle) {
      const sdkActivity = activity as unknown as SdkActivity;
      let authenticated: Awaited<ReturnType<typeof authentication.authenticateRequest>>;
      try {
        authenticated = await authentication.authenticateRequest(sdkActivity, authorization);
      } catch (error) {
        return { authenticated: false, why: messageOf(error) };
      }
      let answer: Awaited<ReturnType<Receive>>;
      await adapter.run(authenticated, sdkActivity, async (context) => {
        answer = await handle(activity);
        if (activity.type === "invoke")
          context.turnState.set(INVOKE_RESPONSE_KEY, { type: "invokeResponse", value: { status: 200, body: answer } });
      });
      return { authenticated: true, answer };
    },
  };
}

type Authenticated = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication["authenticateRequest"]>>;
type Client = Awaited<ReturnType<NonNullable<Authenticated["connectorFactory"]>["create"]>>;

/** The SDK keeps these two to its adapters. */
class Adapter extends CloudAdapter {
  async run(
    authenticated: Authenticated,
    activity: SdkActivity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<void> {
    await this.processActivity(authenticated as unknown as string, activity, logic);
  }

  async clientOf(serviceUrl: string, appId: string, audience: string): Promise<Client> {
    const factory = this.botFrameworkAuthentication.createConnectorFactory(this.createClaimsIdentity(appId));
    const client = await factory.create(serviceUrl, audience);
    // The SDK repeats a POST after a 5xx, which can show a message twice: the outbox decides about repeats.
    const { pipeline } = (
      client as unknown as { client: { pipeline: { removePolicy(policy: { name: string }): unknown } } }
    ).client;
    pipeline.removePolicy({ name: "defaultRetryPolicy" });
    return client;
  }
}

function createChannel(connect: (serviceUrl: string) => Promise<Client>): Channel {
  const clients = new Map<string, Promise<Client>>();
  const clientOf = (serviceUrl: string): Promise<Client> => {
    const known = clients.get(serviceUrl);
    if (known !== undefined) return known;
    const client = connect(serviceUrl);
    client.catch(() => clients.delete(serviceUrl));
    clients.set(serviceUrl, client);
    return client;
  };
  const options = () => ({ abortSignal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
  return {
    async post(address, activity) {
      const client = await clientOf(address.serviceUrl);
      return settle(
        client.conversations.sendToConversation(address.conversationId, outgoing(address, activity), options()),
      );
    },
    async update(address, activityId, activity) {
      const client = await clientOf(address.serviceUrl);
      const body = { ...outgoing(address, activity), id: activityId };
      return settle(client.conversations.updateActivity(address.conversationId, activityId, body, options()));
    },
    async open(service, member) {
      const client = await clientOf(service.serviceUrl);
      const parameters = {
        isGroup: false,
        bot: { id: service.botId, name: "Signalbox" },
        members: [{ id: member.id, name: "" }],
        tenantId: member.tenantId,
        channelData: { tenant: { id: member.tenantId } },
        activity: undefined as never,
      };
      try {
        const opened = await client.conversations.createConversation(parameters, options());
        return { conversationId: opened.id };
      } catch (error) {
        return failure(error);
      }
    },
  };
}

function outgoing(address: Address, activity: Record<string, unknown>): Partial<SdkActivity> {
  return { ...activity, channelId: address.channelId, from: { id: address.botId, name: "Signalbox" } };
}

async function settle(sending: Promise<{ id?: string } | undefined>): Promise<Sent> {
  try {
    const answer = await sending;
    return { sent: true, activityId: answer?.id ?? "" };
  } catch (error) {
    return failure(error);
  }
}

/** Teams asks to repeat 412, 429, 502 and 504; whatever never arrived may be repeated too; a clear no is final. */
const REPEATABLE = [408, 412, 429, 500, 502, 503, 504];

function failure(error: unknown): Extract<Sent, { sent: false }> {
  const { statusCode, response } = error as {
    statusCode?: number;
    response?: { headers?: { get(name: string): string | undefined } };
  };
  const why = messageOf(error);
  if (statusCode !== undefined && !REPEATABLE.includes(statusCode))
    return { sent: false, retry: "gone", afterMs: 0, why: `${statusCode}: ${why}` };
  const retryAfter = Number(response?.headers?.get("retry-after") ?? 0);
  return { sent: false, retry: "later", afterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : 0, why };
}
