import { z } from "zod";
import { listRows } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Nullable, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const BankAccount = z.strictObject({
  account_no: Text,
  bank: Text,
  purpose: Text,
  iban: Text,
  balance: Money,
  credit_line: Money,
  as_of: Day,
});
const noBalances = { total_count: 0, total_balance: "0.00", total_credit_line: "0.00", available: "0.00" };

const listBankAccounts = readTool({
  name: "list_bank_accounts",
  description: "Our bank accounts with balance and credit line; all of them, or those whose bank or purpose fits.",
  input: { query: Wanted.optional() },
  output: {
    accounts: z.array(BankAccount),
    total_count: Count,
    total_balance: Money,
    total_credit_line: Money,
    available: Money,
    currency: Currency,
  },
  async run(db, { query }) {
    const { rows, totals } = await listRows<z.infer<typeof BankAccount>, typeof noBalances>(
      db,
      `select *, count(*) over () as total_count, sum(balance) over () as total_balance,
         sum(credit_line) over () as total_credit_line, sum(balance + credit_line) over () as available
       from bank_account
       where $1::text is null or strpos(lower(concat_ws(' ', account_no, bank, purpose, iban)), lower($1)) > 0
       order by balance desc, account_no limit ${MAX_ROWS}`,
      [query ?? null],
      noBalances,
    );
    return { accounts: rows, ...totals, currency: EUR };
  },
});

const Week = z.strictObject({ from: Day, to: Day, inflow: Money, outflow: Money, net: Money, closing: Money });
/** How far it looks ahead. Texts, since plans choose among texts. */
const Weeks = z.enum(["2", "4", "6", "8", "13"]);
const noForecast = {
  ...{ opening: "0.00", total_inflow: "0.00", total_outflow: "0.00", final: "0.00", lowest: "0.00" },
  lowest_week_from: "",
};

const forecastCash = readTool({
  name: "forecast_cash",
  description:
    "Cash by week: today's balances, plus open invoices, minus unpaid bills and planned payments, each on its due day. What is overdue is expected within 14 days from customers, and paid to vendors at once; disputed invoices are left out.",
  input: { weeks: Weeks },
  output: {
    opening: Money,
    weeks: z.array(Week),
    total_inflow: Money,
    total_outflow: Money,
    /** at the end of the last week */
    final: Money,
    lowest: Money,
    lowest_week_from: Day,
    currency: Currency,
  },
  async run(db, { weeks }) {
    const { rows, totals } = await listRows<z.infer<typeof Week>, typeof noForecast>(
      db,
      `with flow as (
         select case when due_date < current_date then current_date + 14 else due_date end as day, open_amount as amount
         from invoice_state where status in ('open', 'overdue')
         union all
         select greatest(due_date, current_date), paid_amount - amount from bill where paid_amount < amount
         union all
         select expected_on, case direction when 'in' then amount else -amount end from planned_cash
         where expected_on >= current_date),
       week as (
         select current_date + 7 * n as "from", current_date + 7 * n + 6 as "to",
           coalesce(sum(amount) filter (where amount > 0), 0)::numeric(14, 2) as inflow,
           coalesce(-sum(amount) filter (where amount < 0), 0)::numeric(14, 2) as outflow
         from generate_series(0, $1::int - 1) as n
         left join flow on day between current_date + 7 * n and current_date + 7 * n + 6 group by n),
       run as (
         select *, inflow - outflow as net, o.opening, o.opening + sum(inflow - outflow) over (order by "from") as closing
         from week, (select coalesce(sum(balance), 0)::numeric(14, 2) as opening from bank_account) as o)
       select *, sum(inflow) over () as total_inflow, sum(outflow) over () as total_outflow,
         last_value(closing) over everything as final, first_value(closing) over by_closing as lowest,
         first_value("from") over by_closing as lowest_week_from
       from run
       window everything as (order by "from" rows between unbounded preceding and unbounded following),
         by_closing as (order by closing, "from" rows between unbounded preceding and unbounded following)
       order by "from"`,
      [Number(weeks)],
      noForecast,
    );
    return { ...totals, weeks: rows, currency: EUR };
  },
});

const PaymentRun = z.strictObject({
  run_id: Text,
  title: Text,
  kind: Text,
  run_on: Day,
  cutoff_on: Day,
  bank: Text,
  payments: Count,
  amount: Money,
  status: z.enum(["planned", "released", "executed"]),
  released_by_name: Nullable,
});
const noRuns = { total_count: 0, total_amount: "0.00" };

const listPaymentRuns = readTool({
  name: "list_payment_runs",
  description: "Payment runs by day: suppliers, payroll, taxes, expenses and loans, with bank, amount and release.",
  input: {
    kind: z.enum(["suppliers", "payroll", "taxes", "expenses", "loans"]).optional(),
    upcoming_only: z.boolean().optional(),
  },
  output: { runs: z.array(PaymentRun), total_count: Count, total_amount: Money, currency: Currency },
  async run(db, { kind, upcoming_only }) {
    const { rows, totals } = await listRows<z.infer<typeof PaymentRun>, typeof noRuns>(
      db,
      `select run_id, title, kind, run_on, cutoff_on, bank, payments, amount, status, p.name as released_by_name,
         count(*) over () as total_count, sum(amount) over () as total_amount
       from payment_run join bank_account using (account_no) left join person p on p.upn = released_by
       where ($1::text is null or kind = $1) and (not $2 or status <> 'executed')
       order by run_on, run_id limit ${MAX_ROWS}`,
      [kind ?? null, upcoming_only ?? false],
      noRuns,
    );
    return { runs: rows, ...totals, currency: EUR };
  },
});

export const treasuryTools = [listBankAccounts, forecastCash, listPaymentRuns];
