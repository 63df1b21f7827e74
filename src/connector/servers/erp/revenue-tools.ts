import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CLIENTS } from "./invoice.ts";

const Contract = z.strictObject({
  contract_id: Text,
  client_id: Text,
  client_name: Text,
  description: Text,
  starts_on: Day,
  ends_on: Day,
  total_amount: Money,
  /** earned by the end of today */
  recognised_amount: Money,
  /** billed and not yet earned */
  deferred_amount: Money,
});
const none = { total_count: 0, total_amount: "0.00", total_recognised: "0.00", total_deferred: "0.00" };

const listRevenueContracts = readTool({
  name: "list_revenue_contracts",
  description:
    "Contracts whose revenue is recognised over time, with what is earned and what is still deferred, by their end.",
  input: { client: Wanted.optional(), deferred_only: z.boolean().optional() },
  output: {
    contracts: z.array(Contract),
    ...{ total_count: Count, total_amount: Money, total_recognised: Money, total_deferred: Money, currency: Currency },
  },
  async run(db, { client, deferred_only }) {
    const clientId = await filterId(db, "client", client, CLIENTS);
    const { rows, totals } = await listRows<
      z.infer<typeof Contract>,
      Omit<typeof none, "total_amount"> & { all: string }
    >(
      db,
      `select *, total_amount - recognised_amount as deferred_amount, count(*) over () as total_count,
         sum(total_amount) over () as all, sum(recognised_amount) over () as total_recognised,
         sum(total_amount - recognised_amount) over () as total_deferred
       from (
         select contract_id, client_id, c.name as client_name, description, starts_on, ends_on, total_amount,
           earned_by(current_date, r)::numeric(14, 2) as recognised_amount
         from revenue_contract r join client c using (client_id)
         where $1::text is null or client_id = $1) as one
       where not $2 or recognised_amount < total_amount
       order by ends_on, contract_id limit ${MAX_ROWS}`,
      [clientId, deferred_only ?? false],
      { total_count: 0, all: "0.00", total_recognised: "0.00", total_deferred: "0.00" },
    );
    const { all, ...others } = totals;
    return { contracts: rows, ...others, total_amount: all, currency: EUR };
  },
});

const Month = z.strictObject({ from: Day, to: Day, recognised_amount: Money, contracts: Count });
const noMonths = { total_recognised: "0.00" };

const listRevenueMonths = readTool({
  name: "list_revenue_months",
  description: "Revenue that is recognised in each month, from two months back to three ahead.",
  input: { client: Wanted.optional() },
  output: { months: z.array(Month), total_recognised: Money, currency: Currency },
  async run(db, { client }) {
    const clientId = await filterId(db, "client", client, CLIENTS);
    const { rows, totals } = await listRows<z.infer<typeof Month>, typeof noMonths>(
      db,
      `select *, sum(recognised_amount) over () as total_recognised
       from (
         select first::date as "from", last::date as "to",
           coalesce(sum(earned_by(last::date, r) - earned_by(first::date - 1, r)), 0)::numeric(14, 2) as recognised_amount,
           count(*) filter (where earned_by(last::date, r) > earned_by(first::date - 1, r))::int as contracts
         from generate_series(-2, 3) as n,
           lateral (select date_trunc('month', current_date::timestamp) + n * interval '1 month' as first) as a,
           lateral (select first + interval '1 month' - interval '1 day' as last) as z
         left join revenue_contract r on $1::text is null or r.client_id = $1
         group by first, last) as one
       order by "from"`,
      [clientId],
      noMonths,
    );
    return { months: rows, ...totals, currency: EUR };
  },
});

export const revenueTools = [listRevenueContracts, listRevenueMonths];
