import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Currency, Day, Days, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";

const Result = z.enum(["won", "lost"]);
const Outcome = z.strictObject({
  opportunity_id: Text,
  title: Text,
  customer_name: Text,
  owner_name: Text,
  result: Result,
  amount: Money,
  currency: Currency,
  reason: Text,
  competitor: Nullable,
  decided_on: Day,
  note: Nullable,
});

const listOutcomes = readTool({
  name: "list_outcomes",
  description:
    "Deals that were won or lost, with the reason and the competitor, the latest first. Totals are over all matches.",
  input: { result: Result.optional(), customer: Wanted.optional(), since_days: Days.optional() },
  output: {
    outcomes: z.array(Outcome),
    total_count: Count,
    total_amount: Money,
    won_count: Count,
    won_amount: Money,
  },
  async run(db, { result, customer, since_days }) {
    const customerId = await filterId(db, "customer", customer, CUSTOMERS);
    const none = { total_count: 0, total_amount: "0.00", won_count: 0, won_amount: "0.00" };
    const { rows, totals } = await listRows<z.infer<typeof Outcome>, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(amount) over () as total_amount,
         count(*) filter (where result = 'won') over () as won_count,
         coalesce(sum(amount) filter (where result = 'won') over (), 0)::numeric(14, 2) as won_amount
       from (
         select o.opportunity_id, o.title, c.name as customer_name, p.name as owner_name, o.stage as result, o.amount,
           'EUR' as currency, coalesce(d.reason, 'not recorded') as reason, d.competitor,
           coalesce(d.decided_on, o.close_date) as decided_on, d.note
         from opportunity o join customer c using (customer_id) join person p on p.upn = o.owner
           left join deal_outcome d using (opportunity_id)
         where o.stage in ('won', 'lost') and ($2::text is null or o.customer_id = $2)) as one
       where ($1::text is null or result = $1) and ($3::int is null or decided_on >= current_date - $3::int)
       order by decided_on desc, opportunity_id limit ${MAX_ROWS}`,
      [result ?? null, customerId, since_days ?? null],
      none,
    );
    return { outcomes: rows, ...totals };
  },
});

const Competitor = z.strictObject({
  name: Text,
  met: Count,
  /** how often we won, and they */
  beaten: Count,
  lost_to: Count,
  won_amount: Money,
  lost_amount: Money,
  /** why deals went to them */
  reasons: Nullable,
});

const listCompetitors = readTool({
  name: "list_competitors",
  description:
    "Competitors whom we met in decided deals: how often we won and lost, and why they won. The most met first.",
  input: { competitor: Wanted.optional() },
  output: { competitors: z.array(Competitor), total_count: Count },
  async run(db, { competitor }) {
    const names = "select distinct competitor as id, competitor as name from deal_outcome where competitor is not null";
    const name = await filterId(db, "competitor", competitor, names);
    const { rows, totals } = await listRows<z.infer<typeof Competitor>, { total_count: number }>(
      db,
      `select d.competitor as name, count(*)::int as met, (count(*) filter (where stage = 'won'))::int as beaten,
         (count(*) filter (where stage = 'lost'))::int as lost_to,
         coalesce(sum(amount) filter (where stage = 'won'), 0)::numeric(14, 2) as won_amount,
         coalesce(sum(amount) filter (where stage = 'lost'), 0)::numeric(14, 2) as lost_amount,
         string_agg(distinct d.reason, ', ' order by d.reason) filter (where stage = 'lost') as reasons,
         count(*) over () as total_count
       from deal_outcome d join opportunity using (opportunity_id)
       where d.competitor is not null and ($1::text is null or d.competitor = $1)
       group by d.competitor order by met desc, name limit ${MAX_ROWS}`,
      [name],
      { total_count: 0 },
    );
    return { competitors: rows, ...totals };
  },
});

export const outcomeTools = [listOutcomes, listCompetitors];
