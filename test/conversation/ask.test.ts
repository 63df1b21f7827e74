import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("S1: somebody asks", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  it("gets an answer with a table, a computed total, its source and why this agent answered", async () => {
    const maya = office.colleague("maya.lindqvist");
    assert.equal(await maya.says("Which Fabrikam invoices are overdue?"), 200);
    const answer = await maya.sees(/Overdue invoices/);
    const text = readable(answer.card);
    assert.match(text, /INV-1042/);
    assert.match(text, /Total overdue\n/);
    assert.match(text, /Source: ERP/);
    assert.match(text, /Invoice Agent answered because/);
    assert.equal(
      answer.entities.some((entity) => JSON.stringify(entity).includes("AIGeneratedContent")),
      true,
    );
  });

  it("sees a total that is the sum of the rows", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which invoices of Fabrikam are overdue at the moment?");
    const text = readable((await maya.sees(/Overdue invoices/)).card);
    const { rows } = await office.pool.query<{ total: string }>(
      `select sum(open_amount)::text as total from erp.invoice_state
        where client_name = 'Fabrikam' and status = 'overdue'`,
    );
    const total = Number(rows[0]?.total).toLocaleString("en-GB", { minimumFractionDigits: 2 });
    assert.match(text, new RegExp(`Total overdue\n.*${total.replace(/[.,]/g, "[.,\\s]")}`));
  });

  it("learns how the answer came about with one click", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which Fabrikam invoices are overdue?");
    const shown = await maya.sees(/Overdue invoices/);
    const answer = await maya.clicks(shown, "Why this answer?");
    assert.equal(answer.statusCode, 200);
    const lineage = readable((await maya.sees(/Phase 1/)).card);
    assert.match(lineage, /Which Fabrikam invoices are overdue/);
    assert.match(lineage, /Invoice Agent, version/);
    assert.match(lineage, /erp\.list\\?_invoices/);
  });

  it("may say that the answer was good, or that another agent should have answered", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which Fabrikam invoices are overdue?");
    const shown = await maya.sees(/Overdue invoices/);
    assert.match(String((await maya.clicks(shown, "Helpful")).value), /Thank you/);
    await maya.clicks(shown, "Wrong agent?");
    const choices = await maya.sees(/Who should have answered\?/);
    assert.match(readable(choices.card), /Talk to a person/);
    const { rows } = await office.pool.query(
      "select kind from audit_log where kind in ('turn.feedback', 'turn.wrong-agent') order by seq",
    );
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ["turn.feedback", "turn.wrong-agent"],
    );
  });

  it("is asked for what is missing, and the next message is the answer to that", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("What is the status of an invoice?");
    await maya.sees(/Which invoice\?/);
    await maya.says("INV-1042");
    const text = readable((await maya.sees(/Invoice INV-1042 is/)).card);
    assert.match(text, /1,250\.00/);
  });

  it("gets the same answer once when the channel delivers the message twice", async () => {
    const noah = office.colleague("noah.fischer");
    await noah.says("How many days of leave do I have left?", { activityId: "same-1" });
    await noah.sees(/[Ll]eave/);
    await noah.says("How many days of leave do I have left?", { activityId: "same-1" });
    await noah.says("help");
    await noah.sees(/I am Signalbox/);
    assert.equal(
      noah.all().filter(({ card }) => /days/i.test(readable(card)) && !/Signalbox/.test(readable(card))).length,
      1,
    );
  });

  it("is answered in a channel when the bot is mentioned there", async () => {
    await office.installInChannel("19:finance@thread.tacv2", "Finance");
    const jonas = office.colleague("jonas.weber", { channel: "19:finance@thread.tacv2" });
    await jonas.says("Which Fabrikam invoices are overdue?");
    await jonas.sees(/Overdue invoices/);
  });

  it("is answered as a stranger too, when the directory does not know them", async () => {
    const stranger = office.stranger("Alex Unknown");
    await stranger.says("Which Fabrikam invoices are overdue?");
    await stranger.sees(/Overdue invoices|I did not do this/);
  });
});

describe("S2: the bot is not sure", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  it("asks with a short card instead of guessing, and one click continues the same turn", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("It's broken again.");
    const question = await maya.sees(/Talk to a person/);
    const titles = readable(question.card);
    const choice = /open ticket[^\n]*/i.exec(titles)?.[0] ?? /my tickets[^\n]*/i.exec(titles)?.[0];
    assert.ok(choice, `a helpdesk choice is offered: ${titles}`);
    const answer = await maya.clicks(question, choice);
    assert.equal(answer.statusCode, 200);
    assert.match(readable(answer.value as Record<string, unknown>), /You chose/);
    await maya.sees(/Please confirm|Your (open )?tickets/i);
    const { rows } = await office.pool.query("select parent_turn_id from turn where parent_turn_id is not null");
    assert.equal(rows.length, 1);
    assert.match(readable((await maya.sees(/You have chosen/)).card), /below/);
  });

  it("continues the turn once, however often the choice is clicked", async () => {
    const noah = office.colleague("noah.fischer");
    await noah.says("It's broken again.");
    const question = await noah.sees(/Talk to a person/);
    const [title] = readable(question.card)
      .split("\n")
      .filter((line) => /\(.+\)/.test(line));
    assert.ok(title);
    await Promise.all([noah.clicks(question, title), noah.clicks(question, title), noah.clicks(question, title)]);
    await noah.sees(/You have chosen/);
    const { rows } = await office.pool.query(
      "select count(*)::int as n from turn where parent_turn_id is not null and person_name = 'Noah Fischer'",
    );
    assert.equal(rows[0].n, 1);
  });

  it("does not let somebody else take the choice", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Something is wrong.");
    const question = await maya.sees(/Talk to a person/);
    const noah = office.colleague("noah.fischer");
    const [title] = readable(question.card)
      .split("\n")
      .filter((line) => /\(.+\)/.test(line));
    const answer = await noah.clicks(question, title ?? "");
    assert.equal(answer.statusCode, 403);
  });
});
