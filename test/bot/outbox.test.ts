import assert from "node:assert/strict";
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
});
