import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { CUSTOMERS } from "./customer-tools.ts";

const Stage = z.enum(["qualify", "discover", "propose", "negotiate", "won", "lost"]);
const Status = z.enum(["open", "won", "lost"]);
const Opportunity = z.strictObject({
  opportunity_id: Text,
  title: Text,
  customer_id: Text,
  customer_name: Text,
  owner: Text,
  owner_name: Text,
  stage: Stage,
  status: Status,
  amount: Money,
  weighted_amount: Money,
  currency: Currency,
  /** percent */
  probability: z.number().int(),
  close_date: Day,
  last_activity: Day,
  days_since_activity: Count,
});

const none = { total_count: 0, total_amount: "0.00", total_weighted_amount: "0.00" };

const listOpportunities = readTool({
  name: "list_opportunities",
  description:
    "Opportunities, the next to close first, with totals over all matches. stalled_days keeps the open ones without any activity for that many days.",
  input: {
    customer: Wanted.optional(),
    /** "open" stands for all stages in which nothing is decided */
    stage: z.enum([...Stage.options, "open"]).optional(),
    owner: Wanted.optional(),
    status: Status.optional(),
    closing_from: Day.optional(),
    closing_to: Day.optional(),
    stalled_days: z.number().int().min(1).max(3650).optional(),
  },
  output: {
    opportunities: z.array(Opportunity),
    total_count: Count,
    total_amount: Money,
    total_weighted_amount: Money,
    currency: Currency,
  },
  async run(db, args) {
    const customer = await filterId(db, "customer", args.customer, CUSTOMERS);
    const owner = await filterId(db, "salesperson", args.owner, "select upn as id, name from person");
    const { rows, totals } = await listRows<z.infer<typeof Opportunity>, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(amount) over () as total_amount,
         sum(weighted_amount) over () as total_weighted_amount
       from (
         select o.opportunity_id, o.title, o.customer_id, c.name as customer_name, o.owner, p.name as owner_name, o.stage,
           case when stage in ('won', 'lost') then stage else 'open' end as status, o.amount,
           round(o.amount * o.probability / 100, 2) as weighted_amount, 'EUR' as currency, o.probability, o.close_date,
           o.last_activity, greatest(current_date - o.last_activity, 0) as days_since_activity
         from opportunity o join customer c using (customer_id) join person p on p.upn = o.owner) as one
       where ($1::text is null or customer_id = $1) and ($2::text is null or stage = $2 or ($2 = 'open' and status = 'open'))
         and ($3::text is null or owner = $3) and ($4::text is null or status = $4)
         and ($5::date is null or close_date >= $5) and ($6::date is null or close_date <= $6)
         and ($7::int is null or (status = 'open' and days_since_activity >= $7))
       order by close_date, opportunity_id limit ${MAX_ROWS}`,
      [
        customer,
        args.stage ?? null,
        owner,
        args.status ?? null,
        args.closing_from ?? null,
        args.closing_to ?? null,
        args.stalled_days ?? null,
      ],
      none,
    );
    return { opportunities: rows, ...totals, currency: EUR };
  },
});
export const opportunityTools = [listOpportunities];
