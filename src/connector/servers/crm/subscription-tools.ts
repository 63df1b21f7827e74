import { z } from "zod";
import { filterId, listRows, oneRow } from "../lookup.ts";
import { Count, Currency, Day, Days, Id, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";

const Subscription = z.strictObject({
  subscription_id: Text,
  customer_id: Text,
  customer_name: Text,
  customer_health: z.enum(["good", "watch", "at-risk"]),
  owner_name: Text,
  product_name: Text,
  starts_on: Day,
  ends_on: Day,
  days_left: z.number().int(),
  annual_value: Money,
  currency: Currency,
  notice_days: Count,
  /** the last day for notice */
  notice_by: Day,
  renews: z.enum(["automatically", "by agreement"]),
  uplift_percent: Count,
});
type Subscription = z.infer<typeof Subscription>;

const selectSubscriptions = `select s.subscription_id, s.customer_id, c.name as customer_name, c.health as customer_health,
    m.name as owner_name, p.name as product_name, s.starts_on, s.ends_on, s.ends_on - current_date as days_left,
    s.annual_value, 'EUR' as currency, s.notice_days, s.ends_on - s.notice_days as notice_by, s.renews, s.uplift_percent
  from subscription s join customer c using (customer_id) join product p using (product_id)
    join person m on m.upn = c.account_manager`;

const listSubscriptions = readTool({
  name: "list_subscriptions",
  description:
    "What customers have subscribed to, the next to end first, with totals over all matches. ending_days keeps those that end in so many days.",
  input: { customer: Wanted.optional(), ending_days: Days.optional() },
  output: { subscriptions: z.array(Subscription), total_count: Count, total_annual_value: Money },
  async run(db, { customer, ending_days }) {
    const customerId = await filterId(db, "customer", customer, CUSTOMERS);
    const none = { total_count: 0, total_annual_value: "0.00" };
    const { rows, totals } = await listRows<Subscription, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(annual_value) over () as total_annual_value
       from (${selectSubscriptions}) as one
       where ($1::text is null or customer_id = $1)
         and ($2::int is null or ends_on between current_date and current_date + $2::int)
       order by ends_on, subscription_id limit ${MAX_ROWS}`,
      [customerId, ending_days ?? null],
      none,
    );
    return { subscriptions: rows, ...totals };
  },
});

const getSubscription = readTool({
  name: "get_subscription",
  description: "The terms of one subscription: its period, notice, renewal and price.",
  input: { subscription_id: Id },
  output: Subscription.shape,
  run: (db, { subscription_id }) =>
    oneRow<Subscription>(db, "subscription", subscription_id, `${selectSubscriptions} where s.subscription_id = $1`),
});

export const subscriptionTools = [listSubscriptions, getSubscription];
