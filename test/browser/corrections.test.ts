import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openWindow } from "../support/browser.ts";
import { type Office, openOffice } from "../support/office.ts";

/** With SHOTS=<folder> each scene leaves pictures there, to be looked at. */
const folder = process.env.SHOTS;

describe("at the desk, somebody corrects the router and the owner decides", () => {
  let browser: Browser | undefined;
  let office: Office;
  const windows: Awaited<ReturnType<typeof openWindow>>[] = [];

  before(async function () {
    this.timeout(60_000);
    browser = await launchBrowser();
    if (browser === undefined) return this.skip();
    office = await openOffice();
  });
  afterEach(async () => {
    const problems = windows.flatMap((one) => one.problems);
    await Promise.all(windows.splice(0).map(({ page }) => page.context().close()));
    assert.deepEqual(problems, []);
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  const sit = async (person: string, dark = false): Promise<Page> => {
    const window = await openWindow(browser as Browser, `${office.app.url}/#${person}`, { dark });
    windows.push(window);
    await window.page.getByText("Acting as").waitFor();
    return window.page;
  };
  const type = async (page: Page, text: string): Promise<void> => {
    await page.getByPlaceholder("Ask, or say what should be done").fill(text);
    await page.keyboard.press("Enter");
  };
  const picture = async (page: Page, name: string): Promise<void> => {
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const cards = (page: Page) => page.locator(".ac-adaptiveCard");
  const click = (page: Page, card: string, name: string) =>
    cards(page).filter({ hasText: card }).last().getByRole("button", { name, exact: true }).click();

  it("the right agent answers at once; the owner edits the words, and the card tells what was learnt", async () => {
    const maya = await sit("maya.lindqvist");
    const jonas = await sit("jonas.weber");
    await type(maya, "Which Fabrikam invoices are overdue?");
    await cards(maya).filter({ hasText: "Overdue invoices" }).last().waitFor();
    await click(maya, "Overdue invoices", "Wrong agent?");
    const choices = cards(maya).filter({ hasText: "Who should have answered?" }).last();
    await choices.waitFor();
    await picture(maya, "correct-choices");
    await choices.getByRole("combobox").selectOption({ label: "Credit notes list (AP/AR)" });
    await click(maya, "Who should have answered?", "Let them answer");
    await cards(maya).filter({ hasText: "because you chose it" }).last().waitFor();
    await picture(maya, "correct-chosen");

    await type(maya, "Which Contoso invoices are overdue?");
    await cards(maya).filter({ hasText: "Overdue invoices" }).nth(1).waitFor();
    await click(maya, "Overdue invoices", "Wrong agent?");
    await choices.waitFor();
    await choices.getByRole("combobox").selectOption({ label: "Invoice status (Invoice Agent)" });
    await click(maya, "Who should have answered?", "Let them answer");
    const asked = cards(jonas).filter({ hasText: "Should Invoice Agent answer this" }).last();
    await asked.waitFor();
    await picture(jonas, "correct-owner");
    await asked.getByLabel(/Words to be learnt/).fill("Which invoices are overdue?");
    await click(jonas, "Should Invoice Agent answer this", "Approve");
    await cards(jonas)
      .getByText(/One utterance can mean one thing only/)
      .waitFor();
    await picture(jonas, "correct-refused");
    await asked.getByRole("button", { name: "Decline…" }).click();
    await picture(jonas, "correct-declining");
    await asked.getByLabel(/Words to be learnt/).fill("What became of the bills of a customer?");
    await click(jonas, "Should Invoice Agent answer this", "Approve");
    await cards(jonas).getByText("Approved by Jonas Weber: Invoice Agent has learnt it").waitFor();
    await picture(jonas, "correct-learnt");
    await maya.getByText("Jonas Weber has let Invoice Agent learn it").last().waitFor();
    await picture(maya, "correct-told");
    await type(maya, "wrong agent");
    await cards(maya).filter({ hasText: "Invoice Agent answered as “invoice status”" }).last().waitFor();
  });

  it("in the dark: the list of corrections, a refusal that can be doubted, and a proposal", async () => {
    const priya = await sit("priya.nair", true);
    await type(priya, "corrections");
    await cards(priya).filter({ hasText: "Corrections for you: 1" }).last().waitFor();
    await picture(priya, "correct-list");
    await click(priya, "Corrections for you", "Open");
    await cards(priya).filter({ hasText: "from now on?" }).last().waitFor();
    await picture(priya, "correct-owner-dark");
    await cards(priya).filter({ hasText: "from now on?" }).last().getByRole("button", { name: "Why?" }).click();
    await cards(priya).filter({ hasText: "Phase 1: finance" }).last().waitFor();
    await picture(priya, "correct-why");
    const maya = await sit("maya.lindqvist", true);
    await type(maya, "How many days of leave does Noah Fischer have left?");
    await cards(maya).filter({ hasText: "I did not do this" }).last().waitFor();
    await picture(maya, "correct-refusal");
    await type(maya, "Raise a credit note of 450 for INV-1042, damaged goods");
    const request = cards(maya).filter({ hasText: "Waiting for an approver" }).last();
    await request.getByRole("button", { name: "Wrong agent?" }).waitFor();
    await picture(maya, "correct-proposal");
    await type(maya, "Open a ticket: my laptop does not start");
    await cards(maya).filter({ hasText: "Please confirm" }).last().waitFor();
    await picture(maya, "correct-confirmation");
  });

  it("the platform team reads how far scores can be relied on, in the light and in the dark", async () => {
    // Months of use: what was just asked, many times over.
    await office.pool.query(
      `insert into turn (tenant_id, turn_id, code, conversation_id, activity_id, person_name, text, outcome, routing, reply,
         latency_ms, created_at)
       select tenant_id, gen_random_uuid(), code || '-' || n, conversation_id, activity_id || n, person_name, text, outcome,
              routing, reply, latency_ms, created_at - n * interval '1 hour'
         from turn, generate_series(1, 800) n where routing is not null`,
    );
    for (const dark of [false, true]) {
      const sofia = await sit("sofia.rossi", dark);
      await type(sofia, "reliability");
      const card = cards(sofia).filter({ hasText: "How far routing scores can be relied on" }).last();
      await card.getByText("HR & Legal").waitFor();
      await card.getByText("Drift").first().waitFor();
      if (folder !== undefined) await card.screenshot({ path: `${folder}/reliability-${dark ? "dark" : "light"}.png` });
    }
  });
});
