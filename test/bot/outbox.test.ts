import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { failed, postponed, sent, supersede } from "../../src/bot/outbox-store.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("what is said arrives, in order, whatever the channel does", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  afterEach(() => office.channel.faults.splice(0));
  after(() => office.close());

  it("a channel that asks to wait is left alone for as long as it says, and the order is kept", async () => {
    const maya = office.colleague("maya.lindqvist");
    office.channel.faults.push({ verb: "POST", times: 1, status: 429, headers: { "retry-after": "1" } });
    await maya.says("help");
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.sees(/Overdue invoices/);
    const texts = maya.all().map(({ card }) => readable(card));
    assert.match(texts[0] ?? "", /I am Signalbox/);
    assert.match(texts[1] ?? "", /Overdue invoices/);
    const posts = office.channel.calls.filter(({ method }) => method === "POST");
    assert.ok((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0) >= 1_000, "not before the second has passed");
  });

  for (const [what, fault] of [
    ["breaks the connection", { status: 0 }],
    ["answers 502", { status: 502 }],
  ] as const)
    it(`a channel that ${what} is tried again`, async () => {
      const noah = office.colleague("noah.fischer");
      office.channel.faults.push({ verb: "POST", times: 2, ...fault });
      await noah.says("help");
      await noah.sees(/I am Signalbox/);
    });

  it("a message whose answer was lost is sent again under the same name, so that a channel that can know shows it once", async () => {
    const noah = office.colleague("noah.fischer");
    office.channel.faults.push({ verb: "POST", times: 1, status: 504, lost: true });
    await noah.says("my requests");
    await noah.sees(/Your requests/);
    for (const giveUp = Date.now() + 5_000; noah.all().length < 2 && Date.now() < giveUp; )
      await new Promise((r) => setTimeout(r, 20));
    const [first, second] = noah.all();
    assert.equal(first?.clientId, second?.clientId);
  });

  it("a card that cannot be updated is superseded by a fresh one, so that no dead button is left the last word", async () => {
    const maya = office.colleague("maya.lindqvist");
    const jonas = office.colleague("jonas.weber");
    const priya = office.colleague("priya.nair");
    await maya.says("Raise a credit note of 70 for INV-1088, damaged goods");
    const question = await jonas.sees(/Your approval is needed/);
    const stale = await priya.sees(/Your approval is needed/);
    office.channel.faults.push({ verb: "PUT", times: 20, status: 404 });
    await jonas.clicks(question, "Send rejection", { reason: "No" });
    for (const one of [maya, priya]) await one.sees(/Rejected by Jonas Weber/);
    const latest = priya.all().at(-1);
    assert.notEqual(latest?.id, stale.id);
    assert.equal(
      buttonsOf(latest?.card).some(({ title }) => title === "Approve"),
      false,
    );
  });

  it("what the channel refuses for good is given up, and what comes after it still arrives", async () => {
    const noah = office.colleague("noah.fischer");
    office.channel.faults.push({ verb: "POST", times: 1, status: 403 });
    await noah.says("help");
    await noah.says("my approvals");
    await noah.sees(/Nothing waits for you/);
    const { rows } = await office.pool.query("select state from outbox where state = 'failed'");
    assert.equal(rows.length, 1);
  });

  it("a process that stood still and goes on does not put an old look over a newer one", async () => {
    const { pool } = office;
    // Not the tenant of the bot that runs beside it.
    const tenantId = "another";
    const lane = "conversation:a:nowhere";
    const cardCopyId = randomUUID();
    await pool.query(
      `insert into card_copy (tenant_id, card_copy_id, subject_kind, subject_id, view, lane, version, card_hash, state, activity_id)
       values ($1, $2, 'turn', gen_random_uuid(), 'clarify', $3, 1, 'x', 'live', 'm-1')`,
      [tenantId, cardCopyId, lane],
    );
    const row = async (state: string, look: string, worker: string | null): Promise<number> => {
      const { rows } = await pool.query<{ outbox_id: number }>(
        `insert into outbox (tenant_id, lane, verb, activity, card_copy_id, dedupe_key, state, worker, attempts, lease_until)
         values ($1, $2, 'update', $3, $4, gen_random_uuid()::text, $5, $6, 1, now() + interval '1 hour') returning outbox_id`,
        [tenantId, lane, JSON.stringify({ look }), cardCopyId, state, worker],
      );
      return rows[0]?.outbox_id ?? 0;
    };
    const old = await row("sending", "old", "stood-still");
    const due = {
      ...{ outboxId: old, lane, verb: "update" as const, activity: {}, cardCopyId, copyActivityId: "m-1" },
      ...{ dedupeKey: "", attempts: 1, worker: "stood-still", subjectKind: "turn", address: null, more: false },
    };
    // Another process took it over, sent it, and sent a newer look after it.
    await pool.query("update outbox set state = 'sent', worker = 'other', attempts = 2 where outbox_id = $1", [old]);
    await row("sent", "new", "other");

    await postponed(pool, tenantId, due, 0, "late");
    await failed(pool, tenantId, due, "late");
    await supersede(pool, tenantId, due, "late");
    const states = async () =>
      (
        await pool.query("select state, activity ->> 'look' as look from outbox where lane = $1 order by outbox_id", [
          lane,
        ])
      ).rows;
    assert.deepEqual(await states(), [
      { state: "sent", look: "old" },
      { state: "sent", look: "new" },
    ]);
    await sent(pool, tenantId, due, "m-9");
    const [, , repair] = await states();
    assert.equal(repair?.look, "new", "the newest look is sent again");
    const { rows } = await pool.query("select activity_id, state from card_copy where card_copy_id = $1", [cardCopyId]);
    assert.deepEqual(rows, [{ activity_id: "m-1", state: "live" }]);
  });
});
