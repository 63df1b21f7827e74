import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConfigurationBotFrameworkAuthenticationOptions,
  ConfigurationServiceClientCredentialFactory,
  INVOKE_RESPONSE_KEY,
  type Activity as SdkActivity,
  type TurnContext,
} from "botbuilder";
import type { TeamsIdentity } from "../config.ts";
import { messageOf, SignalboxError } from "../errors.ts";
import { createTeamsVerifier, TEAMS_SIGNER } from "../identity/tokens/teams.ts";
import type { Activity } from "./activity.ts";
import type { Refusal } from "./admit.ts";
import type { Channel } from "./channel.ts";
import { createConnectorService } from "./connector-service.ts";
import type { SignInAnswer } from "./sign-in/handle-sign-in.ts";

/** What an invoke is answered. The HTTP status stays 200: the real one is in the body, where Teams looks for it. */
export type InvokeAnswer = { statusCode: number; type: string; value: unknown };

/** Called for each authentic activity; an answer is wanted for invokes only. */
export type Receive = (activity: Activity) => Promise<InvokeAnswer | SignInAnswer | Record<string, never> | undefined>;

export type Teams = {
  channel: Channel;
  /** the token with which the bot speaks to services of the Bot Framework; undefined in local mode */
  botToken(): Promise<string | undefined>;
  /**
   * Whether the token is one of Teams at all, before anything else is read.
   * @throws SignalboxError "keys-unavailable" where nobody can tell at the moment
   */
  strangerTo(authorization: string): Promise<Refusal | undefined>;
  /** Authenticates and hands on. Not authenticated where the token is not good; nothing was handed on then. */
  receive(
    activity: Activity,
    authorization: string,
    handle: Receive,
  ): Promise<{ authenticated: false; why: string } | { authenticated: true; answer: Awaited<ReturnType<Receive>> }>;
};

/** For whom our tokens are meant, and who issues them, in the public cloud. */
const AUDIENCE = "https://api.botframework.com";
/** With its slash: without it the SDK takes it for a private cloud, and asks for a token of the tenant "undefined". */
const LOGIN = "https://login.microsoftonline.com/";

/**
 * The door to botbuilder: who speaks to us, and with which token we speak.
 * @param identity undefined in local mode: nobody is authenticated, so the server listens on loopback only
 * @param overrides endpoints of the token services, for a sovereign cloud
 * @param now the time by which tokens expire, in Unix ms
 */
export function createTeams(
  identity: TeamsIdentity | undefined,
  overrides: ConfigurationBotFrameworkAuthenticationOptions = {},
  now?: () => number,
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
  // The SDK makes a client for OAuth prompts for each activity, which costs much; there are no such prompts here.
  authentication.createUserTokenClient = () => Promise.resolve(undefined as never);
  const adapter = new Adapter(authentication);
  const verify =
    identity === undefined
      ? async () => {}
      : createTeamsVerifier(
          identity.appId,
          {
            issuer: overrides.ToBotFromChannelTokenIssuer ?? TEAMS_SIGNER.issuer,
            metadataUrl: overrides.ToBotFromChannelOpenIdMetadataUrl ?? TEAMS_SIGNER.metadataUrl,
          },
          now,
        );
  const botToken = identity === undefined ? async () => undefined : tokenSource(identity, registration, overrides);
  return {
    async strangerTo(authorization) {
      try {
        await verify(authorization);
        return undefined;
      } catch (error) {
        if (error instanceof SignalboxError && error.code === "token-not-authentic")
          return { status: 401, why: error.message };
        throw error;
      }
    },
    channel: createConnectorService(botToken),
    botToken,
    async receive(activity, authorization, handle) {
      const sdkActivity = activity as unknown as SdkActivity;
      let authenticated: Authenticated;
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

type Factory = NonNullable<Authenticated["connectorFactory"]>;
/** More services than this speak to no bot. */
const MOST_SERVICES = 50;

/** The SDK keeps this to its adapters. It makes a client for each activity; here one serves each service. */
class Adapter extends CloudAdapter {
  readonly #clients = new Map<string, ReturnType<Factory["create"]>>();

  async run(
    authenticated: Authenticated,
    activity: SdkActivity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<void> {
    const { connectorFactory, ...rest } = authenticated;
    const create: Factory["create"] = (serviceUrl, audience) => {
      const known = this.#clients.get(serviceUrl);
      if (known !== undefined) return known;
      if (this.#clients.size >= MOST_SERVICES) this.#clients.clear();
      const client =
        connectorFactory?.create(serviceUrl, audience) ?? Promise.reject(new Error("no connector factory"));
      client.catch(() => this.#clients.delete(serviceUrl));
      this.#clients.set(serviceUrl, client);
      return client;
    };
    const kept = { ...rest, connectorFactory: { create } };
    await this.processActivity(kept as unknown as string, activity, logic);
  }
}

/** Tokens are kept and renewed by the SDK's credentials. */
function tokenSource(
  { appId }: TeamsIdentity,
  registration: ConfigurationBotFrameworkAuthenticationOptions,
  overrides: ConfigurationBotFrameworkAuthenticationOptions,
): () => Promise<string> {
  const factory = new ConfigurationServiceClientCredentialFactory(registration);
  const { ToChannelFromBotOAuthScope: audience = AUDIENCE, ToChannelFromBotLoginUrl: login = LOGIN } = overrides;
  const credentials = factory.createCredentials(appId, audience, login, true) as Promise<unknown>;
  return async () => ((await credentials) as { getToken(): Promise<string> }).getToken();
}
