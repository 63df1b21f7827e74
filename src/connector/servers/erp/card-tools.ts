import { z } from "zod";
import { filterId, listRows, lookUp } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { PEOPLE } from "./person.ts";

/** Limits and sums are about the last 30 days, today included. */
const RECENT = "posted_on > current_date - 30";

const Payment = z.strictObject({
  transaction_id: Text,
  last_four: Text,
  posted_on: Day,
  merchant: Text,
  category: Text,
  amount: Money,
  has_receipt: z.boolean(),
  days_ago: Count,
});
const none = { total_count: 0, total_amount: "0.00" };

const listCardPayments = readTool({
  name: "list_card_payments",
  description: "Payments with the company card of one person, the latest first; all, or those without a receipt.",
  input: { holder: Wanted, missing_receipt_only: z.boolean().optional() },
  output: {
    holder_name: Text,
    payments: z.array(Payment),
    ...{ total_count: Count, total_amount: Money, currency: Currency },
  },
  async run(db, { holder, missing_receipt_only }) {
    const person = await lookUp(db, "person", holder, PEOPLE);
    const { rows, totals } = await listRows<z.infer<typeof Payment>, typeof none>(
      db,
      `select transaction_id, last_four, posted_on, merchant, category, amount, has_receipt,
         current_date - posted_on as days_ago, count(*) over () as total_count, sum(amount) over () as total_amount
       from card_transaction join payment_card using (card_id)
       where holder = $1 and (not $2 or not has_receipt)
       order by posted_on desc, transaction_id desc limit ${MAX_ROWS}`,
      [person.id, missing_receipt_only ?? false],
      none,
    );
    return { holder_name: person.name, payments: rows, ...totals, currency: EUR };
  },
});

const Card = z.strictObject({
  card_id: Text,
  last_four: Text,
  status: z.enum(["active", "blocked"]),
  limit_amount: Money,
  spent_amount: Money,
  left_amount: Money,
  missing_receipts: Count,
});

const listCards = readTool({
  name: "list_cards",
  description: "Company cards of one person with their limit, and what was spent of it in the last 30 days.",
  input: { holder: Wanted },
  output: { holder_name: Text, cards: z.array(Card), total_count: Count, currency: Currency },
  async run(db, { holder }) {
    const person = await lookUp(db, "person", holder, PEOPLE);
    const { rows, totals } = await listRows<z.infer<typeof Card>, { total_count: number }>(
      db,
      `select *, limit_amount - spent_amount as left_amount, count(*) over () as total_count
       from (
         select card_id, last_four, status, limit_amount,
           coalesce(sum(amount) filter (where ${RECENT}), 0)::numeric(14, 2) as spent_amount,
           count(*) filter (where not has_receipt)::int as missing_receipts
         from payment_card left join card_transaction using (card_id) where holder = $1 group by card_id) as one
       order by card_id limit ${MAX_ROWS}`,
      [person.id],
      { total_count: 0 },
    );
    return { holder_name: person.name, cards: rows, ...totals, currency: EUR };
  },
});

const Spend = z.strictObject({
  department: Text,
  category: Text,
  payments: Count,
  amount: Money,
  missing_receipts: Count,
});

const noSpend = { ...none, total_payments: 0, total_missing: 0 };

const sumCardSpend = readTool({
  name: "sum_card_spend",
  description: "What departments spent with company cards in the last 30 days, by category; it names nobody.",
  input: { department: Wanted.optional() },
  output: {
    spend: z.array(Spend),
    ...{ total_count: Count, total_payments: Count, total_missing: Count, total_amount: Money, currency: Currency },
  },
  async run(db, { department }) {
    const departments = "select distinct department as id, department as name from person";
    const wanted = await filterId(db, "department", department, departments);
    const { rows, totals } = await listRows<z.infer<typeof Spend>, typeof noSpend>(
      db,
      `select department, category, count(*)::int as payments, sum(amount) as amount,
         count(*) filter (where not has_receipt)::int as missing_receipts, count(*) over () as total_count,
         (sum(count(*)) over ())::int as total_payments, (sum(count(*) filter (where not has_receipt)) over ())::int as total_missing,
         sum(sum(amount)) over () as total_amount
       from card_transaction join payment_card using (card_id) join person on upn = holder
       where ${RECENT} and ($1::text is null or department = $1)
       group by department, category order by sum(amount) desc, department, category limit ${MAX_ROWS}`,
      [wanted],
      noSpend,
    );
    return { spend: rows, ...totals, currency: EUR };
  },
});

export const cardTools = [listCardPayments, listCards, sumCardSpend];
