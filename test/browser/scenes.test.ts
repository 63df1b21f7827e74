import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openWindow } from "../support/browser.ts";
import { type Office, openOffice } from "../support/office.ts";

/** With SHOTS=<folder> each scene leaves pictures there, to be looked at. */
const folder = process.env.SHOTS;

describe("at the desk, with two people", () => {
  let browser: Browser | undefined;
  let office: Office;
  let windows: Awaited<ReturnType<typeof openWindow>>[];
  let maya: Page;
  let jonas: Page;

  before(async function () {
    this.timeout(60_000);
    browser = await launchBrowser();
    if (browser === undefined) return this.skip();
    office = await openOffice();
  });
  beforeEach(async () => {
    const sit = (person: string) => openWindow(browser as Browser, `${office.app.url}/#${person}`);
    windows = await Promise.all([sit("maya.lindqvist"), sit("jonas.weber")]);
    [maya, jonas] = windows.map(({ page }) => page) as [Page, Page];
    await Promise.all([maya, jonas].map((page) => page.getByText("Acting as").waitFor()));
  });
  afterEach(async () => {
    await Promise.all(windows.map(({ page }) => page.context().close()));
    assert.deepEqual(
      windows.flatMap(({ problems }) => problems),
      [],
    );
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  const type = async (page: Page, text: string): Promise<void> => {
    await page.getByPlaceholder("Ask, or say what should be done").fill(text);
    await page.keyboard.press("Enter");
  };
  const picture = async (page: Page, name: string): Promise<void> => {
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const cards = (page: Page) => page.locator(".ac-adaptiveCard");

  it("S1: somebody asks and reads a table, a total, the source and the reason", async () => {
    await type(maya, "Which Fabrikam invoices are overdue?");
    const answer = cards(maya).filter({ hasText: "Overdue invoices" }).last();
    await answer.getByText("INV-1042").waitFor();
    await answer.getByText("Total overdue").waitFor();
    await answer.getByText("Source: ERP").waitFor();
    await answer.getByText("Invoice Agent answered because").waitFor();
    await maya.getByText("AI generated").last().waitFor();
    await picture(maya, "s1-answer");
    await answer.getByRole("button", { name: "Why this answer?" }).click();
    await cards(maya).filter({ hasText: "Phase 1: finance" }).waitFor();
    await picture(maya, "s1-why");
  });

  it("S3: somebody asks for it, somebody else approves it, both cards change in place, and a receipt follows", async () => {
    await type(maya, "Raise a credit note of 450 for INV-1042, damaged goods");
    const request = cards(maya).filter({ hasText: "Credit note of 450.00 EUR" }).first();
    await request.getByText("Waiting for an approver of Finance").waitFor();
    const question = cards(jonas).filter({ hasText: "Credit note of 450.00 EUR" }).first();
    await question.getByText("1,250.00 EUR").waitFor();
    await picture(jonas, "s3-question");
    const before = { maya: await cards(maya).count(), jonas: await cards(jonas).count() };
    await question.getByRole("button", { name: "Approve", exact: true }).click();

    await question.getByText("Approved by Jonas Weber, and done").waitFor();
    assert.equal(await question.getByRole("button", { name: "Approve", exact: true }).count(), 0);
    await cards(maya)
      .getByText(/Credit note CN-\d+ of 450\.00 EUR was raised/)
      .waitFor();
    await cards(maya).getByText("Approved by Jonas Weber, and done").waitFor();
    await cards(jonas)
      .getByText(/Credit note CN-\d+ of 450\.00 EUR was raised/)
      .waitFor();
    // The receipt is the one new card; the others changed where they were.
    assert.equal(await cards(maya).count(), before.maya + 1);
    assert.equal(await cards(jonas).count(), before.jonas + 1);
    await picture(maya, "s3-requester");
    await picture(jonas, "s3-approver");
  });

  it("S4: a rejection needs a reason, and the requester reads it with what can be done instead", async () => {
    await type(maya, "Raise a credit note of 120 for INV-1063, wrong price");
    const question = cards(jonas).filter({ hasText: "Credit note of 120.00 EUR" }).first();
    await question.getByRole("button", { name: "Reject…" }).click();
    await question.getByRole("button", { name: "Send rejection" }).click();
    await question.getByText("A reason is required to reject.").waitFor();
    await picture(jonas, "s4-reason-required");
    await question.getByLabel(/Reason/).fill("The price was right");
    await question.getByRole("button", { name: "Send rejection" }).click();
    await question.getByText("Rejected by Jonas Weber: The price was right").waitFor();
    const told = cards(maya).filter({ hasText: "was rejected" }).last();
    await told.getByText("The price was right").waitFor();
    await told.getByText("talk to a person in Finance").waitFor();
    await picture(maya, "s4-requester");
  });

  it("S5: wrong hands: a friendly refusal in the card, and nothing else", async () => {
    await type(maya, "Raise a credit note of 75 for INV-1042, scratched");
    const question = cards(jonas).filter({ hasText: "Credit note of 75.00 EUR" }).first();
    await question.waitFor();
    await type(jonas, "Raise a credit note of 76 for INV-1042, scratched");
    const own = cards(jonas).filter({ hasText: "Credit note of 76.00 EUR" }).last();
    await own.getByText("Waiting for an approver of Finance").waitFor();
    const code = /Code\s*([0-9A-Z]{4,8})/.exec((await own.textContent()) ?? "")?.[1] ?? "";
    await type(jonas, `approve ${code}`);
    await cards(jonas).getByText("Nobody approves their own request.").waitFor();
    await picture(jonas, "s5-refused");
    await question.getByRole("button", { name: "Approve", exact: true }).click();
    await question.getByText("Approved by Jonas Weber, and done").waitFor();
  });

  it("an approver asks, the requester answers on the card, and the approver reads it before they decide", async () => {
    await type(maya, "Raise a credit note of 81 for INV-1042, scratched");
    const question = cards(jonas).filter({ hasText: "Credit note of 81.00 EUR" }).first();
    await question.getByRole("button", { name: "Ask…" }).click();
    await question.getByLabel(/Question to the requester/).fill("Which goods?");
    await picture(jonas, "ask-typing");
    await question.getByRole("button", { name: "Send question" }).click();
    const asked = cards(maya).filter({ hasText: "Which goods?" }).last();
    await picture(maya, "ask-requester");
    await asked.getByLabel(/Your answer/).fill("Two pallets of glass");
    await asked.getByRole("button", { name: "Send answer" }).click();
    await question.getByText("Two pallets of glass").waitFor();
    await picture(jonas, "ask-answered");
    await question.getByRole("button", { name: "Change and approve…" }).click();
    await question.getByLabel(/Amount/).fill("80");
    await picture(jonas, "change-typing");
    await question.getByRole("button", { name: "Approve with these values" }).click();
    await cards(maya)
      .getByText(/Credit note CN-\d+ of 80\.00 EUR was raised/)
      .waitFor();
    await picture(maya, "change-done");
  });

  it("a plan of three steps shows where each stands, and asks for each when its turn comes", async () => {
    const due = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    await type(maya, `Settle the complaint on INV-1063: credit 10, scratched, new due date ${due}`);
    const run = cards(maya).filter({ hasText: "INV-1063" }).first();
    await run.waitFor();
    const ask = () =>
      cards(jonas).filter({ hasText: "Your approval is needed" }).filter({ hasText: "INV-1063" }).last();
    await ask().getByRole("button", { name: "Approve", exact: true }).click();
    await picture(maya, "steps-first");
    const confirm = cards(maya).filter({ hasText: "Please confirm" }).filter({ hasText: "INV-1063" }).last();
    await confirm.getByRole("button", { name: "Confirm", exact: true }).click();
    const receipt = cards(maya).filter({ hasText: "Executed" }).filter({ hasText: "INV-1063" }).last();
    await receipt
      .getByText(/Credit note CN-\d+ of 10\.00 EUR/)
      .first()
      .waitFor();
    await picture(maya, "steps-receipt");
    await run.scrollIntoViewIfNeeded();
    await picture(maya, "steps-done");
  });

  it("S13: what waits on me is one list with buttons, and so is what I asked for", async () => {
    await type(maya, "Raise a credit note of 91 for INV-1042, scratched");
    await cards(jonas).filter({ hasText: "Credit note of 91.00 EUR" }).first().waitFor();
    await type(jonas, "my approvals");
    const list = cards(jonas).filter({ hasText: "Waiting on you" }).last();
    await list.getByRole("button", { name: "Approve", exact: true }).first().waitFor();
    await picture(jonas, "s13-approvals");
    await type(maya, "my requests");
    await cards(maya).filter({ hasText: "Your requests" }).last().waitFor();
    await picture(maya, "s13-requests");
  });

  it("S11: an effect is taken back: what would change, one approval, and what became of it", async () => {
    await type(maya, "Raise a credit note of 95 for INV-1088, scratched");
    const question = cards(jonas).filter({ hasText: "Credit note of 95.00 EUR" }).first();
    await question.getByRole("button", { name: "Approve", exact: true }).click();
    await question.getByText("Approved by Jonas Weber, and done").waitFor();
    const done = cards(maya).filter({ hasText: "Executed" }).filter({ hasText: "95.00 EUR" }).last();
    const code = /Code\s*([0-9A-Z]{4,8})/.exec((await done.textContent()) ?? "")?.[1] ?? "";
    await type(maya, `undo ${code}`);
    const undo = cards(jonas).filter({ hasText: "Your approval is needed" }).filter({ hasText: "Take back" }).last();
    await undo.waitFor();
    await picture(jonas, "s11-question");
    await undo.getByRole("button", { name: "Approve", exact: true }).click();
    await cards(maya).filter({ hasText: "taken back since" }).last().waitFor();
    await cards(maya).filter({ hasText: "Rolled back" }).last().waitFor();
    await picture(maya, "s11-undone");
  });
});
