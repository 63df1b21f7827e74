import { z } from "zod";
import type { Person } from "../identity/directory.ts";
import { transaction } from "../store/pool.ts";
import { DESK_CHANNEL, type Passing } from "./clock.ts";
import { type Conversation, loadConversation, membersOf, openPersonalChat } from "./conversation-store.ts";
import { addMessage, deleteMessage, editMessage, findMessage, type Message } from "./message-store.ts";
import { BOT, type DeskPorts, personById, seated } from "./ports.ts";
import { type DeskRequest, parsed, Refused, type Route, sendJson } from "./route.ts";

/** What Teams takes of a bot in one message. */
const MAX_ACTIVITY_BYTES = 256 * 1024;
/** Above that nobody reads the body at all. */
const MAX_BODY_BYTES = 1024 * 1024;

const Outgoing = z.looseObject({
  type: z.enum(["message", "typing"]),
  text: z.string().optional(),
  textFormat: z.enum(["plain", "markdown", "xml"]).optional(),
  attachments: z
    .array(z.looseObject({ contentType: z.string().min(1).max(256) }))
    .max(10)
    .optional(),
  entities: z
    .array(z.looseObject({ type: z.string() }))
    .max(100)
    .optional(),
  channelData: z.looseObject({ clientActivityId: z.string().min(1).max(512).optional() }).optional(),
});
type Outgoing = z.infer<typeof Outgoing>;

const NewConversation = z.looseObject({
  isGroup: z.boolean().nullish(),
  members: z.array(z.looseObject({ id: z.string().min(1) })).length(1, "the desk opens chats with one person"),
});

/** The protocol by which a bot speaks: what the connector service is in Teams. */
export function connectorRoutes(ports: DeskPorts): Route[] {
  const { pool, tenantId } = ports;
  const at = "/desk/connector/v3/conversations";
  const here = async ({ params }: DeskRequest): Promise<Conversation> => {
    const found = await loadConversation(pool, tenantId, params.conversation ?? "");
    if (found === undefined) throw new Refused(404, "ConversationNotFound", "Conversation not found.");
    return found;
  };
  const own = async (conversation: Conversation, { params }: DeskRequest): Promise<Message> => {
    const message = await findMessage(pool, tenantId, conversation.conversationId, params.activity ?? "");
    if (message?.authorId !== BOT.id)
      throw new Refused(404, "ActivityNotFoundInConversation", "Activity not found in the conversation.");
    return message;
  };
  const roster = async (conversation: Conversation) =>
    (await membersOf(pool, tenantId, conversation.conversationId)).flatMap((id) => {
      const person = personById(ports, id);
      return person === undefined ? [] : [memberOf(person, tenantId)];
    });
  const post: Route["handle"] = async (req, res) => {
    const conversation = await here(req);
    sendJson(res, 201, { id: await receive(ports, conversation, outgoing(req)) });
  };
  return [
    {
      method: "post",
      path: at,
      maxBodyBytes: MAX_BODY_BYTES,
      async handle({ body }, res) {
        const { members } = parsed(NewConversation, body);
        const person = seated(ports).find(({ teamsId, aadObjectId }) =>
          [teamsId, aadObjectId].includes(members[0]?.id ?? ""),
        );
        if (person === undefined) throw new Refused(404, "BadArgument", "The bot is not installed for this person.");
        const chat = await transaction(pool, (tx) => openPersonalChat(tx, tenantId, person.aadObjectId));
        sendJson(res, 201, { id: chat.conversationId });
      },
    },
    { method: "post", path: `${at}/:conversation/activities`, maxBodyBytes: MAX_BODY_BYTES, handle: post },
    // Conversations of the desk have no threads: a reply stands where every message stands.
    { method: "post", path: `${at}/:conversation/activities/:activity`, maxBodyBytes: MAX_BODY_BYTES, handle: post },
    {
      method: "put",
      path: `${at}/:conversation/activities/:activity`,
      maxBodyBytes: MAX_BODY_BYTES,
      async handle(req, res) {
        const message = await own(await here(req), req);
        await transaction(pool, (tx) => editMessage(tx, tenantId, message, outgoing(req)));
        sendJson(res, 200, { id: message.messageId });
      },
    },
    {
      method: "del",
      path: `${at}/:conversation/activities/:activity`,
      async handle(req, res) {
        const message = await own(await here(req), req);
        await transaction(pool, (tx) => deleteMessage(tx, tenantId, message));
        sendJson(res, 200, {});
      },
    },
    {
      method: "get",
      path: `${at}/:conversation/members`,
      async handle(req, res) {
        sendJson(res, 200, await roster(await here(req)));
      },
    },
    {
      method: "get",
      path: `${at}/:conversation/members/:member`,
      async handle(req, res) {
        const wanted = req.params.member ?? "";
        const member = (await roster(await here(req))).find(({ id, aadObjectId }) =>
          [id, aadObjectId].includes(wanted),
        );
        if (member === undefined)
          throw new Refused(404, "MemberNotFoundInConversation", "Member not found in the conversation.");
        sendJson(res, 200, member);
      },
    },
    {
      method: "get",
      path: `${at}/:conversation/pagedmembers`,
      async handle(req, res) {
        const members = await roster(await here(req));
        const start = Number(req.query.get("continuationToken") ?? 0) || 0;
        const size = Math.max(1, Math.min(500, Number(req.query.get("pageSize")) || 500));
        const rest = start + size < members.length ? { continuationToken: String(start + size) } : {};
        sendJson(res, 200, { members: members.slice(start, start + size), ...rest });
      },
    },
  ];
}

function outgoing({ body }: DeskRequest): Outgoing {
  if (Buffer.byteLength(JSON.stringify(body) ?? "") > MAX_ACTIVITY_BYTES)
    throw new Refused(413, "MessageSizeTooBig", "Message size too large.");
  return parsed(Outgoing, body);
}

/** @returns the id that the message has now */
async function receive(ports: DeskPorts, conversation: Conversation, activity: Outgoing): Promise<string> {
  const { pool, tenantId } = ports;
  const { conversationId } = conversation;
  if (activity.type === "typing") {
    const passing: Passing = { tenantId, typing: { conversationId, name: BOT.name } };
    await pool.query("select pg_notify($1, $2)", [DESK_CHANNEL, JSON.stringify(passing)]);
    return "";
  }
  if ((activity.text ?? "") === "" && (activity.attachments ?? []).length === 0)
    throw new Refused(400, "BadSyntax", "A message needs a text or an attachment.");
  const clientId = activity.channelData?.clientActivityId ?? null;
  const { message } = await transaction(pool, (tx) =>
    addMessage(tx, tenantId, { conversationId, authorId: BOT.id, activity, delivery: "not-for-bot", clientId }),
  );
  return message.messageId;
}

function memberOf(person: Person, tenantId: string) {
  const { teamsId, aadObjectId, name, givenName, surname, upn } = person;
  return {
    id: teamsId,
    aadObjectId,
    objectId: aadObjectId,
    name,
    givenName,
    surname,
    email: upn,
    userPrincipalName: upn,
    tenantId,
    userRole: "user",
  };
}
