import { Decimal } from "decimal.js";
import { z } from "zod";
import type { Tx } from "../../../store/pool.ts";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Amount, Count, Currency, Day, EUR, Id, MAX_ROWS, Money, Note, Text, Wanted, written } from "../shapes.ts";
import { readTool, writeTool } from "../tool.ts";
import { CLIENTS, type Invoice, InvoiceStatus, lockInvoice } from "./invoice.ts";

const CreditNote = z.strictObject({
  credit_note_id: Text,
  invoice_id: Text,
  client_id: Text,
  client_name: Text,
  amount: Money,
  currency: Currency,
  reason: Text,
  issued_on: Day,
  status: z.enum(["issued", "void"]),
});
const Owed = z.strictObject({ open_amount: Money, status: InvoiceStatus });
const owed = ({ open_amount, status }: Invoice): z.infer<typeof Owed> => ({ open_amount, status });

const listCreditNotes = readTool({
  name: "list_credit_notes",
  description: "Credit notes of an invoice or of a client, the latest first.",
  input: { invoice_id: Id.optional(), client: Wanted.optional() },
  output: { credit_notes: z.array(CreditNote), total_count: Count },
  async run(db, { invoice_id, client }) {
    const clientId = await filterId(db, "client", client, CLIENTS);
    const { rows, totals } = await listRows<z.infer<typeof CreditNote>, { total_count: number }>(
      db,
      `select credit_note_id, invoice_id, client_id, c.name as client_name, n.amount, 'EUR' as currency, reason, issued_on,
         n.status, count(*) over () as total_count
       from credit_note n join invoice i using (invoice_id) join client c using (client_id)
       where ($1::text is null or invoice_id = $1) and ($2::text is null or client_id = $2)
       order by issued_on desc, credit_note_id desc limit ${MAX_ROWS}`,
      [invoice_id ?? null, clientId],
      { total_count: 0 },
    );
    return { credit_notes: rows, ...totals };
  },
});

const createCreditNote = writeTool({
  name: "create_credit_note",
  description: "Issues a credit note on an invoice, which lowers its open amount. Never more than the open amount.",
  input: { invoice_id: Id, amount: Amount, reason: Note },
  output: {
    credit_note_id: Text,
    invoice_id: Text,
    client_name: Text,
    amount: Money,
    currency: Currency,
    reason: Text,
    ...written(Owed, Owed),
  },
  compensation: "void_credit_note",
  async run(tx, { invoice_id, amount: given, reason }) {
    const before = await lockInvoice(tx, invoice_id);
    const amount = creditable(given, before);
    await tx.query("update invoice set credited_amount = credited_amount + $2 where invoice_id = $1", [
      invoice_id,
      amount,
    ]);
    const added = await tx.query<{ credit_note_id: string }>(
      `insert into credit_note (credit_note_id, invoice_id, amount, reason)
       values ('CN-' || nextval('credit_note_number'), $1, $2, $3) returning credit_note_id`,
      [invoice_id, amount, reason],
    );
    const after = await lockInvoice(tx, invoice_id);
    return {
      credit_note_id: added.rows[0]?.credit_note_id ?? "",
      invoice_id,
      client_name: before.client_name,
      amount,
      currency: EUR,
      reason,
      changed: true,
      before: owed(before),
      after: owed(after),
    };
  },
});

/** The amount with two decimals. @throws Refusal that says what is wrong with it */
function creditable(given: string, invoice: Invoice): string {
  if (!/^-?\d+(\.\d+)?$/.test(given)) throw new Refusal(`"${given}" is not an amount. Write it like 450.00.`);
  const amount = new Decimal(given);
  if (amount.lte(0)) throw new Refusal("The amount of a credit note must be above zero.");
  if (amount.decimalPlaces() > 2) throw new Refusal(`${given} has more than two decimals. Round it to cents.`);
  if (invoice.status === "paid")
    throw new Refusal(`Invoice ${invoice.invoice_id} is paid in full: there is nothing left to credit.`);
  if (amount.gt(invoice.open_amount))
    throw new Refusal(
      `${amount.toFixed(2)} EUR is more than the open amount of ${invoice.invoice_id}, which is ${invoice.open_amount} EUR.`,
    );
  return amount.toFixed(2);
}

const voidCreditNote = writeTool({
  name: "void_credit_note",
  description: "Voids a credit note: the invoice owes its amount again. Safe to repeat.",
  input: { credit_note_id: Id },
  output: { credit_note_id: Text, invoice_id: Text, amount: Money, currency: Currency, ...written(Owed, Owed) },
  async run(tx, { credit_note_id }) {
    const { invoice_id } = await oneCreditNote(tx, credit_note_id);
    const before = await lockInvoice(tx, invoice_id);
    // Read again under the invoice's lock: two callers must not both give the amount back.
    const note = await oneCreditNote(tx, credit_note_id);
    const changed = note.status === "issued";
    if (changed) {
      await tx.query("update credit_note set status = 'void' where credit_note_id = $1", [credit_note_id]);
      await tx.query("update invoice set credited_amount = credited_amount - $2 where invoice_id = $1", [
        invoice_id,
        note.amount,
      ]);
    }
    const after = await lockInvoice(tx, invoice_id);
    const { amount } = note;
    return { credit_note_id, invoice_id, amount, currency: EUR, changed, before: owed(before), after: owed(after) };
  },
});

function oneCreditNote(tx: Tx, id: string): Promise<{ invoice_id: string; amount: string; status: string }> {
  const sql = "select invoice_id, amount, status from credit_note where credit_note_id = $1";
  return oneRow(tx, "credit note", id, sql);
}

export const creditNoteTools = [listCreditNotes, createCreditNote, voidCreditNote];
