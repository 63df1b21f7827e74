import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Day, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const SUBSCRIPTIONS = "select subscription_id as id, name from cloud_subscription";
const TEAMS = "select distinct team as id, team as name from cloud_subscription";

const Subscription = z.strictObject({
  subscription_id: Text,
  name: Text,
  team: Text,
  owner_name: Text,
  monthly_limit: Money,
  /** the last whole month, the one before it, and the present one so far */
  last_month: Money,
  month_before: Money,
  this_month: Money,
});
const none = { total_count: 0, last_month_total: "0.00", month_before_total: "0.00", this_month_total: "0.00" };
const monthStart = (ago: number) => `(date_trunc('month', current_date) - interval '${ago} month')::date`;

const listCloudSpend = readTool({
  name: "list_cloud_spend",
  description: "What each cloud subscription cost in the last whole month and the one before, the dearest first.",
  input: { subscription: Wanted.optional(), team: Wanted.optional() },
  output: {
    subscriptions: z.array(Subscription),
    ...{ total_count: Count, last_month_total: Money, month_before_total: Money, this_month_total: Money },
    /** the first day of the last whole month */
    month: Day,
  },
  async run(db, args) {
    const subscription = await filterId(db, "subscription", args.subscription, SUBSCRIPTIONS);
    const team = await filterId(db, "team", args.team, TEAMS);
    const { rows, totals } = await listRows<z.infer<typeof Subscription>, typeof none>(
      db,
      `with spent as (
         select subscription_id, sum(amount) filter (where months_ago = 1) as last_month,
           sum(amount) filter (where months_ago = 2) as month_before, sum(amount) filter (where months_ago = 0) as this_month
         from cloud_month group by subscription_id)
       select subscription_id, c.name, team, p.name as owner_name, monthly_limit, last_month, month_before, this_month,
         count(*) over () as total_count, sum(last_month) over () as last_month_total,
         sum(month_before) over () as month_before_total, sum(this_month) over () as this_month_total
       from cloud_subscription c join spent using (subscription_id) join person p on p.upn = c.owner
       where ($1::text is null or subscription_id = $1) and ($2::text is null or team = $2)
       order by last_month desc, c.name limit ${MAX_ROWS}`,
      [subscription, team],
      none,
    );
    const known = await db.query<{ month: string }>(`select ${monthStart(1)} as month`);
    return { subscriptions: rows, month: known.rows[0]?.month ?? "", ...totals };
  },
});

const Anomaly = z.strictObject({
  anomaly_id: Text,
  subscription_name: Text,
  team: Text,
  on_day: Day,
  resource: Text,
  expected: Money,
  actual: Money,
  status: z.enum(["open", "explained", "fixed"]),
  explanation: Nullable,
});
const noAnomalies = { total_count: 0, open_count: 0 };

const listCloudAnomalies = readTool({
  name: "list_cloud_anomalies",
  description: "Days on which a cloud resource cost far more than expected, unexplained ones first.",
  input: { subscription: Wanted.optional(), open_only: z.boolean().optional() },
  output: { anomalies: z.array(Anomaly), total_count: Count, open_count: Count },
  async run(db, args) {
    const subscription = await filterId(db, "subscription", args.subscription, SUBSCRIPTIONS);
    const { rows, totals } = await listRows<z.infer<typeof Anomaly>, typeof noAnomalies>(
      db,
      `select anomaly_id, c.name as subscription_name, team, on_day, resource, expected, actual, status, explanation,
         count(*) over () as total_count, count(*) filter (where status = 'open') over () as open_count
       from cloud_anomaly join cloud_subscription c using (subscription_id)
       where ($1::text is null or subscription_id = $1) and ($2::boolean is not true or status = 'open')
       order by status = 'open' desc, on_day desc, anomaly_id limit ${MAX_ROWS}`,
      [subscription, args.open_only ?? null],
      noAnomalies,
    );
    return { anomalies: rows, ...totals };
  },
});

export const cloudTools = [listCloudSpend, listCloudAnomalies];
