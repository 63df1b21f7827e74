import assert from "node:assert/strict";
import { LOCAL_TENANT } from "../../src/config.ts";
import { activitiesOf, openDesk, type TestDesk } from "../support/desk.ts";
import { cardActivity, type Json } from "../support/scripted-bot.ts";
import { until } from "../support/until.ts";

const card: Json = { type: "AdaptiveCard", version: "1.5", body: [] };
const errorOf = ({ body }: { body: Json }): string => String((body.error as Json).code);

describe("the desk as a chat service for the bot", () => {
  let desk: TestDesk;
  let chat: string;
  before(async () => {
    desk = await openDesk();
    chat = await desk.personalChatOf("maya.lindqvist");
  });
  after(() => desk.close());

  const post = (activity: Json, where = chat) => desk.connector("POST", activitiesOf(where), activity);
  const textsOf = async (where = chat) => (await desk.messages("maya.lindqvist", where)).map(({ text }) => text);

  it("tells the bot of its channels and of a new chat, in the words of Teams", async () => {
    await until(() => desk.bot.heard.filter(({ type }) => type === "installationUpdate").length >= 5);
    const updates = desk.bot.heard.filter(({ type }) => type === "conversationUpdate");
    const channel = updates.find(({ conversation }) => conversation.id === "19:finance@thread.tacv2");
    assert.deepEqual(channel?.conversation, {
      id: "19:finance@thread.tacv2",
      conversationType: "channel",
      tenantId: LOCAL_TENANT,
      isGroup: true,
      name: "Finance",
    });
    const { team, channel: named, tenant } = (channel?.channelData ?? {}) as Record<string, Json>;
    assert.equal(tenant?.id, LOCAL_TENANT);
    assert.equal(named?.name, "Finance");
    assert.ok(team?.id);
    const personal = updates.find(({ conversation }) => conversation.id === chat);
    assert.equal(personal?.from.name, "Maya Lindqvist");
    assert.ok(((personal?.membersAdded ?? []) as Json[]).some(({ id }) => id === "28:signalbox"));
  });

  it("hands a message over in the form of Teams", async () => {
    await desk.say("maya.lindqvist", chat, "What is due?");
    await until(() => desk.bot.messages().length > 0);
    const [heard] = desk.bot.messages();
    assert.equal(heard?.text, "What is due?");
    assert.equal(heard?.channelId, "msteams");
    assert.equal(heard?.serviceUrl, `${desk.url}/desk/connector/`);
    assert.deepEqual(heard?.from, {
      id: "29:00000000-0000-4000-8000-000000000001",
      name: "Maya Lindqvist",
      aadObjectId: "00000000-0000-4000-8000-000000000001",
    });
    assert.deepEqual(heard?.recipient, { id: "28:signalbox", name: "Signalbox" });
    assert.deepEqual(heard?.conversation, { id: chat, conversationType: "personal", tenantId: LOCAL_TENANT });
    assert.ok(Number.isFinite(Date.parse(String(heard?.timestamp))));
    assert.ok(((heard?.entities ?? []) as Json[]).some(({ type }) => type === "clientInfo"));
  });

  it("opens one chat per person, however often it is asked, by id of the channel or of the directory", async () => {
    const open = (id: string) => desk.connector("POST", "", { isGroup: false, members: [{ id }] });
    const [first, again, byDirectory] = [
      await open("29:00000000-0000-4000-8000-000000000001"),
      await open("29:00000000-0000-4000-8000-000000000001"),
      await open("00000000-0000-4000-8000-000000000001"),
    ];
    assert.deepEqual([first.status, first.body.id, again.body.id, byDirectory.body.id], [201, chat, chat, chat]);
    assert.equal((await open("29:nobody")).status, 404);
    assert.equal((await desk.connector("POST", "", { members: [] })).status, 400);
  });

  it("shows what the bot says, replies and updates included", async () => {
    const { status, body } = await post({ type: "message", text: "first" });
    assert.equal(status, 201);
    const reply = await desk.connector("POST", activitiesOf(chat, body.id), { type: "message", text: "a reply" });
    assert.equal(reply.status, 201);
    const update = await desk.connector("PUT", activitiesOf(chat, body.id), { type: "message", text: "first, mended" });
    assert.deepEqual([update.status, update.body.id], [200, body.id]);
    const shown = await desk.messages("maya.lindqvist", chat);
    const [mended, replied] = [body.id, reply.body.id].map((id) => shown.find((one) => one.id === id));
    assert.deepEqual([mended?.text, replied?.text], ["first, mended", "a reply"]);
    assert.ok(mended?.editedAt);
    assert.equal(replied?.editedAt, null);
  });

  it("shows a message once that comes again with the same client id, also when both come at once", async () => {
    const sent = { ...cardActivity(card), text: "once", channelData: { clientActivityId: "outbox-1" } };
    const answers = await Promise.all([post(sent), post(sent), post(sent)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    );
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.equal((await textsOf()).filter((text) => text === "once").length, 1);
    const other = await post({ ...sent, channelData: { clientActivityId: "outbox-2" } });
    assert.notEqual(other.body.id, answers[0]?.body.id);
  });

  it("says ActivityNotFoundInConversation when there is nothing to update or to delete", async () => {
    const { body } = await post({ type: "message", text: "short-lived" });
    assert.equal((await desk.connector("DELETE", activitiesOf(chat, body.id))).status, 200);
    assert.ok(!(await textsOf()).includes("short-lived"));
    for (const [method, id] of [
      ["PUT", body.id],
      ["DELETE", body.id],
      ["PUT", "never-there"],
    ] as const) {
      const answer = await desk.connector(
        method,
        activitiesOf(chat, id),
        method === "PUT" ? cardActivity(card) : undefined,
      );
      assert.deepEqual([answer.status, errorOf(answer)], [404, "ActivityNotFoundInConversation"], `${method} ${id}`);
    }
    const elsewhere = await desk.connector("POST", activitiesOf("a:nowhere"), { type: "message", text: "lost" });
    assert.deepEqual([elsewhere.status, errorOf(elsewhere)], [404, "ConversationNotFound"]);
  });

  it("does not let the bot change what a person said", async () => {
    const { body } = await desk.say("maya.lindqvist", chat, "my own words");
    const answer = await desk.connector("PUT", activitiesOf(chat, body.id), { type: "message", text: "other words" });
    assert.equal(answer.status, 404);
    assert.ok((await textsOf()).includes("my own words"));
  });

  it("does not keep who types", async () => {
    const before = (await textsOf()).length;
    assert.equal((await post({ type: "typing" })).status, 201);
    assert.equal((await textsOf()).length, before);
  });

  it("knows the members of a conversation, alone and in pages", async () => {
    const finance = encodeURIComponent("19:finance@thread.tacv2");
    const all = (await desk.connector("GET", `/${finance}/members`)).body as unknown as Json[];
    assert.deepEqual(all.map(({ email }) => email).sort(), [
      "helena.okafor@contoso.example",
      "jonas.weber@contoso.example",
      "priya.nair@contoso.example",
    ]);
    const one = await desk.connector("GET", `/${finance}/members/${encodeURIComponent(String(all[0]?.id))}`);
    assert.deepEqual(one.body, all[0]);
    assert.equal((await desk.connector("GET", `/${finance}/members/29%3Anobody`)).status, 404);
    const page = await desk.connector("GET", `/${finance}/pagedmembers?pageSize=2`);
    const rest = await desk.connector(
      "GET",
      `/${finance}/pagedmembers?pageSize=2&continuationToken=${page.body.continuationToken}`,
    );
    assert.deepEqual([...(page.body.members as Json[]), ...(rest.body.members as Json[])], all);
    assert.equal(rest.body.continuationToken, undefined);
  });

  for (const [what, body, status] of [
    ["no JSON", "{", 400],
    ["nothing", "{}", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["a type that no bot sends", { type: "trace" }, 400],
    ["a message that says nothing", { type: "message" }, 400],
    ["attachments that are none", { type: "message", attachments: "card" }, 400],
    ["eleven attachments", { type: "message", attachments: Array(11).fill({ contentType: "x" }) }, 400],
    ["more than Teams takes", { type: "message", text: "x".repeat(260 * 1024) }, 413],
    ["a body of more than 1 MB", { type: "message", text: "x".repeat(1024 * 1024) }, 413],
  ] as const)
    it(`refuses ${what} with a reason, and goes on`, async () => {
      const answer = await desk.connector("POST", activitiesOf(chat), body);
      assert.equal(answer.status, status);
      assert.ok(String((answer.body.error as Json).message).length > 3);
      assert.equal((await post({ type: "message", text: `after ${what}` })).status, 201);
    });
});
