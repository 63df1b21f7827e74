import { z } from "zod";
import { lookUp, oneRow } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Currency, Day, EUR, Id, Money, Note, Text, Wanted, written } from "../shapes.ts";
import { writeTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";
import { PRODUCTS } from "./product-tools.ts";
import { lockQuote, type Quote, QuoteStatus } from "./quote.ts";

const State = z.strictObject({ status: QuoteStatus });
const Offered = z.strictObject({ status: QuoteStatus, total: Money, valid_until: Day });
const state = ({ status }: Quote): z.infer<typeof State> => ({ status });
const VALID_DAYS = 30;

const createQuote = writeTool({
  name: "create_quote",
  description: `Makes a quote of one product for a customer, valid for ${VALID_DAYS} days, at its list price less a discount within the product's limit.`,
  input: {
    customer: Wanted,
    product: Wanted,
    quantity: z.number().int().min(1).max(100_000),
    /** percent */
    discount: z.number().min(0).max(100).multipleOf(0.1),
  },
  output: {
    quote_id: Text,
    customer_name: Text,
    product_name: Text,
    quantity: z.number().int(),
    total: Money,
    currency: Currency,
    valid_until: Day,
    ...written(z.null(), Offered),
  },
  compensation: "withdraw_quote",
  async run(tx, { customer: wantedCustomer, product: wantedProduct, quantity, discount }) {
    const customer = await lookUp(tx, "customer", wantedCustomer, CUSTOMERS);
    const product = await lookUp(tx, "product", wantedProduct, PRODUCTS);
    const { list_price, max_discount } = await oneRow<{ list_price: string; max_discount: number }>(
      tx,
      "product",
      product.id,
      "select list_price, max_discount from product where product_id = $1",
    );
    if (discount > max_discount)
      throw new Refusal(`${discount} % is more than the ${max_discount} % that may be given on ${product.name}.`);
    const added = await tx.query<{ quote_id: string }>(
      `insert into quote (quote_id, customer_id, owner, valid_until, status)
       select 'QUO-' || nextval('quote_number'), customer_id, account_manager, current_date + ${VALID_DAYS}, 'open'
       from customer where customer_id = $1 returning quote_id`,
      [customer.id],
    );
    const quote_id = added.rows[0]?.quote_id ?? "";
    await tx.query(
      `insert into quote_line (quote_id, position, product_id, quantity, unit_price, discount)
       values ($1, 1, $2, $3, $4, $5)`,
      [quote_id, product.id, quantity, list_price, discount],
    );
    const { status, total, valid_until } = await lockQuote(tx, quote_id);
    return {
      quote_id,
      customer_name: customer.name,
      product_name: product.name,
      quantity,
      total,
      currency: EUR,
      valid_until,
      changed: true,
      before: null,
      after: { status, total, valid_until },
    };
  },
});

const answered = { quote_id: Text, customer_name: Text, total: Money, currency: Currency, ...written(State, State) };

const withdrawQuote = writeTool({
  name: "withdraw_quote",
  description: "Withdraws a quote that nobody has answered. Safe to repeat.",
  input: { quote_id: Id, reason: Note.optional() },
  output: answered,
  compensation: "reinstate_quote",
  async run(tx, { quote_id, reason }) {
    const before = await lockQuote(tx, quote_id);
    const { status, customer_name, total } = before;
    if (status === "accepted" || status === "declined")
      throw new Refusal(`Quote ${quote_id} was ${status} by ${customer_name}: it can no longer be withdrawn.`);
    const changed = status !== "withdrawn";
    if (changed)
      await tx.query("update quote set status = 'withdrawn', withdrawn_because = $2 where quote_id = $1", [
        quote_id,
        reason ?? "Taken back",
      ]);
    const after = state(await lockQuote(tx, quote_id));
    return { quote_id, customer_name, total, currency: EUR, changed, before: state(before), after };
  },
});

const reinstateQuote = writeTool({
  name: "reinstate_quote",
  description: "Makes a withdrawn quote stand again as it was. Safe to repeat.",
  input: { quote_id: Id },
  output: answered,
  async run(tx, { quote_id }) {
    const before = await lockQuote(tx, quote_id);
    const changed = before.status === "withdrawn";
    if (changed)
      await tx.query("update quote set status = 'open', withdrawn_because = null where quote_id = $1", [quote_id]);
    const after = state(await lockQuote(tx, quote_id));
    const { customer_name, total } = before;
    return { quote_id, customer_name, total, currency: EUR, changed, before: state(before), after };
  },
});

export const quoteWriteTools = [createQuote, withdrawQuote, reinstateQuote];
