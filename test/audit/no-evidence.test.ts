import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { verifyChain } from "../../src/audit/verify.ts";
import { LOCAL_TENANT } from "../../src/config.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("without evidence nothing happens", function () {
  this.timeout(60_000);
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  before(async () => {
    office = await openOffice();
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    await office.pool.query("create table no_room (kind text); grant select on no_room to public");
    // What the database says when its disk is full, for links of some kinds.
    await office.pool.query(`
      create function no_room() returns trigger language plpgsql as $$
      begin
        if exists (select from public.no_room r where new.kind like r.kind) then
          raise exception 'could not extend file: No space left on device' using errcode = '53100';
        end if;
        return new;
      end $$;
      create trigger no_room before insert on audit_log for each row execute function no_room()`);
  });
  after(() => office.close());

  const thereIsNoRoomFor = (kind: string) => office.pool.query("insert into no_room values ($1)", [kind]);
  const thereIsRoom = () => office.pool.query("delete from no_room");
  const notesOf = async (amount: number) =>
    (await office.pool.query("select 1 from erp.credit_note where amount = $1", [amount])).rowCount;
  const linksOf = async (kind: string) =>
    (await office.pool.query("select 1 from audit_log where kind = $1", [kind])).rowCount;
  const ask = async (amount: number) => {
    await maya.says(`Raise a credit note of ${amount} for INV-1042, damaged goods`);
    return jonas.sees(/Your approval is needed/);
  };

  it("a decision that cannot be recorded is not taken: the card says to try again, and then it works", async () => {
    const question = await ask(401);
    await thereIsNoRoomFor("approval.%");
    const clicked = await jonas.clicks(question, "Approve");
    assert.equal(clicked.statusCode, 503);
    assert.match(JSON.stringify(clicked.value), /click again in a minute/);
    const { rows } = await office.pool.query("select status from approval order by created_at desc limit 1");
    assert.deepEqual([rows[0]?.status, await notesOf(401)], ["pending", 0]);
    await thereIsRoom();
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await maya.sees(/Credit note CN-\d+ of 401/);
    assert.equal(await notesOf(401), 1);
  });

  it("an approved action whose beginning cannot be recorded does not begin, and does as soon as it can", async () => {
    const question = await ask(402);
    await thereIsNoRoomFor("action.started");
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await sleep(1_000);
    const { rows } = await office.pool.query("select state from action order by created_at desc limit 1");
    assert.deepEqual([rows[0]?.state, await notesOf(402)], ["proposed", 0]);
    await thereIsRoom();
    await maya.sees(/Credit note CN-\d+ of 402/);
    assert.equal(await notesOf(402), 1);
  });

  it("an effect whose end cannot be recorded yet is recorded once, and is not repeated", async () => {
    const before = await linksOf("action.done");
    const question = await ask(403);
    await thereIsNoRoomFor("action.done");
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await until(async () => (await notesOf(403)) === 1);
    assert.equal(await linksOf("action.done"), before);
    await thereIsRoom();
    await maya.sees(/Credit note CN-\d+ of 403/);
    assert.deepEqual([await notesOf(403), await linksOf("action.done")], [1, (before ?? 0) + 1]);
    assert.equal((await verifyChain(office.pool, LOCAL_TENANT)).broken, undefined);
  });
});
