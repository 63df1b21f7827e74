import { z } from "zod";
import type { Queryable, Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Count, Currency, Day, Money, Nullable, Text } from "../shapes.ts";

export const CLIENTS = "select client_id as id, name from client";

export const InvoiceStatus = z.enum(["open", "overdue", "paid", "disputed"]);

export const invoice = {
  invoice_id: Text,
  client_id: Text,
  client_name: Text,
  description: Text,
  issue_date: Day,
  due_date: Day,
  amount: Money,
  paid_amount: Money,
  credited_amount: Money,
  open_amount: Money,
  currency: Currency,
  status: InvoiceStatus,
  /** 0 where it is not overdue */
  days_overdue: Count,
  dispute_reason: Nullable,
};
export const Invoice = z.strictObject(invoice);
export type Invoice = z.infer<typeof Invoice>;

export const invoiceColumns = `invoice_id, client_id, client_name, description, issue_date, due_date, amount, paid_amount,
  credited_amount, open_amount, 'EUR' as currency, status,
  case when status = 'overdue' then current_date - due_date else 0 end as days_overdue, dispute_reason`;

/** @throws Refusal */
export function readInvoice(db: Queryable, invoiceId: string): Promise<Invoice> {
  return oneRow(db, "invoice", invoiceId, `select ${invoiceColumns} from invoice_state where invoice_id = $1`);
}

/** The invoice as it is once nobody else changes it any more. @throws Refusal */
export async function lockInvoice(tx: Tx, invoiceId: string): Promise<Invoice> {
  await tx.query("select 1 from invoice where invoice_id = $1 for update", [invoiceId]);
  return readInvoice(tx, invoiceId);
}
