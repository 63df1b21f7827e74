import assert from "node:assert/strict";
import { type Office, openOffice } from "../support/office.ts";

describe("a bot that has started", function () {
  this.timeout(60_000);
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());

  /** Sessions in this database, without those of the test, which is the owner itself. */
  const sessions = async () => {
    const { rows } = await office.pool.query<{ login: string; name: string }>(
      `select usename as login, application_name as name from pg_stat_activity
        where datname = current_database() and application_name <> 'test' order by 1, 2`,
    );
    return rows;
  };
  const ownersSessions = async () => {
    const owner = decodeURIComponent(new URL(office.databaseUrl).username);
    return (await sessions()).filter(({ login }) => login === owner);
  };

  it("has let go of the owner's login, works as somebody who owns nothing, and carries an approved action out", async () => {
    assert.deepEqual(await ownersSessions(), []);
    const logins = new Set((await sessions()).map(({ login }) => login));
    assert.ok(logins.has("signalbox_app"));
    const { rows } = await office.pool.query(
      "select rolname from pg_roles where rolname = any($1) and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)",
      [[...logins]],
    );
    assert.deepEqual(rows, []);

    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 450 for INV-1042, damaged goods");
    const question = await jonas.sees(/Your approval is needed/);
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await maya.sees(/Credit note CN-\d+ of 450/);
    const notes = await office.pool.query("select 1 from erp.credit_note where amount = 450");
    assert.equal(notes.rowCount, 1);
    assert.deepEqual(await ownersSessions(), []);
  });
});
