import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Look, launchBrowser, openWindow } from "./browser.ts";
import { activitiesOf, openDesk, type TestDesk } from "./desk.ts";
import { type Json, said } from "./scripted-bot.ts";

/** Windows of the desk's page, for the tests of one `describe`: each test may open some, and they must be free of errors. */
export type DeskWindows = {
  desk(): TestDesk;
  /** a window as one person, or a skipped test where there is no browser; "": as whoever the page begins with */
  sit(test: Mocha.Context, person: string, look?: Look): Promise<Page>;
  /** the bot says something in a person's chat */
  post(person: string, activity: Json): Promise<{ where: string; id: string }>;
  /** Errors up to now were meant to happen. */
  forgive(): void;
};

export function deskWindows(): DeskWindows {
  let browser: Browser | undefined;
  let desk: TestDesk;
  const windows: { page: Page; problems: string[] }[] = [];
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
  return {
    desk: () => desk,
    async sit(test, person, look = {}) {
      if (browser === undefined) return test.skip();
      const opened = await openWindow(browser, `${desk.url}/${person === "" ? "" : `#${person}`}`, look);
      windows.push(opened);
      await opened.page.getByText("Acting as").waitFor();
      return opened.page;
    },
    async post(person, activity) {
      const where = await desk.personalChatOf(person);
      return { where, id: String((await desk.connector("POST", activitiesOf(where), activity)).body.id) };
    },
    forgive() {
      for (const { problems } of windows) problems.splice(0);
    },
  };
}

/** Where the messages are; the list of chats repeats the last one. */
export const chatOf = (page: Page) => page.locator("#log");

/** A card with an input and a button. */
export function question(title: string): Json {
  return {
    ...{ type: "AdaptiveCard", version: "1.5", speak: title },
    body: [
      { type: "TextBlock", text: title, weight: "Bolder", wrap: true },
      { type: "Input.Text", id: "note", label: `Note for ${title}` },
    ],
    actions: [{ type: "Action.Execute", title: `Approve ${title}`, verb: "approve", data: { code: "7Q2K" } }],
  };
}
