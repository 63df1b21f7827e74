import type { ServerResponse } from "node:http";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import { membersOf } from "./conversation-store.ts";
import type { DeskPorts } from "./ports.ts";
import { currentChange, messagesChangedBetween, unreadOf } from "./reading-store.ts";
import { messageForPage } from "./view.ts";
import type { DeskEvents } from "./wire.ts";

/** The pages that listen. Each has a number up to which it has seen everything; a page that comes back says its number. */
export type Streams = {
  /** keeps the answer open and sends what comes after `since` */
  open(res: ServerResponse, person: Person, since: number): void;
  /** something changed: with a payload, something that is not kept */
  wake(payload?: string): void;
  close(): void;
};

type Stream = { res: ServerResponse; person: Person; since: number; pumping: boolean; again: boolean };

const Passing = z.object({ tenantId: z.string(), typing: z.object({ conversationId: z.string(), name: z.string() }) });
/** Proxies and browsers drop connections that are silent for long. */
const HEARTBEAT_MS = 20_000;
const BATCH = 100;

export function createStreams(ports: DeskPorts): Streams {
  const open = new Set<Stream>();
  const heartbeat = setInterval(() => {
    for (const stream of open) stream.res.write(": still here\n\n");
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    open(res, person, since) {
      const stream: Stream = { res, person, since, pumping: false, again: false };
      res.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
      res.write("retry: 1000\n\n");
      open.add(stream);
      res.on("close", () => open.delete(stream));
      pump(ports, stream);
    },
    wake(payload) {
      if (payload === undefined) for (const stream of open) pump(ports, stream);
      else tellPassing(ports, open, payload);
    },
    close() {
      clearInterval(heartbeat);
      for (const stream of open) stream.res.end();
      open.clear();
    },
  };
}

/** Brings one page up to date; asked again meanwhile, it looks once more. */
function pump(ports: DeskPorts, stream: Stream): void {
  stream.again = true;
  if (stream.pumping) return;
  stream.pumping = true;
  const work = async (): Promise<void> => {
    while (stream.again && !stream.res.writableEnded) {
      stream.again = false;
      await catchUp(ports, stream);
    }
  };
  work()
    .catch((error: unknown) => {
      ports.log.warn({ error: messageOf(error) }, "a page of the desk could not be brought up to date");
      // The page comes back by itself and says where it was.
      stream.res.end();
    })
    .finally(() => {
      stream.pumping = false;
      if (stream.again) pump(ports, stream);
    });
}

async function catchUp(ports: DeskPorts, stream: Stream): Promise<void> {
  const { pool, tenantId } = ports;
  const personId = stream.person.aadObjectId;
  const from = stream.since;
  // Numbers become visible in their order, so all that carries a number up to this one can be read now.
  const upTo = await currentChange(pool, tenantId);
  if (upTo < from) send(stream.res, "stale", {});
  if (upTo <= from) return;
  const touched = new Set<string>();
  for (;;) {
    const messages = await messagesChangedBetween(pool, tenantId, personId, {
      after: stream.since,
      upTo,
      limit: BATCH,
    });
    for (const message of messages) {
      send(stream.res, "message", messageForPage(ports, message), message.change);
      stream.since = message.change;
      touched.add(message.conversationId);
    }
    if (messages.length < BATCH) break;
  }
  for (const { conversationId, unread, change } of await unreadOf(pool, tenantId, personId))
    if (change > from || touched.has(conversationId)) send(stream.res, "unread", { conversationId, unread }, upTo);
  stream.since = upTo;
}

function send<E extends keyof DeskEvents>(res: ServerResponse, name: E, data: DeskEvents[E], id?: number): void {
  res.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function tellPassing(ports: DeskPorts, open: Set<Stream>, payload: string): void {
  const { tenantId, typing } = Passing.parse(JSON.parse(payload));
  if (tenantId !== ports.tenantId || open.size === 0) return;
  membersOf(ports.pool, tenantId, typing.conversationId)
    .then((members) => {
      for (const { res, person } of open) if (members.includes(person.aadObjectId)) send(res, "typing", typing);
    })
    .catch((error: unknown) => ports.log.warn({ error: messageOf(error) }, "nobody could be shown who types"));
}
