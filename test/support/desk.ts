import { randomUUID } from "node:crypto";
import { LOCAL_TENANT } from "../../src/config.ts";
import { type Channel, loadChannels } from "../../src/desk/channels.ts";
import { createDesk } from "../../src/desk/desk.ts";
import type { MessagePage, Opened } from "../../src/desk/wire.ts";
import { startHttp } from "../../src/http/server.ts";
import { loadDirectory, type Person } from "../../src/identity/directory.ts";
import type { Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase } from "./database.ts";
import { type Json, type ScriptedBot, startScriptedBot } from "./scripted-bot.ts";

export type Answer = { status: number; body: Json };

/** The desk over real HTTP and a real database, with a scripted bot on its other side. */
export type TestDesk = {
  url: string;
  pool: Pool;
  bot: ScriptedBot;
  /** a call of the page */
  call(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** a call of the bot */
  connector(method: string, path: string, body?: unknown): Promise<Answer>;
  open(person: string): Promise<Opened>;
  personalChatOf(person: string): Promise<string>;
  messages(person: string, conversation: string): Promise<MessagePage["messages"]>;
  say(person: string, conversation: string, text: string, clientId?: string): Promise<Answer>;
  /** Takes the desk away; `start` brings a new one on the same database, at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
};

export async function openDesk(options: { people?: Person[]; channels?: Channel[] } = {}): Promise<TestDesk> {
  const database = await createTestDatabase();
  const bot = await startScriptedBot();
  const people = options.people ?? [...loadDirectory("env/local/people.json").people];
  const channels = options.channels ?? loadChannels("env/local/channels.json");
  const log = createLog(process.env.TEST_LOG ?? "silent");
  const run = async (port: number) => {
    const http = await startHttp({ host: "127.0.0.1", port, log });
    const desk = createDesk({
      ...{ pool: database.pool, databaseUrl: database.url, tenantId: LOCAL_TENANT, people, channels, log },
      ...{ botUrl: () => bot.url, selfUrl: http.url },
    });
    http.mount(desk.routes);
    http.open();
    await desk.start();
    return { http, desk };
  };
  let running = await run(0);
  const url = running.http.url();
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> => {
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { method, headers: { ...json, ...headers }, ...sent });
    return { status: response.status, body: JSON.parse((await response.text()) || "null") as Json };
  };
  const desk: TestDesk = {
    ...{ url, bot, pool: database.pool },
    call: (path, body, headers = {}) => ask(body === undefined ? "GET" : "POST", `/desk/api/${path}`, body, headers),
    connector: (method, path, body) => ask(method, `/desk/connector/v3/conversations${path}`, body, {}),
    open: async (person) => (await desk.call("open", { person })).body as unknown as Opened,
    async personalChatOf(person) {
      const { conversations } = await desk.open(person);
      const chat = conversations.find(({ kind }) => kind === "personal");
      if (chat === undefined) throw new Error(`${person} has no personal chat`);
      return chat.id;
    },
    async messages(person, conversation) {
      const { body } = await desk.call(`messages?${new URLSearchParams({ person, conversation })}`);
      return (body as unknown as MessagePage).messages;
    },
    say: (person, conversation, text, clientId = randomUUID()) =>
      desk.call("messages", { person, conversation, text, clientId }),
    async stop() {
      await running.desk.stop();
      await running.http.close(0);
    },
    async start() {
      running = await run(Number(new URL(url).port));
    },
    async close() {
      await desk.stop();
      await bot.close();
      await database.drop();
    },
  };
  return desk;
}

/** Where a conversation's messages are, in the connector's protocol. */
export function activitiesOf(conversation: string, activity?: unknown): string {
  const id = activity === undefined ? "" : `/${encodeURIComponent(String(activity))}`;
  return `/${encodeURIComponent(conversation)}/activities${id}`;
}
