import { z } from "zod";
import { filterId, listRows } from "../lookup.ts";
import { Count, Currency, Day, EUR, MAX_ROWS, Money, Text, Wanted } from "../shapes.ts";
import { readTool } from "../tool.ts";

const BillStatus = z.enum(["open", "overdue", "paid"]);
const Bill = z.strictObject({
  bill_id: Text,
  vendor_id: Text,
  vendor_name: Text,
  vendor_invoice: Text,
  cost_center: Text,
  issue_date: Day,
  due_date: Day,
  amount: Money,
  open_amount: Money,
  currency: Currency,
  status: BillStatus,
  days_overdue: Count,
});
const noBills = { total_count: 0, total_open_amount: "0.00" };

const listBills = readTool({
  name: "list_bills",
  description: "Bills of vendors (payables) by due date, with the open total of all matches.",
  input: { vendor: Wanted.optional(), due_before: Day.optional(), status: BillStatus.optional() },
  output: { bills: z.array(Bill), total_count: Count, total_open_amount: Money, currency: Currency },
  async run(db, { vendor, due_before, status }) {
    const vendorId = await filterId(db, "vendor", vendor, "select vendor_id as id, name from vendor");
    const { rows, totals } = await listRows<z.infer<typeof Bill>, typeof noBills>(
      db,
      `select *, case when status = 'overdue' then current_date - due_date else 0 end as days_overdue,
         count(*) over () as total_count, sum(open_amount) over () as total_open_amount
       from (
         select bill_id, vendor_id, v.name as vendor_name, vendor_invoice, cost_center, issue_date, due_date, amount,
           amount - paid_amount as open_amount, 'EUR' as currency,
           case when amount = paid_amount then 'paid' when due_date < current_date then 'overdue' else 'open' end as status
         from bill join vendor v using (vendor_id)) as one
       where ($1::text is null or vendor_id = $1) and ($2::date is null or due_date < $2) and ($3::text is null or status = $3)
       order by due_date, bill_id limit ${MAX_ROWS}`,
      [vendorId, due_before ?? null, status ?? null],
      noBills,
    );
    return { bills: rows, ...totals, currency: EUR };
  },
});

const BudgetLine = z.strictObject({
  cost_center: Text,
  account_id: Text,
  account_name: Text,
  fiscal_year: z.number().int(),
  annual_budget: Money,
  budget_to_date: Money,
  actual_to_date: Money,
  /** budget − actual: negative where more was spent than planned */
  variance_to_date: Money,
  currency: Currency,
});
const noBudgets = { total_count: 0, months_elapsed: 0 };

const listBudgets = readTool({
  name: "list_budgets",
  description: "Annual budget, budget to date and actual spend to date by cost center and account.",
  input: { cost_center: Wanted.optional() },
  output: { budgets: z.array(BudgetLine), total_count: Count, months_elapsed: Count },
  async run(db, { cost_center }) {
    const centers = "select distinct cost_center as id, cost_center as name from budget_line";
    const center = await filterId(db, "cost center", cost_center, centers);
    const { rows, totals } = await listRows<z.infer<typeof BudgetLine>, typeof noBudgets>(
      db,
      `select cost_center, account_id, a.name as account_name, extract(year from current_date)::int as fiscal_year,
         annual_budget, budget_to_date, actual_to_date, budget_to_date - actual_to_date as variance_to_date,
         'EUR' as currency, count(*) over () as total_count,
         round(12 * sum(budget_to_date) over () / sum(annual_budget) over ())::int as months_elapsed
       from budget_line join ledger_account a using (account_id)
       where $1::text is null or cost_center = $1 order by cost_center, account_id limit ${MAX_ROWS}`,
      [center],
      noBudgets,
    );
    return { budgets: rows, ...totals };
  },
});

const Account = z.strictObject({
  account_id: Text,
  name: Text,
  kind: z.enum(["asset", "liability", "equity", "revenue", "expense"]),
  group_name: Text,
});

const listAccounts = readTool({
  name: "list_accounts",
  description: "The chart of accounts.",
  input: {},
  output: { accounts: z.array(Account), total_count: Count },
  async run(db) {
    const { rows, totals } = await listRows<z.infer<typeof Account>, { total_count: number }>(
      db,
      `select *, count(*) over () as total_count from ledger_account order by account_id limit ${MAX_ROWS}`,
      [],
      { total_count: 0 },
    );
    return { accounts: rows, ...totals };
  },
});

export const ledgerTools = [listBills, listBudgets, listAccounts];
