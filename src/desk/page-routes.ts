import { z } from "zod";
import type { Person } from "../identity/directory.ts";
import { transaction } from "../store/pool.ts";
import { click } from "./clicking.ts";
import { type Conversation, conversationsOf, membersOf, openPersonalChat } from "./conversation-store.ts";
import { type DeskPorts, seated } from "./ports.ts";
import { currentChange, markRead, messagesBefore, unreadOf } from "./reading-store.ts";
import { parsed, Refused, type Route, sendJson } from "./route.ts";
import type { Speaking } from "./speaking.ts";
import type { Streams } from "./streams.ts";
import { messageForPage, personForPage } from "./view.ts";
import type { DeskConversation, MessagePage, Opened } from "./wire.ts";

const MAX_BODY_BYTES = 64 * 1024;
const PAGE = 40;

const who = z.string().min(1).max(320);
const id = z.string().min(1).max(512);
const Client = z.object({
  locale: z
    .string()
    .regex(/^[A-Za-z0-9-]{2,35}$/)
    .default("en-GB"),
  timezone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]{1,64}$/)
    .default("UTC"),
});
const client = Client.default({ locale: "en-GB", timezone: "UTC" });

const Open = z.object({ person: who });
const Say = z.object({
  person: who,
  conversation: id,
  text: z.string().trim().min(1).max(28_000),
  clientId: z.uuid(),
  client,
});
const SayAgain = z.object({ person: who, conversation: id, message: id });
const Click = z.object({
  person: who,
  conversation: id,
  message: id,
  type: z.enum(["Action.Execute", "Action.Submit"]),
  id: z.string().max(256).optional(),
  verb: z.string().max(256).optional(),
  data: z.record(z.string(), z.unknown()).default({}),
  client,
});
const Read = z.object({ person: who, conversation: id, position: z.number().int().nonnegative() });

/** What the desk's own page asks of the server. */
export function pageRoutes(
  ports: DeskPorts,
  speaking: Speaking,
  streams: Streams,
  greetSoon: (chat: Conversation) => void,
): Route[] {
  const { pool, tenantId } = ports;
  const personNamed = (handle: string | null): Person => {
    const found = seated(ports).find(({ upn, aadObjectId }) =>
      [upn, upn.split("@")[0], aadObjectId].includes(handle ?? ""),
    );
    if (found === undefined) throw new Refused(404, "PersonNotFound", "Nobody of the sample company has this name.");
    return found;
  };
  const conversationOf = async (person: Person, conversationId: string | null): Promise<Conversation> => {
    const found = (await conversationsOf(pool, tenantId, person.aadObjectId)).find(
      (one) => one.conversationId === conversationId,
    );
    if (found === undefined)
      throw new Refused(404, "ConversationNotFound", `${person.name} is not part of this conversation.`);
    return found;
  };
  const post = <T>(path: string, schema: z.ZodType<T>, handle: (body: T) => Promise<unknown>): Route => ({
    method: "post",
    path: `/desk/api/${path}`,
    maxBodyBytes: MAX_BODY_BYTES,
    async handle(req, res) {
      sendJson(res, 200, await handle(parsed(schema, req.body)));
    },
  });

  return [
    {
      method: "get",
      path: "/desk/api/people",
      async handle(_req, res) {
        sendJson(res, 200, seated(ports).map(personForPage));
      },
    },
    {
      method: "get",
      path: "/desk/api/messages",
      async handle({ query }, res) {
        const person = personNamed(query.get("person"));
        const { conversationId } = await conversationOf(person, query.get("conversation"));
        const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
        if (!Number.isSafeInteger(before)) throw new Refused(400, "BadSyntax", "before: must be a whole number");
        // One more than a page shows, to know whether there are more.
        const found = await messagesBefore(pool, tenantId, person.aadObjectId, conversationId, before, PAGE + 1);
        const messages = found.slice(-PAGE).map((message) => messageForPage(ports, message));
        sendJson(res, 200, { messages, earlier: found.length > PAGE } satisfies MessagePage);
      },
    },
    {
      method: "get",
      path: "/desk/api/events",
      async handle(req, res) {
        const person = personNamed(req.query.get("person"));
        const since = Number(req.headers["last-event-id"] ?? req.query.get("since") ?? Number.NaN);
        if (!Number.isSafeInteger(since)) throw new Refused(400, "BadSyntax", "since: must be a whole number");
        streams.open(res, person, since);
      },
    },
    post("open", Open, async ({ person: handle }): Promise<Opened> => {
      const person = personNamed(handle);
      const chat = await transaction(pool, (tx) => openPersonalChat(tx, tenantId, person.aadObjectId));
      greetSoon(chat);
      // Read first: what happens from here on comes by the stream.
      const change = await currentChange(pool, tenantId);
      return { person: personForPage(person), conversations: await listFor(ports, person), change };
    }),
    post("messages", Say, async ({ person: handle, conversation, ...said }) => {
      const person = personNamed(handle);
      const message = await speaking.say(person, await conversationOf(person, conversation), said);
      return { id: message.messageId };
    }),
    post("retry", SayAgain, async ({ person: handle, conversation, message }) => {
      const person = personNamed(handle);
      await speaking.sayAgain(person, await conversationOf(person, conversation), message);
      return {};
    }),
    post("actions", Click, async ({ person: handle, conversation, message, ...clicked }) => {
      const person = personNamed(handle);
      return click(ports, person, await conversationOf(person, conversation), { ...clicked, messageId: message });
    }),
    post("read", Read, async ({ person: handle, conversation, position }) => {
      const person = personNamed(handle);
      const { conversationId } = await conversationOf(person, conversation);
      await transaction(pool, (tx) => markRead(tx, tenantId, person.aadObjectId, conversationId, position));
      return {};
    }),
  ];
}

async function listFor(ports: DeskPorts, person: Person): Promise<DeskConversation[]> {
  const { pool, tenantId } = ports;
  const unread = await unreadOf(pool, tenantId, person.aadObjectId);
  return Promise.all(
    (await conversationsOf(pool, tenantId, person.aadObjectId)).map(async ({ conversationId, kind, name, team }) => {
      const [last] = await messagesBefore(
        pool,
        tenantId,
        person.aadObjectId,
        conversationId,
        Number.MAX_SAFE_INTEGER,
        1,
      );
      return {
        id: conversationId,
        kind,
        name,
        team: team?.name ?? null,
        members: (await membersOf(pool, tenantId, conversationId)).length,
        unread: unread.find((one) => one.conversationId === conversationId)?.unread ?? 0,
        last: last === undefined ? null : messageForPage(ports, last),
      };
    }),
  );
}
