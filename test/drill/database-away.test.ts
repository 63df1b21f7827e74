import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { readable } from "../support/card-content.ts";
import { type CuttableWire, startCuttableWire } from "../support/cuttable-proxy.ts";
import { createTestDatabase } from "../support/database.ts";
import { type Office, openOffice } from "../support/office.ts";

const AWAY_MS = 20_000;

describe("the database is away for 20 seconds", function () {
  this.timeout(180_000);
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let wire: CuttableWire;
  let office: Office;
  before(async () => {
    database = await createTestDatabase();
    wire = await startCuttableWire(database.url);
    office = await openOffice({ databaseUrl: wire.url });
  });
  after(async () => {
    await office.close();
    wire.close();
    await database.drop();
  });

  it("people are told, a click is not taken for done, and afterwards everything goes on by itself", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 450 for INV-1042, damaged goods");
    const question = await jonas.sees(/Your approval is needed/);

    wire.cut();
    assert.equal(await maya.says("Which Fabrikam invoices are overdue?"), 200);
    await maya.sees(/My records cannot be reached/);
    const clicked = await jonas.clicks(question, "Approve");
    assert.equal(clicked.statusCode, 503);
    assert.match(JSON.stringify(clicked.value), /click again in a minute/);
    assert.equal((await fetch(`${office.app.url}/readyz`)).status, 503);
    assert.equal((await fetch(`${office.app.url}/healthz`)).status, 200);
    await sleep(AWAY_MS);
    wire.mend();

    // What was under way when it broke is noticed at its own time-out at the latest.
    await maya.sees(/Overdue invoices/, 30_000);
    assert.equal(maya.all().filter(({ card }) => /Overdue invoices/.test(readable(card))).length, 1);
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await maya.sees(/Credit note CN-\d+ of/);
  });
});
