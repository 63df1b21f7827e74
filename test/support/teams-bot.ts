import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCAL_TENANT } from "../../src/config.ts";
import { systemNames } from "../../src/connector/system-names.ts";
import { type BotProcess, startBotProcess } from "./bot-process.ts";
import { type Entra, startEntra } from "./entra.ts";
import { theRegistry } from "./fleet.ts";
import { type LoopbackChannel, startLoopbackChannel } from "./loopback-channel.ts";
import { around, type Colleague } from "./office.ts";
import { startPublicCloud } from "./public-cloud.ts";
import { ISSUER, startTokenService } from "./token-service.ts";
import { startUserTokenService, type UserTokenService } from "./user-token-service.ts";

/** The app registration of the bot. */
export const BOT = "a0000000-0000-4000-8000-000000000001";
export const BOT_SECRET = "secret-of-the-bot-itself";
const SERVICE_URL = "https://smba.trafficmanager.net/";
/** The OAuth connection of the bot's registration. */
const CONNECTION = "people";
const CHANNEL_API = "https://api.botframework.com";
const uriOf = (system: string) => `api://contoso-${system}`;
const apis = Object.fromEntries(systemNames.map((name, i) => [uriOf(name), `b0000000-0000-4000-8000-00000000000${i}`]));

/** An agent with the application that Entra knows it by, and its secret. */
export type AgentApplication = { displayName: string; clientId: string; secret: string };

/** The bot as it runs in Teams: with an app registration, with tokens of Entra at every system, and all of it on loopback. */
export type TeamsBot = {
  bot: BotProcess;
  entra: Entra;
  /** as whom people have signed in to the bot */
  signIns: UserTokenService;
  channel: LoopbackChannel;
  colleague(upnPrefix: string): Colleague;
  /** what Entra knows of an agent's application; roles: those of its record */
  register(agent: AgentApplication, more?: { roles?: string[]; scopes?: string }): void;
  /** puts a secret into the file that the bot reads it from */
  handOver(agent: AgentApplication): void;
  stop(): Promise<void>;
};

export async function startTeamsBot(
  folder: string,
  options: { databaseUrl: string; agents: AgentApplication[]; environment?: Record<string, string> },
): Promise<TeamsBot> {
  const entra = await startEntra(LOCAL_TENANT, { ...apis, [CHANNEL_API]: CHANNEL_API });
  // Each request needs a token of its own then, so that what Entra knows counts at the next one.
  entra.lifeSeconds = 9;
  const signer = await startTokenService();
  const channel = await startLoopbackChannel();
  const signIns = await startUserTokenService(CONNECTION);
  const cloud = await startPublicCloud(folder, {
    "api.botframework.com": signIns.origin,
    "login.microsoftonline.com": entra.origin,
    "login.botframework.com": new URL(signer.metadataUrl).origin,
    "smba.trafficmanager.net": new URL(channel.serviceUrl).origin,
  });
  const recordOf = ({ displayName }: AgentApplication) => {
    const record = theRegistry().agents.find(({ display_name }) => display_name === displayName);
    if (record === undefined) throw new Error(`no agent is called ${displayName}`);
    return record;
  };
  const secretFile = (clientId: string) => join(folder, `${clientId}.secret`);
  const handOver: TeamsBot["handOver"] = ({ clientId, secret }) => writeFileSync(secretFile(clientId), `${secret}\n`);
  const register: TeamsBot["register"] = (agent, { roles, scopes = "" } = {}) => {
    const { tools, service_principal_id: oid } = recordOf(agent);
    entra.applications.set(agent.clientId, { secret: agent.secret, oid, roles: roles ?? [...tools], scopes });
  };
  entra.applications.set(BOT, {
    ...{ secret: BOT_SECRET, oid: BOT, roles: systemNames.map((name) => `${name}.read`), scopes: "access_as_user" },
  });
  handOver({ displayName: "", clientId: BOT, secret: BOT_SECRET });
  for (const agent of options.agents) {
    register(agent);
    handOver(agent);
  }
  const applicationOf = (clientId: string) => ({ clientId, secretFile: secretFile(clientId) });
  const ofAgents = options.agents.map((agent) => [recordOf(agent).service_principal_id, applicationOf(agent.clientId)]);
  const systems = systemNames.map((name) => [name, { uri: uriOf(name), appId: apis[uriOf(name)] }]);
  const applications = { signalbox: applicationOf(BOT), ...Object.fromEntries(ofAgents) };
  const file = join(folder, "entra.json");
  writeFileSync(file, JSON.stringify({ systems: Object.fromEntries(systems), applications }));
  const stopAll = async (): Promise<void> => {
    cloud.stop();
    signIns.stop();
    await channel.close();
    signer.close();
    entra.stop();
  };
  const bot = await startBotProcess(folder, {
    ...{ DATABASE_URL: options.databaseUrl, LOG_LEVEL: "trace", HOST: "127.0.0.1", SIGNALBOX_ENTRA_FILE: file },
    ...{ MICROSOFT_APP_ID: BOT, MICROSOFT_APP_PASSWORD: BOT_SECRET, MICROSOFT_APP_TENANT_ID: LOCAL_TENANT },
    ...{ SIGNALBOX_SIGN_IN_CONNECTION: CONNECTION },
    ...cloud.environment,
    ...options.environment,
  }).catch(async (error: unknown) => {
    await stopAll();
    throw error;
  });
  const at = Math.floor(Date.now() / 1_000);
  const claims = { iss: ISSUER, aud: BOT, nbf: at, exp: at + 3_600, serviceurl: SERVICE_URL };
  const service = around(bot.url, { ...channel, serviceUrl: SERVICE_URL }, `Bearer ${signer.sign(claims)}`);
  return {
    ...{ bot, entra, signIns, channel, register, handOver, colleague: service.colleague },
    async stop() {
      await bot.stop();
      await stopAll();
    },
  };
}
