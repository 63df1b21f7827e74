import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import type { DeskMessage } from "../../src/desk/wire.ts";
import { activitiesOf, openDesk, type TestDesk } from "../support/desk.ts";
import { type EventReader, readEvents } from "../support/event-reader.ts";
import { cardActivity, failed, type Json, newCard, said } from "../support/scripted-bot.ts";
import { until } from "../support/until.ts";

const card = (text: string): Json => ({ type: "AdaptiveCard", version: "1.5", body: [{ type: "TextBlock", text }] });
const cardOf = (message: DeskMessage | undefined): unknown => message?.attachments[0]?.content;

describe("the desk for its page", () => {
  let desk: TestDesk;
  const streams: EventReader[] = [];
  before(async () => {
    desk = await openDesk();
  });
  beforeEach(() => {
    desk.bot.status = 200;
    desk.bot.onInvoke = () => said("Done.");
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  after(() => desk.close());

  const listen = async (person: string, since: number): Promise<EventReader> => {
    const stream = await readEvents(`${desk.url}/desk/api/events?person=${person}&since=${since}`);
    streams.push(stream);
    return stream;
  };
  const find = async (person: string, chat: string, id: unknown) =>
    (await desk.messages(person, chat)).find((message) => message.id === id);
  const fateOf = async (person: string, chat: string, id: unknown) => (await find(person, chat, id))?.delivery;
  const cardFor = async (person: string, content: Json) => {
    const chat = await desk.personalChatOf(person);
    return { chat, id: String((await desk.connector("POST", activitiesOf(chat), cardActivity(content))).body.id) };
  };
  const click = (person: string, chat: string, message: string, more: Json = {}) =>
    desk.call("actions", { person, conversation: chat, message, type: "Action.Execute", verb: "go", ...more });

  it("knows people who can sit there, and only those", async () => {
    const people = (await desk.call("people")).body as unknown as Json[];
    assert.ok(people.length >= 50);
    assert.ok(people.some(({ handle, name }) => handle === "maya.lindqvist" && name === "Maya Lindqvist"));
    assert.equal((await desk.call("open", { person: "nobody.atall" })).status, 404);
  });

  it("shows a person their chat and the channels that they are a member of", async () => {
    const { conversations } = await desk.open("jonas.weber");
    assert.deepEqual(
      conversations.map(({ kind, name }) => `${kind} ${name}`),
      ["personal Signalbox", "channel Finance"],
    );
    assert.deepEqual(
      (await desk.open("noah.fischer")).conversations.map(({ name }) => name),
      ["Signalbox"],
    );
  });

  it("does not let anybody into a conversation that is not theirs", async () => {
    const chat = await desk.personalChatOf("helena.okafor");
    for (const answer of [
      await desk.say("maya.lindqvist", chat, "let me in"),
      await desk.say("maya.lindqvist", "19:finance@thread.tacv2", "let me in"),
      await desk.call(`messages?person=maya.lindqvist&conversation=${encodeURIComponent(chat)}`),
      await desk.call("read", { person: "maya.lindqvist", conversation: chat, position: 9 }),
      await click("maya.lindqvist", chat, "any"),
    ])
      assert.equal(answer.status, 404);
  });

  it("delivers a message once that the page sends twice", async () => {
    const chat = await desk.personalChatOf("priya.nair");
    const clientId = randomUUID();
    const [first, second] = await Promise.all([1, 2].map(() => desk.say("priya.nair", chat, "only once", clientId)));
    assert.equal(first?.body.id, second?.body.id);
    await until(async () => (await fateOf("priya.nair", chat, first?.body.id)) === "delivered");
    await desk.say("priya.nair", chat, "only once", clientId);
    assert.equal(desk.bot.messages().filter(({ text }) => text === "only once").length, 1);
  });

  for (const [what, status] of [
    ["refuses it", 500],
    ["hangs up", 0],
  ] as const)
    it(`keeps a message when the bot ${what}, says so, and delivers it on demand`, async () => {
      const chat = await desk.personalChatOf("tomas.novak");
      desk.bot.status = status;
      const { body } = await desk.say("tomas.novak", chat, `kept although it ${what}`);
      await until(async () => (await fateOf("tomas.novak", chat, body.id)) === "failed");
      desk.bot.status = 200;
      await desk.call("retry", { person: "tomas.novak", conversation: chat, message: body.id });
      await until(async () => (await fateOf("tomas.novak", chat, body.id)) === "delivered");
      assert.equal(desk.bot.messages().filter(({ text }) => text === `kept although it ${what}`).length, 1);
      assert.equal(desk.bot.messages().at(-1)?.id, body.id);
    });

  it("counts what is unread until it was read, per person", async () => {
    const finance = "19:finance@thread.tacv2";
    const unread = async (person: string) =>
      (await desk.open(person)).conversations.find(({ id }) => id === finance)?.unread;
    await desk.say("jonas.weber", finance, "lunch?");
    await desk.connector("POST", activitiesOf(finance), { type: "message", text: "a handoff waits" });
    assert.deepEqual([await unread("jonas.weber"), await unread("priya.nair")], [1, 2]);
    const last = (await desk.messages("priya.nair", finance)).at(-1)?.position;
    await desk.call("read", { person: "priya.nair", conversation: finance, position: last });
    await desk.call("read", { person: "priya.nair", conversation: finance, position: 0 });
    assert.deepEqual([await unread("jonas.weber"), await unread("priya.nair")], [1, 0]);
  });

  it("takes a click to the bot as Teams does, with what was typed", async () => {
    const { chat, id } = await cardFor("jonas.weber", card("decide"));
    const { body } = await click("jonas.weber", chat, id, { id: "yes", data: { code: "7Q2K", note: "ok" } });
    assert.deepEqual(body, { kind: "said", text: "Done." });
    const heard = desk.bot.heard.findLast(({ type }) => type === "invoke");
    assert.deepEqual([heard?.name, heard?.replyToId, heard?.from.name], ["adaptiveCard/action", id, "Jonas Weber"]);
    assert.deepEqual(heard?.value, {
      action: { type: "Action.Execute", id: "yes", verb: "go", data: { code: "7Q2K", note: "ok" } },
      trigger: "manual",
    });
    await click("jonas.weber", chat, id, { type: "Action.Submit", data: { code: "7Q2K" } });
    const submitted = desk.bot.messages().at(-1);
    assert.deepEqual([submitted?.value, submitted?.replyToId], [{ code: "7Q2K" }, id]);
  });

  it("shows the card of an answer to the one who clicked, until the message itself changes", async () => {
    const finance = "19:finance@thread.tacv2";
    const { body } = await desk.connector("POST", activitiesOf(finance), cardActivity(card("for all")));
    desk.bot.onInvoke = () => newCard(card("for you alone"));
    assert.deepEqual((await click("jonas.weber", finance, String(body.id))).body, { kind: "accepted" });
    assert.deepEqual(cardOf(await find("jonas.weber", finance, body.id)), card("for you alone"));
    assert.deepEqual(cardOf(await find("priya.nair", finance, body.id)), card("for all"));
    await desk.connector("PUT", activitiesOf(finance, body.id), cardActivity(card("decided")));
    for (const person of ["jonas.weber", "priya.nair"])
      assert.deepEqual(cardOf(await find(person, finance, body.id)), card("decided"));
  });

  it("prefers an update of the message to the answer of a click that began before it", async () => {
    const { chat, id } = await cardFor("helena.okafor", card("before"));
    const hold = Promise.withResolvers<void>();
    desk.bot.onInvoke = () => newCard(card("older"));
    desk.bot.beforeAnswer = () => hold.promise;
    const clicked = click("helena.okafor", chat, id);
    await until(() => desk.bot.heard.some(({ type, replyToId }) => type === "invoke" && replyToId === id));
    await desk.connector("PUT", activitiesOf(chat, id), cardActivity(card("newer")));
    hold.resolve();
    await clicked;
    desk.bot.beforeAnswer = () => Promise.resolve();
    assert.deepEqual(cardOf(await find("helena.okafor", chat, id)), card("newer"));
  });

  for (const [what, answer, kind] of [
    ["a refusal with its reason", () => failed("Forbidden", "Not yours.", 403), "refused"],
    ["an answer that nobody can read as something that went wrong", () => ({ hello: 1 }), "went-wrong"],
    ["no answer as something that went wrong", () => undefined, "went-wrong"],
  ] as const)
    it(`shows ${what}`, async () => {
      const { chat, id } = await cardFor("lucia.moreno", card("click me"));
      desk.bot.onInvoke = answer;
      assert.equal((await click("lucia.moreno", chat, id)).body.kind, kind);
    });

  it("streams what happens, and after a break what happened meanwhile, each once", async () => {
    const { change, conversations } = await desk.open("amara.diallo");
    const chat = conversations[0]?.id ?? "";
    const say = (text: string) => desk.connector("POST", activitiesOf(chat), { type: "message", text });
    const first = await listen("amara.diallo", change);
    await say("one");
    await until(() => first.texts().includes("one"));
    await until(() => first.events.some(({ event }) => event === "unread"));
    first.close();
    await say("two");
    const { body } = await say("three");
    await desk.connector("PUT", activitiesOf(chat, body.id), { type: "message", text: "three, mended" });
    const second = await readEvents(`${desk.url}/desk/api/events?person=amara.diallo&since=0`, {
      "last-event-id": String(first.lastId()),
    });
    streams.push(second);
    await until(() => second.texts().includes("three, mended"));
    await say("four");
    await until(() => second.texts().includes("four"));
    assert.deepEqual(second.texts(), ["two", "three, mended", "four"]);
  });

  it("streams to nobody what is not theirs", async () => {
    const { change } = await desk.open("viktor.petrov");
    const stream = await listen("viktor.petrov", change);
    const [hers, his] = [await desk.personalChatOf("maya.lindqvist"), await desk.personalChatOf("viktor.petrov")];
    await desk.connector("POST", activitiesOf(hers), { type: "message", text: "for Maya" });
    await desk.connector("POST", activitiesOf(his), { type: "typing" });
    await desk.connector("POST", activitiesOf(his), { type: "message", text: "for Viktor" });
    await until(() => stream.texts().includes("for Viktor"));
    assert.deepEqual(stream.texts(), ["for Viktor"]);
    await until(() => stream.events.some(({ event }) => event === "typing"));
  });

  it("tells a page that has seen more than there is to start over", async () => {
    const stream = await listen("viktor.petrov", 1_000_000_000);
    await until(() => stream.events.some(({ event }) => event === "stale"));
  });

  it("finds everything again after the desk was away, and hands over what it had not", async () => {
    const chat = await desk.personalChatOf("sofia.rossi");
    await desk.connector("POST", activitiesOf(chat), { ...cardActivity(card("kept")), text: "kept" });
    const before = await desk.messages("sofia.rossi", chat);
    await desk.stop();
    // As a kill -9 leaves it: said, and its fate unknown.
    await desk.pool.query(
      `insert into desk.message (tenant_id, conversation_id, message_id, position, change, author_id, activity, delivery)
       select tenant_id, $1, 'left-behind', change + 1, change + 1, '00000000-0000-4000-8000-000000000006',
         '{"type":"message","text":"left behind"}', 'pending' from desk.clock`,
      [chat],
    );
    await desk.pool.query("update desk.clock set change = change + 1");
    await desk.start();
    await until(() => desk.bot.messages().some(({ id, text }) => id === "left-behind" && text === "left behind"));
    assert.equal(await desk.personalChatOf("sofia.rossi"), chat);
    assert.deepEqual((await desk.messages("sofia.rossi", chat)).slice(0, before.length), before);
  });

  it("answers only to names of this machine, and to no other page", async () => {
    const statusFor = (headers: Record<string, string>, path = "/desk/api/people"): Promise<number> =>
      new Promise((resolve, reject) => {
        const asked = request(`${desk.url}${path}`, { headers }, (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        });
        asked.on("error", reject).end();
      });
    const port = new URL(desk.url).port;
    assert.equal(await statusFor({ host: `localhost:${port}` }), 200);
    assert.equal(await statusFor({ host: `[::1]:${port}` }), 200);
    for (const path of [
      "/",
      "/desk/api/people",
      "/desk/assets/main.ts",
      "/desk/connector/v3/conversations/x/members",
    ]) {
      assert.equal(await statusFor({ host: `evil.example:${port}` }, path), 403, path);
      assert.equal(await statusFor({ host: `localhost.evil.example:${port}` }, path), 403, path);
      assert.equal(await statusFor({ origin: "https://evil.example" }, path), 403, path);
      assert.equal(await statusFor({ origin: "null" }, path), 403, path);
      assert.equal(await statusFor({ "sec-fetch-site": "cross-site" }, path), 403, path);
    }
    const chat = await desk.personalChatOf("noah.fischer");
    const evil = await desk.call(
      "messages",
      { person: "noah.fischer", conversation: chat, text: "x", clientId: randomUUID() },
      { origin: "http://localhost:1" },
    );
    assert.equal(evil.status, 403);
    const form = await desk.call("open", "person=noah.fischer", { "content-type": "text/plain" });
    assert.equal(form.status, 415);
  });

  it("refuses what it cannot read with a reason", async () => {
    const chat = await desk.personalChatOf("noah.fischer");
    const whole = { person: "noah.fischer", conversation: chat, text: "x", clientId: randomUUID() };
    for (const [body, status] of [
      ["{", 400],
      ["[]", 400],
      [{ ...whole, text: "   " }, 400],
      [{ ...whole, clientId: "mine" }, 400],
      [{ ...whole, client: { locale: "<b>", timezone: "UTC" } }, 400],
      [{ ...whole, text: "x".repeat(30_000) }, 400],
      [{ ...whole, text: "x".repeat(1024 * 1024) }, 413],
    ] as const) {
      const answer = await desk.call("messages", body);
      assert.equal(answer.status, status, JSON.stringify(body).slice(0, 80));
      assert.ok((answer.body.error as Json).message);
    }
    assert.equal((await desk.call("events?person=noah.fischer&since=yesterday")).status, 400);
    assert.equal((await desk.messages("noah.fischer", chat)).length, 0);
  });

  it("serves its page with a strict policy, as scripts without types, and nothing else", async () => {
    const page = await fetch(`${desk.url}/`);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'.*script-src 'self'/);
    const script = await fetch(`${desk.url}/desk/assets/main.ts`);
    assert.match(script.headers.get("content-type") ?? "", /^text\/javascript/);
    assert.doesNotMatch(await script.text(), /import type|: DeskPerson/);
    const etag = script.headers.get("etag") ?? "";
    const again = await fetch(`${desk.url}/desk/assets/main.ts`, { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
    for (const name of ["tsconfig.json", "..%2Fdesk.ts", "%2e%2e%2fassets.ts", "none.ts"])
      assert.equal((await fetch(`${desk.url}/desk/assets/${name}`)).status, 404, name);
  });
});
