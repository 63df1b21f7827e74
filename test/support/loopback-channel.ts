import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "../../src/identity/directory.ts";

/** A message as people see it now: an update changes it in place. */
export type Shown = {
  id: string;
  conversationId: string;
  text: string;
  card: Record<string, unknown> | undefined;
  entities: Record<string, unknown>[];
  /** how often it was updated */
  updates: number;
  /** grows with every post and update of the channel */
  change: number;
  /** what the bot called it, to be shown once */
  clientId: string | undefined;
};

/** Something that goes wrong at the channel: how often, and what the bot is answered. `lost`: it arrives, the answer does not. */
export type Fault = {
  verb: "POST" | "PUT";
  times: number;
  status: number;
  headers?: Record<string, string>;
  lost?: boolean;
};

/** A Bot Framework channel over real HTTP on loopback, as strict and as forgetful as Teams: it shows what it is sent, twice if sent twice. */
export type LoopbackChannel = {
  serviceUrl: string;
  shown(conversationId: string): Shown[];
  /** wherever it is */
  message(id: string): Shown | undefined;
  /** the latest change of the channel */
  latestChange(): number;
  personalChatOf(person: Pick<Person, "teamsId">): string;
  openChannel(id: string): void;
  faults: Fault[];
  /** calls of the bot, in order */
  calls: { method: string; path: string; at: number }[];
  close(): Promise<void>;
};

export async function startLoopbackChannel(): Promise<LoopbackChannel> {
  const messages: Shown[] = [];
  const faults: Fault[] = [];
  const calls: LoopbackChannel["calls"] = [];
  const personal = new Map<string, string>();
  const known = new Set<string>();
  let count = 0;
  let change = 0;
  const personalChatOf = ({ teamsId }: Pick<Person, "teamsId">): string => {
    const id = personal.get(teamsId) ?? `a:chat-${personal.size + 1}`;
    personal.set(teamsId, id);
    known.add(id);
    return id;
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = new URL(req.url ?? "/", "http://loopback").pathname.split("/").map(decodeURIComponent);
    const body = await bodyOf(req);
    calls.push({ method: req.method ?? "", path: path.join("/"), at: Date.now() });
    const fault = faults.find(({ verb, times }) => verb === req.method && times > 0);
    if (fault !== undefined) {
      fault.times -= 1;
      if (fault.lost === true) act(req.method ?? "", path, body);
      if (fault.status === 0) return void req.socket.destroy();
      res.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      return void res.end(JSON.stringify({ error: { code: "Fault", message: "as the test ordered" } }));
    }
    const [status, answer] = act(req.method ?? "", path, body);
    res.writeHead(status, { "content-type": "application/json" });
    res.end(JSON.stringify(answer));
  };
  const act = (method: string, path: string[], body: Record<string, unknown>): [number, object] => {
    const [, , , conversationId, , activityId] = path;
    if (method === "POST" && conversationId === undefined) {
      const [member] = body.members as { id: string }[];
      return [201, { id: personalChatOf({ teamsId: member?.id ?? "" }) }];
    }
    if (conversationId === undefined || !known.has(conversationId.replace(/;messageid=.*$/, "")))
      return [404, { error: { code: "ConversationNotFound", message: "Conversation not found." } }];
    if (method === "POST") {
      count += 1;
      messages.push({ id: `m-${count}`, conversationId, updates: 0, change: ++change, ...contentOf(body) });
      return [201, { id: `m-${count}` }];
    }
    const message = messages.find((one) => one.id === activityId && one.conversationId === conversationId);
    if (message === undefined) return [404, { error: { code: "ActivityNotFoundInConversation", message: "Gone." } }];
    Object.assign(message, contentOf(body), { updates: message.updates + 1, change: ++change });
    return [200, { id: message.id }];
  };

  const server = createServer((req, res) => void serve(req, res));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    serviceUrl: `http://127.0.0.1:${port}/`,
    message: (id) => messages.find((one) => one.id === id),
    shown: (conversationId) => messages.filter((message) => message.conversationId === conversationId),
    latestChange: () => change,
    personalChatOf,
    openChannel: (id) => known.add(id),
    faults,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await sleep(0);
    },
  };
}

function contentOf(body: Record<string, unknown>): Pick<Shown, "text" | "card" | "entities" | "clientId"> {
  const [attachment] = (body.attachments ?? []) as { content?: Record<string, unknown> }[];
  const channelData = body.channelData as { clientActivityId?: string } | undefined;
  return {
    text: String(body.text ?? ""),
    card: attachment?.content,
    entities: (body.entities ?? []) as Record<string, unknown>[],
    clientId: channelData?.clientActivityId,
  };
}

async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}
