import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Json = Record<string, unknown>;
/** An activity as the bot got it. */
export type Heard = Json & {
  type: string;
  id: string;
  text: string;
  replyToId: string;
  serviceUrl: string;
  from: { id: string; name: string; aadObjectId: string };
  conversation: { id: string; conversationType: string; tenantId: string };
  value: { action: { verb: string; data: Json; type: string }; trigger: string } & Json;
};

/** A bot that does what a test tells it to: it keeps what it hears, and speaks through the connector's protocol. */
export type ScriptedBot = {
  url: string;
  heard: Heard[];
  messages(): Heard[];
  /** what an invoke is answered: the body of the answer */
  onInvoke: (activity: Heard) => unknown;
  /** what an answer to an invoke waits for */
  beforeAnswer: () => Promise<void>;
  /** called after a message was acknowledged */
  onMessage: (activity: Heard) => Promise<unknown>;
  /** the status of every acknowledgement; 0 hangs up */
  status: number;
  close(): Promise<void>;
};

export async function startScriptedBot(): Promise<ScriptedBot> {
  const server = createServer((req, res) => {
    const answer = async (body: Buffer): Promise<void> => {
      if (bot.status === 0) return void req.socket.destroy();
      const activity = JSON.parse(body.toString("utf8")) as Heard;
      if (bot.status === 200) bot.heard.push(activity);
      const isInvoke = activity.type === "invoke" && bot.status === 200;
      if (isInvoke) await bot.beforeAnswer();
      res.writeHead(bot.status, { "content-type": "application/json" });
      res.end(isInvoke ? JSON.stringify(bot.onInvoke(activity)) : "");
      if (activity.type === "message" && bot.status === 200) void bot.onMessage(activity);
    };
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => void answer(Buffer.concat(chunks)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bot: ScriptedBot = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`,
    heard: [],
    messages: () => bot.heard.filter(({ type }) => type === "message"),
    onInvoke: () => said("Done."),
    beforeAnswer: () => Promise.resolve(),
    onMessage: () => Promise.resolve(),
    status: 200,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return bot;
}

export function said(text: string): Json {
  return { statusCode: 200, type: "application/vnd.microsoft.activity.message", value: text };
}

export function newCard(card: Json): Json {
  return { statusCode: 200, type: "application/vnd.microsoft.card.adaptive", value: card };
}

export function failed(code: string, message: string, statusCode = 400): Json {
  return { statusCode, type: "application/vnd.microsoft.error", value: { code, message } };
}

export function cardActivity(card: Json, more: Json = {}): Json {
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
    ...more,
  };
}
