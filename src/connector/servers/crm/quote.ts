import { z } from "zod";
import type { Queryable, Tx } from "../../../store/pool.ts";
import { oneRow } from "../lookup.ts";
import { Currency, Day, Money, Nullable, Text } from "../shapes.ts";

/** "open" until it is answered or withdrawn; "expired" where nobody answered in time. */
export const QuoteStatus = z.enum(["open", "accepted", "declined", "withdrawn", "expired"]);

export const quote = {
  quote_id: Text,
  customer_id: Text,
  customer_name: Text,
  owner: Text,
  owner_name: Text,
  created_on: Day,
  valid_until: Day,
  status: QuoteStatus,
  withdrawn_because: Nullable,
  total: Money,
  currency: Currency,
};
export const Quote = z.strictObject(quote);
export type Quote = z.infer<typeof Quote>;

export const quoteColumns = `quote_id, customer_id, customer_name, owner, owner_name, created_on, valid_until, status,
  withdrawn_because, total, 'EUR' as currency`;

/** @throws Refusal */
export function readQuote(db: Queryable, quoteId: string): Promise<Quote> {
  return oneRow(db, "quote", quoteId, `select ${quoteColumns} from quote_state where quote_id = $1`);
}

/** The quote as it is once nobody else changes it any more. @throws Refusal */
export async function lockQuote(tx: Tx, quoteId: string): Promise<Quote> {
  await tx.query("select 1 from quote where quote_id = $1 for update", [quoteId]);
  return readQuote(tx, quoteId);
}
