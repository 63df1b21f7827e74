import assert from "node:assert/strict";
import { activitiesOf } from "../support/desk.ts";
import { chatOf, deskWindows, question } from "../support/desk-windows.ts";
import { cardActivity } from "../support/scripted-bot.ts";
import { until } from "../support/until.ts";

describe("the page of the local desk", () => {
  const on = deskWindows();

  it("begins as somebody, and says so in its address", async function () {
    const page = await on.sit(this, "");
    await page.getByText("Maya Lindqvist").first().waitFor();
    assert.equal(new URL(page.url()).hash, "#maya.lindqvist");
    await until(async () => (await page.title()).includes("Maya Lindqvist"));
    await page.getByText("sample company, no sign-in, loopback only").waitFor();
  });

  it("becomes another person by search and keyboard, and stays that person after a reload", async function () {
    const page = await on.sit(this, "maya.lindqvist");
    await page.getByRole("button", { name: /Acting as/ }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("security lead");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Acting as Daniel Kim/ }).waitFor();
    assert.equal(new URL(page.url()).hash, "#daniel.kim");
    await page.getByRole("button", { name: /IT & Security/ }).waitFor();
    await page.goto(`${on.desk().url}/`);
    await page.getByRole("button", { name: /Acting as Daniel Kim/ }).waitFor();
  });

  it("is usable with the keyboard alone", async function () {
    const page = await on.sit(this, "tomas.novak");
    await on.post("tomas.novak", cardActivity(question("Patch")));
    await page.getByText("Note for Patch").waitFor();
    const focused = () => page.evaluate<string>("document.activeElement?.textContent");
    const box = page.getByRole("textbox", { name: "Ask, or say what should be done" });
    await page.locator("textarea:focus").first().waitFor();
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await page.locator(".mine", { hasText: "two" }).waitFor();
    await until(() =>
      on
        .desk()
        .bot.messages()
        .some(({ text }) => text === "one\ntwo"),
    );
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

  it("sends no part of a text that is too long, and says how much is too much", async function () {
    const page = await on.sit(this, "sofia.rossi");
    const box = page.getByRole("textbox", { name: "Ask, or say what should be done" });
    await box.fill("x".repeat(12_007));
    await page.getByText("7 characters too many to send").waitFor();
    await box.press("Enter");
    assert.equal(await page.getByRole("button", { name: "Send" }).isDisabled(), true);
    assert.equal((await box.inputValue()).length, 12_007);
    await box.fill("short");
    await page.getByText("Enter sends").waitFor();
    await box.press("Enter");
    await page.locator(".mine", { hasText: "short" }).waitFor();
  });

  it("lets a channel's members talk, and the bot hear what mentions it", async function () {
    const page = await on.sit(this, "viktor.petrov");
    const other = await on.sit(this, "amara.diallo");
    await page.getByRole("button", { name: /HR & Legal/ }).click();
    const box = page.getByRole("textbox", { name: "Write to HR & Legal" });
    await until(async () => (await box.inputValue()) === "@Signalbox ");
    await page.keyboard.type("who is on leave?");
    await page.keyboard.press("Enter");
    await page.locator(".mine .mention", { hasText: "@Signalbox" }).waitFor();
    await until(() =>
      on
        .desk()
        .bot.messages()
        .some(({ text }) => text === "<at>Signalbox</at> who is on leave?"),
    );
    await box.fill("thank you all");
    await page.keyboard.press("Enter");

    const row = other.getByRole("button", { name: /HR & Legal/ });
    await row.locator(".badge", { hasText: "2 unread" }).waitFor();
    assert.match(await other.title(), /^\(2\)/);
    await row.click();
    await chatOf(other).getByText("thank you all", { exact: true }).waitFor();
    await until(async () => !(await other.title()).startsWith("("));
    assert.ok(
      !on
        .desk()
        .bot.messages()
        .some(({ text }) => text === "thank you all"),
    );
  });

  it("keeps a message that the bot did not get, and delivers it on demand", async function () {
    const page = await on.sit(this, "leon.hartmann");
    on.desk().bot.status = 503;
    await page.getByRole("button", { name: "talk to a human" }).click();
    await page.getByText("Not delivered.").waitFor();
    on.desk().bot.status = 200;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".fate[data-delivery=delivered]").waitFor({ state: "attached" });
    assert.equal(
      on
        .desk()
        .bot.messages()
        .filter(({ text }) => text === "talk to a human").length,
      1,
    );
  });

  it("loses nothing while the server is away: neither what was written nor what was said meanwhile", async function () {
    this.timeout(40_000);
    const page = await on.sit(this, "daniel.kim");
    const where = await on.desk().personalChatOf("daniel.kim");
    await page.getByRole("textbox", { name: "Ask, or say what should be done" }).fill("written while away");
    await on.desk().stop();
    await page.getByText("The desk's server does not answer.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Not delivered.").waitFor();
    await on.desk().start();
    await on.desk().connector("POST", activitiesOf(where), { type: "message", text: "said meanwhile" });
    await chatOf(page).getByText("said meanwhile", { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Try again" }).click();
    await until(() =>
      on
        .desk()
        .bot.messages()
        .some(({ text }) => text === "written while away"),
    );
    await page.locator(".fate[data-delivery=delivered]").waitFor({ state: "attached" });
    assert.equal(await page.locator(".mine").count(), 1);
    // The browser itself reports requests that found no server.
    on.forgive();
  });

  it("shows who types until the message is there", async function () {
    const page = await on.sit(this, "jonas.weber");
    const { where } = await on.post("jonas.weber", { type: "message", text: "wait" });
    await chatOf(page).getByText("wait", { exact: true }).waitFor();
    await on.desk().connector("POST", activitiesOf(where), { type: "typing" });
    await page.getByText("Signalbox is typing…").waitFor();
    await on.desk().connector("POST", activitiesOf(where), { type: "message", text: "here it is" });
    await chatOf(page).getByText("here it is", { exact: true }).waitFor();
    await until(async () => (await page.locator("#typing").textContent()) === "");
  });

  it("loads earlier messages on demand, and stays where one reads", async function () {
    const page = await on.sit(this, "amara.diallo");
    const where = await on.desk().personalChatOf("amara.diallo");
    for (let i = 1; i <= 45; i += 1)
      await on.desk().connector("POST", activitiesOf(where), { type: "message", text: `line ${i}` });
    await page.reload();
    await chatOf(page).getByText("line 45", { exact: true }).waitFor();
    assert.equal(await chatOf(page).getByText("line 5", { exact: true }).count(), 0);
    await page.getByRole("button", { name: "Show earlier messages" }).click();
    await chatOf(page).getByText("line 1", { exact: true }).waitFor();
    assert.ok(await chatOf(page).getByText("line 6", { exact: true }).isVisible());
    assert.ok((await page.locator("#log").evaluate((log) => log.scrollTop)) > 0);
    await on.desk().connector("POST", activitiesOf(where), { type: "message", text: "line 46" });
    await page.getByRole("button", { name: "New messages" }).click();
    await until(() => page.locator("#log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2));
  });

  it("is dark when the system is, and remembers another choice", async function () {
    const page = await on.sit(this, "noah.fischer", { dark: true });
    const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    assert.equal(await ground(), "rgb(21, 23, 31)");
    await page.getByRole("button", { name: /Colours as the system/ }).click();
    assert.equal(await ground(), "rgb(243, 244, 248)");
    await page.reload();
    await page.getByRole("button", { name: /Light colours/ }).waitFor();
    assert.equal(await ground(), "rgb(243, 244, 248)");
  });

  it("fits a narrow screen: the list first, then a chat, and back", async function () {
    const page = await on.sit(this, "jonas.weber", { width: 360, height: 640 });
    await on.post("jonas.weber", cardActivity(question("A long question of a supplier who writes at great length")));
    await page.getByRole("button", { name: /^Signalbox/ }).click();
    await page.getByText("A long question").last().waitFor();
    assert.equal(await page.evaluate<number>("document.documentElement.scrollWidth"), 360);
    assert.ok(!(await page.getByText("Acting as").isVisible()));
    await page.getByRole("button", { name: "Back to the chats" }).click();
    assert.ok(await page.getByText("Acting as").isVisible());
  });
});
