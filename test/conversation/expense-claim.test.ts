import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

describe("an expense claim", () => {
  let office: Office;
  let aisha: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    aisha = office.colleague("aisha.bello");
  });
  after(() => office.close());

  const claims = async (): Promise<Record<string, unknown>[]> =>
    (
      await office.pool.query(
        `select category_id, amount::text, spent_on = current_date - 1 as yesterday, reason, status
         from erp.expense_claim where claimant = 'aisha.bello@contoso.example' and amount = 17.40`,
      )
    ).rows;

  it("is submitted once the person who makes it has confirmed it, and not before", async () => {
    await aisha.says("Submit an expense claim of 17.40 EUR for a taxi yesterday, last bus had gone");
    const question = await aisha.sees(/Please confirm[\s\S]*Taxi and parking/);
    assert.deepEqual(await claims(), []);
    await aisha.clicks(question, "Confirm");
    assert.match(readable((await aisha.sees(/Executed/)).card), /Claim EXP-\d+ of 17\.40 EUR waits for Oskar Lindholm/);
    assert.deepEqual(await claims(), [
      { category_id: "taxi", amount: "17.40", yesterday: true, reason: "last bus had gone", status: "submitted" },
    ]);
  });

  it("above the limit of its category is not even proposed", async () => {
    await aisha.says("Submit an expense claim of 95 EUR for a taxi yesterday, last bus had gone");
    await aisha.sees(/95\.00 EUR is more than one claim for Taxi and parking may ask for, which is 80\.00 EUR/);
  });
});
