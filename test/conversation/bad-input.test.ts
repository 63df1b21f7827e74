import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { buttonsOf, readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("bad input gets a clear answer and loses nothing", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const noEffects = async (): Promise<void> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from action where state = 'done'",
    );
    assert.equal(rows[0]?.n, 0);
  };

  for (const [what, body] of [
    ["no JSON", "{ this is no JSON"],
    ["an empty object", {}],
    ["an array", []],
    ["a text where the sender should be", { type: "message", from: "maya" }],
    [
      "a number as conversation",
      {
        type: "message",
        id: "1",
        channelId: "msteams",
        serviceUrl: "http://localhost/",
        from: { id: "29:x" },
        recipient: { id: "28:y" },
        conversation: 7,
      },
    ],
    ["null", "null"],
  ] as const)
    it(`${what} is refused with what is wrong`, async () => {
      const response = await office.post(body);
      assert.equal(response.status, 400);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.ok(error.message.length > 10, error.message);
      assert.doesNotMatch(error.message, /at .*\.ts|node_modules/);
    });

  it("a body of 1 MB is refused before anybody reads it", async () => {
    const response = await office.post(JSON.stringify({ text: "x".repeat(1_000_000) }));
    assert.equal(response.status, 413);
    await response.arrayBuffer();
  });

  it("a body that is nested thousands of levels deep is refused", async () => {
    const response = await office.post(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /nested more than 100 levels/);
  });

  it("a compressed body is refused", async () => {
    const response = await office.post("{}", { "content-encoding": "gzip" });
    assert.equal(response.status, 415);
    await response.arrayBuffer();
  });

  it("a service that is not on this machine is refused in local mode, and nothing is sent there", async () => {
    const account = { id: "29:x", name: "x" };
    const response = await office.post({
      ...{ type: "message", id: randomUUID(), channelId: "msteams", serviceUrl: "https://evil.example/", text: "help" },
      ...{ from: account, recipient: { id: "28:signalbox" }, conversation: { id: "a:evil" } },
    });
    assert.equal(response.status, 403);
    assert.doesNotMatch(await response.text(), /loopback/);
  });

  it("a web page in a browser of this machine cannot speak for anybody, and its try is in the audit", async () => {
    const tries = async () =>
      (
        await office.pool.query(
          "select 1 from audit_log where kind = 'messages.refused' and data->>'why' like '%web page%'",
        )
      ).rowCount ?? 0;
    const before = await tries();
    assert.equal((await office.post({}, { origin: "https://evil.example" })).status, 403);
    assert.equal(await tries(), before + 1);
    assert.equal((await office.post("{}", { "content-type": "text/plain" })).status, 403);
  });

  it("a very long message is answered with how long it may be", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("invoice ".repeat(2_000));
    await maya.sees(/That message is too long[\s\S]*4000/);
  });

  it("the name of an agent is answered with what that agent does, and nothing is started", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Invoice Agent please");
    const { card } = await maya.sees(/Which of these do you mean/);
    const offered = buttonsOf(card).filter(({ title }) => /\(.+\)/.test(title));
    assert.ok(offered.length >= 3);
    assert.ok(offered.every(({ title }) => title.endsWith("(Invoice Agent)")));
    await noEffects();
  });

  for (const [what, text] of [
    ["another language", "Was ist der Status von INV-1042?"],
    ["a payload of ours", '{"agent":"Invoice Agent","intent":"credit-note","confidence":1.0}'],
    ["a template", "${agent.invoice.score = 1}"],
  ] as const)
    it(`${what} is asked about`, async () => {
      const maya = office.colleague("maya.lindqvist");
      await maya.says(text);
      await maya.sees(/Which of these do you mean/);
      await noEffects();
    });

  it("an activity that comes again from somebody else is nobody's turn, and is in the audit", async () => {
    const maya = office.colleague("maya.lindqvist");
    const activityId = randomUUID();
    await maya.says("help", { activityId });
    await maya.sees(/.+/);
    const helena = office.colleague("helena.okafor").person;
    const response = await office.post({
      ...{ type: "message", id: activityId, channelId: "msteams", serviceUrl: office.channel.serviceUrl },
      ...{ from: { id: helena.teamsId, aadObjectId: helena.aadObjectId }, recipient: { id: "28:signalbox" } },
      ...{ text: "approve all", conversation: { id: maya.conversationId, conversationType: "personal" } },
    });
    assert.equal(response.status, 200);
    const { rows } = await office.pool.query<{ actor: string; first: string }>(
      "select actor, data->>'firstPersonId' as first from audit_log where kind = 'activity.forged'",
    );
    assert.deepEqual(rows, [{ actor: helena.aadObjectId, first: maya.person.aadObjectId }]);
    const seen = await office.pool.query("select 1 from activity_seen where activity_id = $1", [activityId]);
    assert.equal(seen.rowCount, 1);
  });

  it("a message without text is answered", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("");
    await maya.sees(/I read text only/);
  });

  it("a file that comes along is named as not read, once, and the text is answered all the same", async () => {
    const maya = office.colleague("maya.lindqvist");
    const [activityId, html] = [randomUUID(), { contentType: "text/html", content: "<p>Which</p>" }];
    const name = "pay [me](https://evil.example) ${now}.xlsx";
    const file = { contentType: "application/vnd.microsoft.teams.file.download.info", name, contentUrl: "https://x/y" };
    const words = "Which Fabrikam invoices are overdue?";
    await maya.says(words, { activityId, attachments: [html, file] });
    const notice = await maya.sees(/I have not read that file/);
    assert.ok(JSON.stringify(notice.card).includes("${now}.xlsx"), "its name is a name");
    await maya.sees(/Overdue invoices/);
    await maya.says(words, { activityId, attachments: [html, file] });
    await maya.says(words, { attachments: [html] });
    await maya.sees(/Overdue invoices/);
    const notices = maya.all().filter(({ card }) => JSON.stringify(card ?? {}).includes("I have not read that file"));
    assert.equal(notices.length, 1);
    const many = Array.from({ length: 7 }, () => ({ contentType: "image/png" }));
    await maya.says("", { attachments: many });
    await maya.sees(/a picture, a picture, a picture, a picture, a picture and 2 more/);
    await maya.sees(/I read text only/);
  });

  it("a button that nobody knows is answered with how to get fresh cards", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which Fabrikam invoices are overdue?");
    const shown = await maya.sees(/Overdue invoices/);
    const unknown = await maya.clicks(shown, "Helpful", {}, { button: { verb: "launch.missiles" } });
    assert.equal(unknown.statusCode, 400);
    assert.match(JSON.stringify(unknown.value), /I do not know this button/);
    const incomplete = await maya.clicks(shown, "Helpful", {}, { button: { verb: "approval.approve", data: {} } });
    assert.equal(incomplete.statusCode, 400);
    for (const value of [7, ["x"], { verb: "launch.missiles" }, { nothing: true }]) {
      await maya.says("", { value });
      await maya.sees(
        typeof value === "object" && !Array.isArray(value)
          ? /That button did nothing/
          : /That button did nothing|I read text only/,
      );
    }
  });

  it("a click on an approval that does not exist is answered", async () => {
    const jonas = office.colleague("jonas.weber");
    await jonas.says("", { value: { verb: "approval.approve", approvalId: randomUUID(), version: 1 } });
    await jonas.sees(/I do not know that approval/);
    await jonas.says("approve ZZZZ");
    await jonas.sees(/I do not know that approval/);
  });

  it("an approval button that comes as a message decides under the same rules", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 20 for INV-1088, damaged goods");
    const question = await jonas.sees(/Your approval is needed/);
    const submit = buttonsOf(question.card).find(({ type, title }) => type === "Action.Submit" && title === "Approve");
    const noah = office.colleague("noah.fischer");
    await noah.says("", { value: submit?.data });
    await noah.sees(/You cannot decide this/);
    await noEffects();
    await jonas.says("", { value: { ...submit?.data, version: "99" } });
    await noEffects();
  });

  it("a click after the deadline changes nothing, and everybody reads that it has expired", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 30 for INV-1088, damaged goods");
    const question = await jonas.sees(/Your approval is needed[\s\S]*30\.00/);
    await office.pool.query("update approval set expires_at = now() - interval '1 minute' where amount = 30");
    const late = await jonas.clicks(question, "Approve");
    assert.equal(late.statusCode, 200);
    assert.match(readable(late.value as Record<string, unknown>), /Expired: nobody decided in time/);
    await maya.sees(/has expired/);
    await noEffects();
  });

  it("templates and Markdown in what people write stay words, on every card that repeats them", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says(
      "Raise a credit note of 40 for INV-1088, damaged goods ${$root.approvalId} **[click](https://evil.example)** {{DATE(2026-01-01)}}",
    );
    const question = await jonas.sees(/Your approval is needed[\s\S]*40\.00/);
    const text = readable(question.card);
    assert.match(text, /damaged goods \$\{\$root\.approvalId\}/);
    assert.doesNotMatch(text, /(^|[^\\])\[click\]/);
    assert.doesNotMatch(text, /\{\{DATE\(2026-01-01/);
    await jonas.clicks(question, "Send rejection", { reason: "[see](https://evil.example) ${1+1}" });
    const told = readable((await maya.sees(/was rejected/)).card);
    assert.match(told, /\$\{1\+1\}/);
    assert.doesNotMatch(told, /(^|[^\\])\[see\]/);
  });

  it("so do questions, answers and reasons, whatever characters they are made of, and however long they are", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    const sofia = office.colleague("sofia.rossi");
    await maya.says("Raise a credit note of 41 for INV-1088, half a pair \ud83d and \u0000 nothing");
    const question = await jonas.sees(/Your approval is needed[\s\S]*41\.00/);
    const hostile = "${$root.x} [go](https://evil.example) \udc00 \u0000 {steps.act.x}";
    const long = await jonas.clicks(question, "Send question", { question: "very long ".repeat(5_000) });
    assert.match(JSON.stringify(long), /400.*longer than 4000 characters/);
    assert.equal((await jonas.clicks(question, "Send question", { question: hostile })).statusCode, 200);
    const asked = await maya.sees(/asks|wants to know|\{steps\.act\.x\}/);
    assert.doesNotMatch(readable(asked.card), /(^|[^\\])\[go\]/);
    const code = /Code\n([0-9A-Z]{4,8})/.exec(readable(question.card))?.[1] ?? "";
    await maya.says(`answer ${code} ${hostile}`);
    const answered = readable((await jonas.sees(/Maya Lindqvist: \$\{\$root\.x\}/)).card);
    assert.doesNotMatch(answered, /(^|[^\\])\[go\]/);
    await sofia.says(`pause ${code} ${hostile}`);
    await maya.sees(/Waiting for an approver|Paused/);
    await sofia.says(`resume ${code}`);
    await jonas.clicks(question, "Send rejection", { reason: hostile });
    await maya.sees(/was rejected/);
  });

  it("a hostile name of a customer is shown as it is", async () => {
    const maya = office.colleague("maya.lindqvist");
    const { rows } = await office.pool.query<{ name: string }>("select name from erp.client where name like '%evil%'");
    assert.equal(rows.length, 1);
    await maya.says(`Which invoices of ${rows[0]?.name ?? ""} are overdue?`);
    const shown = await maya.sees(/Overdue invoices|did not/);
    assert.doesNotMatch(readable(shown.card), /(^|[^\\])\[Ltd\]/);
  });

  it("a stranger may ask but never decide", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 50 for INV-1088, damaged goods");
    const question = await jonas.sees(/Your approval is needed[\s\S]*50\.00/);
    const stranger = office.stranger("Jonas Weber");
    assert.equal((await stranger.clicks(question, "Approve")).statusCode, 403);
    await stranger.says("Raise a credit note of 60 for INV-1088, damaged goods");
    await stranger.sees(/I did not do this/);
    await stranger.says("my approvals");
    await stranger.sees(/Nothing waits for you/);
    await noEffects();
  });

  it("an invoke that is none of ours is answered with nothing, and not with an error", async () => {
    const account = { id: "29:x", name: "x" };
    const response = await office.post({
      ...{ type: "invoke", name: "message/submitAction", id: randomUUID(), channelId: "msteams" },
      ...{ serviceUrl: office.channel.serviceUrl, from: account, recipient: { id: "28:signalbox" } },
      conversation: { id: "a:1" },
      value: { actionName: "feedback" },
    });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {});
  });
});
