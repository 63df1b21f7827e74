import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { registryCli } from "../support/cli.ts";
import { type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("an agent that is retired while it works", () => {
  let office: Office;
  before(async function () {
    this.timeout(120_000);
    office = await openOffice();
  });
  after(() => office.close());

  it("serves nobody any more; its open runs are named, and what is approved in them does not start", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 21 for INV-1042, damaged goods");
    const asked = await jonas.sees(/Your approval is needed[\s\S]*Credit note of 21/);
    const { rows } = await office.pool.query<{ code: string }>("select code from run");
    const code = rows[0]?.code ?? "";
    assert.match(readable(asked.card), new RegExp(code));

    const retire = (...args: string[]) =>
      registryCli(
        ["retire", "Invoice Agent", "--why", "its books moved", "--as", "jonas.weber@contoso.example", ...args],
        {
          DATABASE_URL: office.databaseUrl,
        },
      );
    const { status, stdout, stderr } = retire("--json");
    assert.equal(status, 0, stderr);
    const stops = JSON.parse(stdout);
    assert.deepEqual([stops.from, stops.to, stops.openRuns], ["active", "deprecated", [code]]);
    assert.ok(stops.intents.includes("credit-note"));
    const again = retire();
    assert.deepEqual([again.status, again.stdout], [1, ""]);

    const question = () => office.app.ports.router.route("Which invoices are overdue?");
    await until(async () => (await question()).candidates.every(({ displayName }) => displayName !== "Invoice Agent"));
    await jonas.clicks(asked, "Approve");
    await maya.sees(/no longer allowed to act/);
    const notes = await office.pool.query("select 1 from erp.credit_note where amount = 21");
    assert.equal(notes.rowCount, 0);
  });
}).timeout(60_000);
