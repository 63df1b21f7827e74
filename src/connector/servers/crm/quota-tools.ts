import { z } from "zod";
import { listRows, lookUp } from "../lookup.ts";
import { Refusal } from "../refusal.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";
import { SALESPEOPLE } from "./salesperson-tools.ts";

const quota = {
  upn: Text,
  name: Text,
  starts_on: Day,
  ends_on: Day,
  quota: Money,
  /** of the deals that they won in the sales year */
  won: Money,
  won_count: Count,
  /** weighted by their probability, of the deals that close in the sales year */
  open_weighted: Money,
  days_passed: Count,
  days_in_year: Count,
};
const Quota = z.strictObject(quota);
type Quota = z.infer<typeof Quota>;

/** The quotas of the sales year that is running, each with what its bearer has won and may still win in it. */
const selectQuotas = `select q.upn, p.name, q.starts_on, q.ends_on, q.amount as quota,
    coalesce(sum(o.amount) filter (where o.stage = 'won'), 0)::numeric(14, 2) as won,
    count(o.*) filter (where o.stage = 'won')::int as won_count,
    coalesce(sum(o.amount * o.probability / 100) filter (where o.stage not in ('won', 'lost')), 0)::numeric(14, 2)
      as open_weighted,
    current_date - q.starts_on + 1 as days_passed, q.ends_on - q.starts_on + 1 as days_in_year
  from quota q join person p using (upn)
    left join opportunity o on o.owner = q.upn and o.close_date between q.starts_on and q.ends_on
  where current_date between q.starts_on and q.ends_on
  group by q.upn, p.name, q.starts_on, q.ends_on, q.amount`;

const LastYear = { last_quota: Money.nullable(), last_won: Money.nullable() };

const getQuota = readTool({
  name: "get_quota",
  description:
    "The quota of one salesperson in the running sales year, with what they have won and last year's result.",
  input: { salesperson: Wanted },
  output: { ...quota, ...LastYear, currency: Currency },
  async run(db, { salesperson }) {
    const { id, name } = await lookUp(db, "salesperson", salesperson, SALESPEOPLE);
    const found = await db.query<Quota & { last_quota: string | null; last_won: string | null }>(
      `select one.*, before.amount as last_quota, before.closed_amount as last_won
       from (${selectQuotas}) as one
         left join quota before on before.upn = one.upn and before.ends_on = one.starts_on - 1
       where one.upn = $1`,
      [id],
    );
    const [row] = found.rows;
    if (row === undefined) throw new Refusal(`${name} has no quota in the running sales year.`);
    return { ...row, currency: EUR };
  },
});

const listQuotas = readTool({
  name: "list_quotas",
  description: "The quotas of all salespeople in the running sales year, with what each has won.",
  input: {},
  output: { quotas: z.array(Quota), total_count: Count, total_quota: Money, total_won: Money },
  async run(db) {
    const none = { total_count: 0, total_quota: "0.00", total_won: "0.00" };
    const { rows, totals } = await listRows<Quota, typeof none>(
      db,
      `select *, count(*) over () as total_count, sum(quota) over () as total_quota, sum(won) over () as total_won
       from (${selectQuotas}) as one order by won / quota desc, name limit ${MAX_ROWS}`,
      [],
      none,
    );
    return { quotas: rows, ...totals };
  },
});

const team = {
  people: Count,
  starts_on: Day.nullable(),
  ends_on: Day.nullable(),
  quota: Money,
  won: Money,
  won_count: Count,
  open_weighted: Money,
  days_passed: Count,
  days_in_year: Count,
};

const getTeamQuota = readTool({
  name: "get_team_quota",
  description:
    "The sum of all quotas of the running sales year, what the team has won, and what it may still win. No names.",
  input: {},
  output: team,
  async run(db) {
    const found = await db.query<z.infer<z.ZodObject<typeof team>>>(
      `select count(*)::int as people, min(starts_on) as starts_on, max(ends_on) as ends_on,
         coalesce(sum(quota), 0)::numeric(14, 2) as quota, coalesce(sum(won), 0)::numeric(14, 2) as won,
         coalesce(sum(won_count), 0)::int as won_count,
         coalesce(sum(open_weighted), 0)::numeric(14, 2) as open_weighted, coalesce(max(days_passed), 0) as days_passed,
         coalesce(max(days_in_year), 0) as days_in_year
       from (${selectQuotas}) as one`,
    );
    const [row] = found.rows;
    if (row === undefined || row.people === 0)
      throw new Refusal("No quotas are entered for the running sales year. Sales operations enters them.");
    return row;
  },
});

export const quotaTools = [getQuota, listQuotas, getTeamQuota];
