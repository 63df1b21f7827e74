import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type App, startApp } from "../../src/app.ts";
import { type Config, LOCAL_TENANT, readConfig } from "../../src/config.ts";
import { loadDirectory, type Person } from "../../src/identity/directory.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { type Button, buttonsOf, readable } from "./card-content.ts";
import { createTestDatabase } from "./database.ts";
import { type LoopbackChannel, type Shown, startLoopbackChannel } from "./loopback-channel.ts";

const directory = loadDirectory("env/local/people.json");
const PATIENCE_MS = Number(process.env.TEST_PATIENCE_MS ?? 10_000);

/** A colleague at the chat: what they type, click and see. */
export type Colleague = {
  person: Person;
  conversationId: string;
  /** @returns the HTTP status of the bot's acknowledgement */
  says(text: string, options?: { activityId?: string; value?: unknown; attachments?: unknown[] }): Promise<number>;
  /** The newest message whose text or card matches, of those that came or changed since they last said or clicked something; waits for it. */
  sees(pattern: RegExp, patienceMs?: number): Promise<Shown>;
  /** Everything that came or changed in the chat since they sat down. */
  all(): Shown[];
  /** Clicks the button with this title, with what is typed into the card's inputs. */
  clicks(
    shown: Shown,
    title: string | RegExp,
    inputs?: Record<string, unknown>,
    options?: ClickOptions,
  ): Promise<Answer>;
  /** What their client sends by itself, such as what they signed in with. @returns the HTTP status of the answer */
  invokes(name: string, value: unknown): Promise<number>;
};
type ClickOptions = { activityId?: string; button?: Partial<Button> };
/** The body of the answer to a click. */
export type Answer = { statusCode: number; type: string; value: unknown };

/** The whole product with a chat service around it, over real HTTP. */
export type Office = {
  app: App;
  channel: LoopbackChannel;
  pool: Pool;
  databaseUrl: string;
  colleague(upnPrefix: string, where?: { channel: string }): Colleague;
  stranger(name: string): Colleague;
  /** Sends any body to the bot. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  installInChannel(id: string, name: string): Promise<void>;
  close(): Promise<void>;
};

export async function openOffice(overrides: Partial<Config> = {}): Promise<Office> {
  const database = await createTestDatabase();
  const channel = await startLoopbackChannel();
  // A test that brings a database of its own brings its owner, too.
  const { databaseUrl = database.appUrl, databaseOwnerUrl = overrides.databaseUrl ?? database.url } = overrides;
  const folder = await mkdtemp(join(tmpdir(), "signalbox-office-"));
  const config = {
    ...readConfig({ SIGNALBOX_DATA: folder }),
    ...{ port: 0, logLevel: "silent" as const, ...overrides, databaseUrl, databaseOwnerUrl },
  };
  const app = await startApp(config, createLog(process.env.TEST_LOG ?? "silent"));
  const office = around(app.url, channel);
  return {
    ...office,
    app,
    channel,
    pool: database.pool,
    databaseUrl: database.url,
    close: async () => {
      await app.stop();
      await channel.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The chat service's side of an office, around a bot that runs somewhere.
 * @param authorization what the service shows, where the bot wants to know
 */
export function around(
  url: string,
  channel: Pick<LoopbackChannel, "serviceUrl" | "shown" | "latestChange" | "personalChatOf" | "openChannel">,
  authorization?: string,
): Pick<Office, "colleague" | "stranger" | "post" | "installInChannel"> {
  const post: Office["post"] = (body, headers = {}) =>
    fetch(`${url}/api/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }), ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const envelope = (
    person: Pick<Person, "teamsId" | "name"> & { aadObjectId?: string },
    conversationId: string,
    isChannel: boolean,
  ) => ({
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: "msteams",
    serviceUrl: channel.serviceUrl,
    from: { id: person.teamsId, name: person.name, aadObjectId: person.aadObjectId },
    recipient: { id: "28:signalbox", name: "Signalbox" },
    conversation: { id: conversationId, conversationType: isChannel ? "channel" : "personal", tenantId: LOCAL_TENANT },
    channelData: { tenant: { id: LOCAL_TENANT } },
  });
  const sit = (person: Person, isKnown: boolean, room?: string): Colleague => {
    const conversationId = room ?? channel.personalChatOf(person);
    const { aadObjectId, ...nobody } = person;
    const start = channel.latestChange();
    let since = start;
    const base = () => envelope(isKnown ? person : nobody, conversationId, room !== undefined);
    const all = () => channel.shown(conversationId).filter(({ change }) => change > start);
    const textOf = (shown: Shown) => `${shown.text}\n${readable(shown.card)}`;
    return {
      person,
      conversationId,
      all,
      async says(text, { activityId, value, attachments } = {}) {
        since = channel.latestChange();
        const mention = room === undefined ? "" : "<at>Signalbox</at> ";
        const activity = {
          ...base(),
          type: "message",
          text: text === "" ? "" : `${mention}${text}`,
          value,
          attachments,
        };
        const response = await post(activityId === undefined ? activity : { ...activity, id: activityId });
        await response.arrayBuffer();
        return response.status;
      },
      async sees(pattern, patienceMs = PATIENCE_MS) {
        for (const giveUp = Date.now() + patienceMs; Date.now() < giveUp; await sleep(20)) {
          const found = all().findLast((shown) => shown.change > since && pattern.test(textOf(shown)));
          // As it is now: a card that is clicked later may be out of date by then.
          if (found !== undefined) return structuredClone(found);
        }
        throw new Error(`${person.name} never saw ${pattern}. They saw:\n${all().map(textOf).join("\n———\n")}`);
      },
      async clicks(shown, title, inputs = {}, { activityId, button: changed } = {}) {
        const button = buttonsOf(shown.card).find((one) =>
          typeof title === "string" ? one.title === title : title.test(one.title),
        );
        if (button === undefined)
          throw new Error(
            `No button ${title} on this card, only: ${buttonsOf(shown.card)
              .map((one) => one.title)
              .join(", ")}`,
          );
        const { type, verb, data } = { ...button, ...changed };
        since = channel.latestChange();
        const activity = {
          ...base(),
          type: "invoke",
          name: "adaptiveCard/action",
          replyToId: shown.id,
          value: { action: { type, title: button.title, verb, data: { ...data, ...inputs } }, trigger: "manual" },
        };
        const response = await post(activityId === undefined ? activity : { ...activity, id: activityId });
        return (await response.json()) as Answer;
      },
      async invokes(name, value) {
        since = channel.latestChange();
        const response = await post({ ...base(), type: "invoke", name, value });
        await response.arrayBuffer();
        return response.status;
      },
    };
  };
  return {
    post,
    colleague(upnPrefix, where) {
      const person = directory.byUpn(`${upnPrefix}@contoso.example`);
      if (person === undefined) throw new Error(`nobody is called ${upnPrefix}`);
      return sit(person, true, where?.channel);
    },
    stranger(name) {
      const [model] = directory.people;
      if (model === undefined) throw new Error("the directory is empty");
      return sit({ ...model, aadObjectId: randomUUID(), teamsId: `29:${randomUUID()}`, name, roles: [] }, false);
    },
    async installInChannel(id, name) {
      channel.openChannel(id);
      const bot = { id: "28:signalbox", name: "Signalbox" };
      const [someone] = directory.people;
      if (someone === undefined) throw new Error("the directory is empty");
      const base = envelope(someone, id, true);
      await post({
        ...base,
        type: "conversationUpdate",
        membersAdded: [bot],
        channelData: { ...base.channelData, team: { id: "19:team@thread.tacv2" }, channel: { id, name } },
      });
    },
  };
}
