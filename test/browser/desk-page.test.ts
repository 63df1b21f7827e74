import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Look, launchBrowser, openWindow } from "../support/browser.ts";
import { activitiesOf, openDesk, type TestDesk } from "../support/desk.ts";
import { cardActivity, failed, type Json, newCard, said } from "../support/scripted-bot.ts";
import { until } from "../support/until.ts";

const question = (title: string, id = "note"): Json => ({
  type: "AdaptiveCard",
  version: "1.5",
  speak: title,
  body: [
    { type: "TextBlock", text: title, weight: "Bolder", wrap: true },
    { type: "Input.Text", id, label: `Note for ${title}` },
  ],
  actions: [{ type: "Action.Execute", title: `Approve ${title}`, verb: "approve", data: { code: "7Q2K" } }],
});
const statement = (text: string): Json => ({
  type: "AdaptiveCard",
  version: "1.5",
  speak: text,
  body: [{ type: "TextBlock", text, wrap: true }],
});

/** where the messages are; the list of chats repeats the last one */
const chat = (page: Page) => page.locator("#log");

describe("the page of the local desk", () => {
  let browser: Browser | undefined;
  let desk: TestDesk;
  const windows: { page: Page; problems: string[] }[] = [];
  /** a window as one person, or a skipped test where there is no browser */
  const sit = async (test: Mocha.Context, person: string, look: Look = {}): Promise<Page> => {
    if (browser === undefined) return test.skip();
    const opened = await openWindow(browser, `${desk.url}/${person === "" ? "" : `#${person}`}`, look);
    windows.push(opened);
    await opened.page.getByText("Acting as").waitFor();
    return opened.page;
  };
  const post = async (person: string, activity: Json): Promise<{ chat: string; id: string }> => {
    const where = await desk.personalChatOf(person);
    return { chat: where, id: String((await desk.connector("POST", activitiesOf(where), activity)).body.id) };
  };

  before(async function () {
    this.timeout(40_000);
    browser = await launchBrowser();
    desk = await openDesk();
  });
  beforeEach(() => {
    desk.bot.status = 200;
    desk.bot.onMessage = () => Promise.resolve();
    desk.bot.onInvoke = () => said("Done.");
  });
  afterEach(async () => {
    const problems = windows.flatMap((one) => one.problems);
    await Promise.all(windows.splice(0).map(({ page }) => page.context().close()));
    assert.deepEqual(problems, []);
  });
  after(async () => {
    await browser?.close();
    await desk.close();
  });

  it("begins as somebody, and says so in its address", async function () {
    const page = await sit(this, "");
    await page.getByText("Maya Lindqvist").first().waitFor();
    assert.equal(new URL(page.url()).hash, "#maya.lindqvist");
    await until(async () => (await page.title()).includes("Maya Lindqvist"));
    await page.getByText("sample company, no sign-in, loopback only").waitFor();
  });

  it("becomes another person by search and keyboard, and stays that person after a reload", async function () {
    const page = await sit(this, "maya.lindqvist");
    await page.getByRole("button", { name: /Acting as/ }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("security lead");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Acting as Daniel Kim/ }).waitFor();
    assert.equal(new URL(page.url()).hash, "#daniel.kim");
    await page.getByRole("button", { name: /IT & Security/ }).waitFor();
    await page.goto(`${desk.url}/`);
    await page.getByRole("button", { name: /Acting as Daniel Kim/ }).waitFor();
  });

  it("shows the card that answers a prompt, with its AI label, and what a click leads to", async function () {
    const page = await sit(this, "noah.fischer");
    desk.bot.onMessage = ({ text, conversation }) =>
      desk.connector(
        "POST",
        activitiesOf(conversation.id),
        cardActivity(question(`You asked: ${text}`), {
          entities: [{ type: "https://schema.org/Message", additionalType: ["AIGeneratedContent"] }],
        }),
      );
    await page.getByRole("button", { name: "my approvals", exact: true }).click();
    await chat(page).getByText("You asked: my approvals", { exact: true }).waitFor();
    await page.getByText("AI generated").waitFor();
    assert.equal(
      await page.getByRole("button", { name: "my approvals", exact: true }).count(),
      0,
      "prompts are for the first time",
    );

    await page.getByLabel("Note for You asked").fill("go on");
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.locator(".note-said", { hasText: "Done." }).waitFor();
    const { value, replyToId } = desk.bot.heard.findLast(({ type }) => type === "invoke") ?? {};
    assert.deepEqual([value?.action.verb, value?.action.data], ["approve", { code: "7Q2K", note: "go on" }]);
    assert.ok(replyToId);
  });

  it("shows a refusal below the card, and a new card in place of the old one", async function () {
    const page = await sit(this, "lucia.moreno");
    await post("lucia.moreno", cardActivity(question("Deal 9")));
    desk.bot.onInvoke = () => failed("Forbidden", "You asked for this yourself.", 403);
    await page.getByRole("button", { name: "Approve Deal 9" }).click();
    await page.locator(".note-refused", { hasText: "You asked for this yourself." }).waitFor();
    desk.bot.onInvoke = () => newCard(statement("Deal 9 is approved"));
    await page.getByRole("button", { name: "Approve Deal 9" }).click();
    await page.locator(".card").getByText("Deal 9 is approved").waitFor();
    assert.equal(await page.locator(".note:not(:empty)").count(), 0);
  });

  it("says that something went wrong when the bot gives no answer to a click", async function () {
    const page = await sit(this, "erik.johansson");
    await post("erik.johansson", cardActivity(question("Deal 10")));
    const approve = page.getByRole("button", { name: "Approve Deal 10" });
    await approve.waitFor();
    desk.bot.status = 500;
    await approve.click();
    await page.getByText("Something went wrong. Please try again.").waitFor();
  });

  it("changes one card in place and leaves alone what is typed into another, and where the keyboard is", async function () {
    const page = await sit(this, "priya.nair");
    const { chat: where, id } = await post("priya.nair", cardActivity(question("First")));
    await post("priya.nair", cardActivity(question("Second")));
    const note = page.getByLabel("Note for Second");
    await note.fill("half a thou");
    const edited = cardActivity(statement("First was approved by Jonas Weber"));
    await desk.connector("PUT", activitiesOf(where, id), edited);
    await page.locator(".card").getByText("First was approved by Jonas Weber").waitFor();
    await page.keyboard.type("ght");
    assert.equal(await note.inputValue(), "half a thought");
    assert.equal(await page.locator(".card").count(), 2);
    await page.getByText("Edited").waitFor();
    assert.match((await page.locator("#heard").textContent()) ?? "", /First was approved by Jonas Weber/);
  });

  it("keeps what is typed into a card when that card itself changes", async function () {
    const page = await sit(this, "helena.okafor");
    const { chat: where, id } = await post("helena.okafor", cardActivity(question("Budget")));
    await page.getByLabel("Note for Budget").fill("only unt");
    const reminded = question("Budget");
    (reminded.body as Json[]).push({ type: "TextBlock", text: "One hour is left." });
    await desk.connector("PUT", activitiesOf(where, id), cardActivity(reminded));
    await page.getByText("One hour is left.").waitFor();
    await page.keyboard.type("il May");
    assert.equal(await page.getByLabel("Note for Budget").inputValue(), "only until May");
  });

  it("is usable with the keyboard alone", async function () {
    const page = await sit(this, "tomas.novak");
    await post("tomas.novak", cardActivity(question("Patch")));
    await page.getByText("Note for Patch").waitFor();
    const focused = () => page.evaluate<string>("document.activeElement?.textContent");
    const box = page.getByRole("textbox", { name: "Ask, or say what should be done" });
    await page.locator("textarea:focus").first().waitFor();
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await page.locator(".mine", { hasText: "two" }).waitFor();
    await until(() => desk.bot.messages().some(({ text }) => text === "one\ntwo"));
    assert.equal(await box.inputValue(), "");

    const reached: string[] = [];
    await page.getByRole("button", { name: /Colours/ }).focus();
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
      if (reached.at(-1) === "Approve Patch") break;
    }
    assert.equal(reached.at(-1), "Approve Patch", reached.join(" | "));
    await page.keyboard.press("Enter");
    await page.locator(".note-said").waitFor();
    assert.equal(await focused(), "Approve Patch");
  });

  it("lets a channel's members talk, and the bot hear what mentions it", async function () {
    const page = await sit(this, "viktor.petrov");
    const other = await sit(this, "amara.diallo");
    await page.getByRole("button", { name: /HR & Legal/ }).click();
    const box = page.getByRole("textbox", { name: "Write to HR & Legal" });
    await until(async () => (await box.inputValue()) === "@Signalbox ");
    await page.keyboard.type("who is on leave?");
    await page.keyboard.press("Enter");
    await page.locator(".mine .mention", { hasText: "@Signalbox" }).waitFor();
    await until(() => desk.bot.messages().some(({ text }) => text === "<at>Signalbox</at> who is on leave?"));
    await box.fill("thank you all");
    await page.keyboard.press("Enter");

    const row = other.getByRole("button", { name: /HR & Legal/ });
    await row.locator(".badge", { hasText: "2 unread" }).waitFor();
    assert.match(await other.title(), /^\(2\)/);
    await row.click();
    await chat(other).getByText("thank you all", { exact: true }).waitFor();
    await until(async () => !(await other.title()).startsWith("("));
    assert.ok(!desk.bot.messages().some(({ text }) => text === "thank you all"));
  });

  it("shows the same card to two people in two windows, and each its own outcome", async function () {
    const maya = await sit(this, "maya.lindqvist");
    const jonas = await sit(this, "jonas.weber");
    const [hers, his] = [
      await post("maya.lindqvist", cardActivity(statement("Jonas decides on credit note 31"))),
      await post("jonas.weber", cardActivity(question("credit note 31"))),
    ];
    desk.bot.onInvoke = () => {
      void desk.connector("PUT", activitiesOf(hers.chat, hers.id), cardActivity(statement("Jonas said yes to 31")));
      void desk.connector("PUT", activitiesOf(his.chat, his.id), cardActivity(statement("You said yes to 31")));
      return said("Thank you.");
    };
    await jonas.getByRole("button", { name: "Approve credit note 31" }).click();
    await jonas.locator(".card").getByText("You said yes to 31").waitFor();
    await maya.locator(".card").getByText("Jonas said yes to 31").waitFor();
    assert.equal(await maya.locator(".card").getByText("You said yes").count(), 0);
  });

  it("shows markup in names and texts as text, and opens web addresses only", async function () {
    const page = await sit(this, "sofia.rossi");
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const { chat: where } = await post("sofia.rossi", { type: "message", text: evil, textFormat: "plain" });
    await post("sofia.rossi", {
      type: "message",
      textFormat: "markdown",
      text: `**bold** ${evil} [x](javascript:alert(1))`,
    });
    await post("sofia.rossi", {
      ...{ type: "message", textFormat: "plain", text: "<at>E</at> was told" },
      entities: [{ type: "mention", text: "<at>E</at>", mentioned: { id: "29:1", name: "<b>Eve</b>" } }],
    });
    const hostile = statement(`${evil} [click](javascript:alert(1)) [fine](https://contoso.example/)`);
    hostile.actions = [{ type: "Action.OpenUrl", title: "Open it", url: "javascript:document.title=3" }];
    await post("sofia.rossi", cardActivity(hostile));
    await desk.say("sofia.rossi", where, `mine ${evil}`);

    await chat(page).getByText(`mine ${evil}`, { exact: true }).waitFor();
    await chat(page).getByText("@<b>Eve</b>", { exact: true }).waitFor();
    await page.getByText("Open it").click();
    assert.equal(await page.locator(".messages img:not(.avatar), .messages script, .mention b").count(), 0);
    assert.deepEqual(await page.locator(".messages a").evaluateAll((all) => all.map((a) => a.getAttribute("href"))), [
      "https://contoso.example/",
    ]);
    assert.equal(await page.locator(".messages a").getAttribute("rel"), "noopener noreferrer");
    assert.match(await page.title(), /Sofia Rossi/);
    assert.equal(page.context().pages().length, 1);
  });

  it("keeps a message that the bot did not get, and delivers it on demand", async function () {
    const page = await sit(this, "leon.hartmann");
    desk.bot.status = 503;
    await page.getByRole("button", { name: "talk to a human" }).click();
    await page.getByText("Not delivered.").waitFor();
    desk.bot.status = 200;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".fate[data-delivery=delivered]").waitFor({ state: "attached" });
    assert.equal(desk.bot.messages().filter(({ text }) => text === "talk to a human").length, 1);
  });

  it("loses nothing while the server is away: neither what was written nor what was said meanwhile", async function () {
    this.timeout(40_000);
    const page = await sit(this, "daniel.kim");
    const where = await desk.personalChatOf("daniel.kim");
    await page.getByRole("textbox", { name: "Ask, or say what should be done" }).fill("written while away");
    await desk.stop();
    await page.getByText("The desk's server does not answer.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Not delivered.").waitFor();
    await desk.start();
    await desk.connector("POST", activitiesOf(where), { type: "message", text: "said meanwhile" });
    await chat(page).getByText("said meanwhile", { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Try again" }).click();
    await until(() => desk.bot.messages().some(({ text }) => text === "written while away"));
    await page.locator(".fate[data-delivery=delivered]").waitFor({ state: "attached" });
    assert.equal(await page.locator(".mine").count(), 1);
    // The browser itself reports requests that found no server.
    for (const { problems } of windows) problems.splice(0);
  });

  it("shows who types until the message is there", async function () {
    const page = await sit(this, "jonas.weber");
    const { chat: where } = await post("jonas.weber", { type: "message", text: "wait" });
    await chat(page).getByText("wait", { exact: true }).waitFor();
    await desk.connector("POST", activitiesOf(where), { type: "typing" });
    await page.getByText("Signalbox is typing…").waitFor();
    await desk.connector("POST", activitiesOf(where), { type: "message", text: "here it is" });
    await chat(page).getByText("here it is", { exact: true }).waitFor();
    await until(async () => (await page.locator("#typing").textContent()) === "");
  });

  it("loads earlier messages on demand, and stays where one reads", async function () {
    const page = await sit(this, "amara.diallo");
    const where = await desk.personalChatOf("amara.diallo");
    for (let i = 1; i <= 45; i += 1)
      await desk.connector("POST", activitiesOf(where), { type: "message", text: `line ${i}` });
    await page.reload();
    await chat(page).getByText("line 45", { exact: true }).waitFor();
    assert.equal(await chat(page).getByText("line 5", { exact: true }).count(), 0);
    await page.getByRole("button", { name: "Show earlier messages" }).click();
    await chat(page).getByText("line 1", { exact: true }).waitFor();
    assert.ok(await chat(page).getByText("line 6", { exact: true }).isVisible());
    assert.ok((await page.locator("#log").evaluate((log) => log.scrollTop)) > 0);
    await desk.connector("POST", activitiesOf(where), { type: "message", text: "line 46" });
    await page.getByRole("button", { name: "New messages" }).click();
    await until(() => page.locator("#log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2));
  });

  it("shows a long card from its beginning, and its end when it unfolds there", async function () {
    const page = await sit(this, "helena.okafor");
    const lines = Array.from({ length: 60 }, (_, i) => ({ type: "TextBlock", text: `point ${i + 1}` }));
    const form = { type: "AdaptiveCard", body: [{ type: "Input.Text", id: "reason", label: "Reason" }] };
    await post("helena.okafor", {
      ...cardActivity({
        ...{ type: "AdaptiveCard", version: "1.5", body: lines },
        actions: [{ type: "Action.ShowCard", title: "Reject…", card: form }],
      }),
    });
    await page.getByText("point 1", { exact: true }).waitFor();
    const isSeen = (text: string) =>
      chat(page)
        .getByText(text, { exact: true })
        .evaluate((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          const frame = one.closest("#log")?.getBoundingClientRect();
          return frame !== undefined && top >= frame.top && bottom <= frame.bottom;
        });
    await until(() => isSeen("point 1"));
    await page.getByRole("button", { name: "Reject…" }).click();
    await chat(page).evaluate((log) => log.scrollTo(0, log.scrollHeight));
    await until(() => isSeen("Reason"));
  });

  it("is dark when the system is, and remembers another choice", async function () {
    const page = await sit(this, "noah.fischer", { dark: true });
    const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    assert.equal(await ground(), "rgb(21, 23, 31)");
    await page.getByRole("button", { name: /Colours as the system/ }).click();
    assert.equal(await ground(), "rgb(243, 244, 248)");
    await page.reload();
    await page.getByRole("button", { name: /Light colours/ }).waitFor();
    assert.equal(await ground(), "rgb(243, 244, 248)");
  });

  it("fits a narrow screen: the list first, then a chat, and back", async function () {
    const page = await sit(this, "jonas.weber", { width: 360, height: 640 });
    await post("jonas.weber", cardActivity(question("A long question of a supplier who writes at great length")));
    await page.getByRole("button", { name: /^Signalbox/ }).click();
    await page.getByText("A long question").last().waitFor();
    assert.equal(await page.evaluate<number>("document.documentElement.scrollWidth"), 360);
    assert.ok(!(await page.getByText("Acting as").isVisible()));
    await page.getByRole("button", { name: "Back to the chats" }).click();
    assert.ok(await page.getByText("Acting as").isVisible());
  });
});
