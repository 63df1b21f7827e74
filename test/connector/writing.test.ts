import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { elevated } from "./company.ts";
import { type Data, visitCompany } from "./visit.ts";

describe("writing to the sample company's systems", () => {
  const { company, read, write, newKey, refused } = visitCompany();
  const open = async (invoice_id: string) => (await read("erp.get_invoice", { invoice_id })).open_amount;

  it("a credit note lowers what is owed, and voiding it puts the value back, however often", async () => {
    const credit = await write("erp.create_credit_note", {
      invoice_id: "INV-1042",
      amount: "450",
      reason: "damaged goods",
    });
    assert.deepEqual(credit.before, { open_amount: "1250.00", status: "overdue" });
    assert.deepEqual(credit.after, { open_amount: "800.00", status: "overdue" });
    assert.equal(await open("INV-1042"), "800.00");
    const { credit_note_id } = credit;
    assert.equal((await write("erp.void_credit_note", { credit_note_id })).changed, true);
    assert.equal((await write("erp.void_credit_note", { credit_note_id })).changed, false);
    assert.equal(await open("INV-1042"), "1250.00");
  });

  it("the same key twice is one effect with one answer", async () => {
    const key = newKey();
    const args = { invoice_id: "INV-1088", amount: "10.00", reason: "twice" };
    const first = await write("erp.create_credit_note", args, key);
    assert.deepEqual(await write("erp.create_credit_note", args, key), first);
    const effect = await read("erp.get_effect", { idempotency_key: key });
    assert.deepEqual([effect.happened, effect.result], [true, first]);
    const notes = await read("erp.list_credit_notes", { invoice_id: "INV-1088" });
    assert.equal((notes.credit_notes as Data[]).filter((note) => note.reason === "twice").length, 1);
  });

  it("five callers at once with the same key make one effect", async () => {
    const key = newKey();
    const args = {
      title: "Printer on fire",
      description: "Second floor.",
      requester: "Maya Lindqvist",
      priority: "high",
    };
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => write("itsm.create_ticket", args, key)));
    assert.equal(new Set(results.map((result) => result.ticket_id)).size, 1);
    const made = await company().pool.query("select count(*) as n from itsm.ticket where title = 'Printer on fire'");
    assert.equal(made.rows[0].n, 1);
  });

  it("the same key with other arguments or another tool is refused", async () => {
    const key = newKey();
    await write("crm.log_activity", { customer: "Litware", note: "Called." }, key);
    await refused(write("crm.log_activity", { customer: "Litware", note: "Called again." }, key), /other arguments/);
    await refused(write("crm.delete_activity", { activity_id: "ACT-6001" }, key), /already used/);
  });

  it("a refused write leaves no trace, and its key can be used for the mended one", async () => {
    const key = newKey();
    const args = { invoice_id: "INV-1042", amount: "99999", reason: "too much" };
    await refused(
      write("erp.create_credit_note", args, key),
      /more than the open amount of INV-1042, which is 1250.00/,
    );
    assert.equal((await read("erp.get_effect", { idempotency_key: key })).happened, false);
    await write("crm.log_activity", { customer: "Litware", note: "Another system has its own keys." }, key);
  });

  for (const [amount, told] of [
    ["0", /above zero/],
    ["-5", /above zero/],
    ["1.005", /more than two decimals/],
    ["1e3", /not an amount/],
    ["NaN", /not an amount/],
    ["1250.01", /more than the open amount/],
  ] as const)
    it(`refuses a credit note of ${amount}`, () =>
      refused(write("erp.create_credit_note", { invoice_id: "INV-1042", amount, reason: "x" }), told));

  it("refuses a credit note on a paid invoice", () =>
    refused(write("erp.create_credit_note", { invoice_id: "INV-1005", amount: "1", reason: "x" }), /paid in full/));

  it("a due date is extended and put back; a day that it never had is refused", async () => {
    const { due_date } = await read("erp.get_invoice", { invoice_id: "INV-1120" });
    const later = new Date(Date.parse(String(due_date)) + 30 * 86_400_000).toISOString().slice(0, 10);
    const extended = await write("erp.extend_due_date", { invoice_id: "INV-1120", due_date: later, reason: "asked" });
    assert.deepEqual([extended.due_date, extended.previous_due_date], [later, due_date]);
    await refused(write("erp.extend_due_date", { invoice_id: "INV-1120", due_date, reason: "x" }), /not after/);
    await refused(write("erp.restore_due_date", { invoice_id: "INV-1120", due_date: "2020-01-01" }), /never due/);
    for (const changed of [true, false])
      assert.equal((await write("erp.restore_due_date", { invoice_id: "INV-1120", due_date })).changed, changed);
    assert.equal((await read("erp.get_invoice", { invoice_id: "INV-1120" })).due_date, due_date);
  });

  it("a ticket's priority is changed and put back, and a new ticket is cancelled", async () => {
    const raised = await write("itsm.set_ticket_priority", { ticket_id: "TCK-3007", priority: "critical" });
    assert.equal(raised.previous_priority, "medium");
    await write("itsm.set_ticket_priority", { ticket_id: "TCK-3007", priority: raised.previous_priority });
    assert.equal((await read("itsm.get_ticket", { ticket_id: "TCK-3007" })).priority, "medium");
    const args = {
      title: "Broken key",
      description: "The key E.",
      requester: "Noah Fischer",
      priority: "low",
      device: "DEV-4012",
    };
    const { ticket_id } = await write("itsm.create_ticket", args);
    for (const changed of [true, false])
      assert.equal((await write("itsm.cancel_ticket", { ticket_id })).changed, changed);
  });

  it("an activity is logged and taken off again", async () => {
    const { activity_id } = await write("crm.log_activity", { customer: "Proseware", note: "Sent the offer." });
    const latest = async () => (await read("crm.get_customer", { customer: "Proseware" })).recent_activities as Data[];
    assert.equal((await latest())[0]?.note, "Sent the offer.");
    for (const changed of [true, false])
      assert.equal((await write("crm.delete_activity", { activity_id })).changed, changed);
    assert.notEqual((await latest())[0]?.note, "Sent the offer.");
  });

  it("leave is booked once, never over another absence, and cancelled", async () => {
    const employee = "maya.lindqvist@contoso.example";
    const day = await company().pool.query<{ monday: string; friday: string }>(
      "select (date_trunc('week', now()) + interval '20 weeks')::date as monday, (date_trunc('week', now()) + interval '20 weeks 4 days')::date as friday",
    );
    const { monday = "", friday = "" } = day.rows[0] ?? {};
    const booked = await write("hris.book_leave", { employee, from: monday, to: friday });
    assert.equal(booked.days, 5);
    await refused(write("hris.book_leave", { employee, from: friday, to: friday }), /already an absence/);
    await refused(write("hris.book_leave", { employee, from: "2020-01-06", to: "2020-01-06" }), /in the past/);
    for (const changed of [true, false])
      assert.equal((await write("hris.cancel_leave", { leave_id: booked.leave_id })).changed, changed);
    const { available_days } = await read("hris.get_leave_balance", { employee });
    assert.deepEqual(booked.before, { available_days });
  });

  it("every write stands in its system's ledger with the run that asked for it", async () => {
    const key = newKey();
    await write("crm.log_activity", { customer: "Litware", note: "For the ledger." }, key);
    const found = await company().pool.query("select tool, run_id from crm.effect where idempotency_key = $1", [key]);
    assert.deepEqual(found.rows, [{ tool: "log_activity", run_id: "run-1" }]);
  });

  it("a write without a key is a mistake of the caller and does not leave the house", () =>
    assert.rejects(company().connectors.call({ tool: "itsm.cancel_ticket", args: { ticket_id: "TCK-3007" } }), {
      code: "idempotency-key-missing",
    }));

  it("a write without the right to make exactly this call does not leave the house", async () => {
    const call = { tool: "itsm.cancel_ticket", args: { ticket_id: "TCK-3007" }, idempotencyKey: newKey() };
    await assert.rejects(company().connectors.call(call), { code: "connector-refused" });
    const other = elevated({ ...call, args: { ticket_id: "TCK-3008" } });
    await assert.rejects(company().connectors.call({ ...other, args: call.args }), { code: "connector-refused" });
  });
});
