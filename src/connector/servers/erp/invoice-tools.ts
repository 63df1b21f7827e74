import { z } from "zod";
import { listRows, lookUp } from "../lookup.ts";
import { Count, Currency, Day, EUR, Id, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CLIENTS, Invoice, InvoiceStatus, invoice, invoiceColumns, readInvoice } from "./invoice.ts";

const Client = z.strictObject({
  client_id: Text,
  name: Text,
  country: Text,
  vat_number: Text,
  payment_terms_days: Count,
  open_balance: Money,
  overdue_balance: Money,
  currency: Currency,
});

const listClients = readTool({
  name: "list_clients",
  description:
    "Clients with their payment terms, open and overdue balances; all of them, or those whose name contains the query.",
  input: { query: Wanted.optional() },
  output: { clients: z.array(Client), total_count: Count },
  async run(db, { query }) {
    const { rows, totals } = await listRows<z.infer<typeof Client>, { total_count: number }>(
      db,
      `select c.client_id, c.name, c.country, c.vat_number, c.payment_terms_days,
         coalesce(sum(i.open_amount), 0)::numeric(14, 2) as open_balance,
         coalesce(sum(i.open_amount) filter (where i.status = 'overdue'), 0)::numeric(14, 2) as overdue_balance,
         'EUR' as currency, count(*) over () as total_count
       from client c left join invoice_state i using (client_id)
       where $1::text is null or strpos(lower(concat_ws(' ', c.client_id, c.name, c.vat_number)), lower($1)) > 0
       group by c.client_id order by c.name limit ${MAX_ROWS}`,
      [query ?? null],
      { total_count: 0 },
    );
    return { clients: rows, ...totals };
  },
});

const getInvoice = readTool({
  name: "get_invoice",
  description: "One invoice with its amounts, due date and status.",
  input: { invoice_id: Id },
  output: invoice,
  run: (db, { invoice_id }) => readInvoice(db, invoice_id),
});

const none = { total_count: 0, total_open_amount: "0.00" };

const listInvoices = readTool({
  name: "list_invoices",
  description:
    "Invoices by due date, with the open total of all matches. Status overdue: unpaid after the due date; open: unpaid and not yet due.",
  input: {
    client: Wanted.optional(),
    status: InvoiceStatus.optional(),
    due_from: Day.optional(),
    due_to: Day.optional(),
  },
  output: {
    client_id: Nullable,
    client_name: Nullable,
    invoices: z.array(Invoice),
    total_count: Count,
    total_open_amount: Money,
    currency: Currency,
  },
  async run(db, { client: wanted, status, due_from, due_to }) {
    const client = wanted === undefined ? undefined : await lookUp(db, "client", wanted, CLIENTS);
    const { rows, totals } = await listRows<Invoice, typeof none>(
      db,
      `select ${invoiceColumns}, count(*) over () as total_count, sum(open_amount) over () as total_open_amount
       from invoice_state
       where ($1::text is null or client_id = $1) and ($2::text is null or status = $2)
         and ($3::date is null or due_date >= $3) and ($4::date is null or due_date <= $4)
       order by due_date, invoice_id limit ${MAX_ROWS}`,
      [client?.id ?? null, status ?? null, due_from ?? null, due_to ?? null],
      none,
    );
    return {
      client_id: client?.id ?? null,
      client_name: client?.name ?? null,
      invoices: rows,
      ...totals,
      currency: EUR,
    };
  },
});

export const invoiceTools = [listClients, getInvoice, listInvoices];
