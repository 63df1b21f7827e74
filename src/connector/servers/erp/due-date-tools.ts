import { z } from "zod";
import { Refusal } from "../refusal.ts";
import { Day, Id, Note, Text, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { type Invoice, InvoiceStatus, lockInvoice } from "./invoice.ts";

const Due = z.strictObject({ due_date: Day, status: InvoiceStatus });
const due = ({ due_date, status }: Invoice): z.infer<typeof Due> => ({ due_date, status });
const moved = { invoice_id: Text, client_name: Text, due_date: Day, previous_due_date: Day, ...written(Due, Due) };
const MAX_EXTENSION_DAYS = 180;

const extendDueDate = writeTool({
  name: "extend_due_date",
  description: "Moves the due date of an unpaid invoice to a later day.",
  input: { invoice_id: Id, due_date: Day, reason: Note },
  output: moved,
  compensation: "restore_due_date",
  async run(tx, { invoice_id, due_date, reason }) {
    const before = await lockInvoice(tx, invoice_id);
    if (before.status === "paid") throw new Refusal(`Invoice ${invoice_id} is paid: its due date no longer matters.`);
    if (due_date <= before.due_date)
      throw new Refusal(`The new due date ${due_date} is not after the present one, ${before.due_date}.`);
    const days = (Date.parse(due_date) - Date.parse(before.due_date)) / 86_400_000;
    if (days > MAX_EXTENSION_DAYS)
      throw new Refusal(`${due_date} is ${days} days later. A due date moves by at most ${MAX_EXTENSION_DAYS} days.`);
    await tx.query(
      `with moved as (update invoice set due_date = $2 where invoice_id = $1)
       insert into due_date_change (invoice_id, from_date, to_date, reason) values ($1, $3, $2, $4)`,
      [invoice_id, due_date, before.due_date, reason],
    );
    const after = await lockInvoice(tx, invoice_id);
    const { client_name, due_date: previous_due_date } = before;
    return {
      invoice_id,
      client_name,
      due_date,
      previous_due_date,
      changed: true,
      before: due(before),
      after: due(after),
    };
  },
});

const restoreDueDate = writeTool({
  name: "restore_due_date",
  description: "Puts back a due date that the invoice had before an extension. Safe to repeat.",
  input: { invoice_id: Id, due_date: Day },
  output: moved,
  async run(tx, { invoice_id, due_date }) {
    const before = await lockInvoice(tx, invoice_id);
    const changed = before.due_date !== due_date;
    if (changed) {
      const had = await tx.query("select 1 from due_date_change where invoice_id = $1 and from_date = $2 limit 1", [
        invoice_id,
        due_date,
      ]);
      if (had.rowCount === 0) throw new Refusal(`Invoice ${invoice_id} was never due on ${due_date}.`);
      await tx.query(
        `with moved as (update invoice set due_date = $2 where invoice_id = $1)
         insert into due_date_change (invoice_id, from_date, to_date, reason) values ($1, $3, $2, 'Restored')`,
        [invoice_id, due_date, before.due_date],
      );
    }
    const after = await lockInvoice(tx, invoice_id);
    const { client_name, due_date: previous_due_date } = before;
    return { invoice_id, client_name, due_date, previous_due_date, changed, before: due(before), after: due(after) };
  },
});

export const dueDateTools = [extendDueDate, restoreDueDate];
