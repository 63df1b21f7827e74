import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Days, EUR, Id, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";
import { Quote, QuoteStatus, quote, quoteColumns, readQuote } from "./quote.ts";

const Line = z.strictObject({
  position: Count,
  product_name: Text,
  unit: Text,
  quantity: Count,
  unit_price: Money,
  /** percent with one decimal */
  discount: Text,
  total: Money,
});

const listQuotes = readTool({
  name: "list_quotes",
  description:
    "Quotes, the next to expire first, with totals over all matches. expiring_days keeps those that expire in so many days.",
  input: { customer: Wanted.optional(), status: QuoteStatus.optional(), expiring_days: Days.optional() },
  output: { quotes: z.array(Quote), total_count: Count, total_amount: Money },
  async run(db, { customer, status, expiring_days }) {
    const customerId = await filterId(db, "customer", customer, CUSTOMERS);
    const none = { total_count: 0, total_amount: "0.00" };
    const { rows, totals } = await listRows<Quote, typeof none>(
      db,
      `select ${quoteColumns}, count(*) over () as total_count, sum(total) over () as total_amount
       from quote_state
       where ($1::text is null or customer_id = $1) and ($2::text is null or status = $2)
         and ($3::int is null or valid_until between current_date and current_date + $3::int)
       order by valid_until, quote_id limit ${MAX_ROWS}`,
      [customerId, status ?? null, expiring_days ?? null],
      none,
    );
    return { quotes: rows, ...totals };
  },
});

const getQuote = readTool({
  name: "get_quote",
  description: "One quote with its lines.",
  input: { quote_id: Id },
  output: { ...quote, list_total: Money, lines: z.array(Line) },
  async run(db, { quote_id }) {
    const found = await readQuote(db, quote_id);
    const { rows, totals } = await listRows<z.infer<typeof Line>, { list_total: string }>(
      db,
      `select l.position, p.name as product_name, p.unit, l.quantity, l.unit_price, l.discount, l.total,
         sum(l.quantity * l.unit_price) over ()::numeric(14, 2) as list_total
       from quote_line l join product p using (product_id) where quote_id = $1 order by l.position`,
      [quote_id],
      { list_total: "0.00" },
    );
    return { ...found, currency: EUR, ...totals, lines: rows };
  },
});

export const quoteReadTools = [listQuotes, getQuote];
