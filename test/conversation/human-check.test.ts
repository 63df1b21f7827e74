import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("an effect whose target knows no idempotency key", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let priya: Colleague;
  let invoices: string[];
  let invoice: string;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    invoices = await untouchedInvoices(office.pool);
  });
  beforeEach(() => {
    invoice = invoices.shift() ?? "";
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    priya = office.colleague("priya.nair");
  });
  after(() => office.close());

  const letters = async (): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.dunning_letter where invoice_id = $1",
      [invoice],
    );
    return rows[0]?.n ?? 0;
  };
  /** Both approvers have passed it; before its step runs, an earlier try is made to have begun and never come back. */
  const sendAfterACrash = async (): Promise<void> => {
    const sofia = office.colleague("sofia.rossi");
    await maya.says(`Send a dunning letter for ${invoice}`);
    const about = new RegExp(`Your approval is needed[\\s\\S]*${invoice}`);
    const [first, second] = [await jonas.sees(about), await priya.sees(about)];
    await sofia.says("stop all actions: crash test");
    await sofia.sees(/are stopped/);
    await jonas.clicks(first, "Approve");
    await priya.clicks(second, "Approve");
    await maya.sees(/Paused/);
    await office.pool.query(
      `insert into action_attempt (tenant_id, action_id, attempt)
       select tenant_id, action_id, 1 from action where args ->> 'invoice_id' = $1`,
      [invoice],
    );
    await sofia.says("release all actions");
    await sofia.sees(/may act again/);
  };

  it("is never blindly tried again after a crash: a person looks, and says on a card that it happened", async () => {
    await sendAfterACrash();
    const check = await jonas.sees(/Needs a human check[\s\S]*Look into the system/);
    await maya.sees(/Nobody can say yet whether it happened/);
    assert.equal(await letters(), 0, "no second letter on a guess");
    const noah = office.colleague("noah.fischer");
    assert.equal((await noah.clicks(check, "It happened")).statusCode, 403);
    await noah.says("my approvals");
    await noah.sees(/Nothing waits for you/);
    await jonas.says("my approvals");
    const list = await jonas.sees(/Waiting on you[\s\S]*needs a human check/);
    await jonas.clicks(list, "Open");
    await jonas.clicks(await jonas.sees(/Needs a human check[\s\S]*It happened/), "It happened");
    await maya.sees(/Approved by .+, and done|Executed/);
    assert.equal(await letters(), 0);
  });

  it("or the lead of the cluster says that it did not: then it failed, and can be begun again", async () => {
    const sofia = office.colleague("sofia.rossi");
    const helena = office.colleague("helena.okafor");
    await sendAfterACrash();
    await jonas.sees(/Needs a human check[\s\S]*Look into the system/);
    await helena.clicks(await helena.sees(/Needs a human check[\s\S]*Look into the system/), "It did not happen");
    const seenByPriya = priya.all().map(({ card }) => readable(card));
    assert.ok(!seenByPriya.some((text) => /It did not happen/.test(text)), "nobody is asked who could not answer");
    const card = readable((await maya.sees(/It failed: A person looked: it did not happen/)).card);
    const code = /Code\n([0-9A-Z]{4,8})/.exec(card)?.[1] ?? "";
    await sofia.says(`rerun ${code} from send`);
    const about = new RegExp(`Your approval is needed[\\s\\S]*${invoice}`);
    await jonas.clicks(await jonas.sees(about), "Approve");
    await priya.clicks(await priya.sees(about), "Approve");
    await maya.sees(/Letter DL-\d+ was posted/);
    assert.equal(await letters(), 1);
  });

  describe("a budget", () => {
    it("that a run would cross holds it, and its owner raises it, finishes it or stops it on a card", async () => {
      await maya.says(`Raise a credit note of 33 for ${invoice}, damaged goods`);
      const question = await priya.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
      await office.pool.query(
        `update run set state = jsonb_set(state, '{budgets,maxToolCalls}', '0') where status = 'waiting' and run_id in
           (select run_id from action where args ->> 'invoice_id' = $1)`,
        [invoice],
      );
      await priya.clicks(question, "Approve");
      await maya.sees(/Paused: The next steps would go over its budget of 0 tool calls/);
      const card = await jonas.sees(/A run has used up its budget/);
      assert.match(readable(card.card), /0 of 0 tool calls/);
      assert.equal((await office.colleague("noah.fischer").clicks(card, "Raise the budget")).statusCode, 403);
      await jonas.clicks(card, "Raise the budget");
      await maya.sees(/Credit note CN-/);
      await until(async () => {
        const { rows } = await office.pool.query<{ n: number }>(
          "select count(*)::int as n from erp.credit_note where invoice_id = $1 and amount = 33",
          [invoice],
        );
        return rows[0]?.n === 1;
      });
    });
  });
});
