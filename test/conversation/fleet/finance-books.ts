import { day, eur } from "./on-card.ts";
import type { Scene } from "./scene.ts";

const LAST = "date_trunc('month', current_date) - interval '1 month'";
const lastMonth = `posted_on >= ${LAST} and posted_on < date_trunc('month', current_date)`;
const months = `least(life_months, (extract(year from age(current_date, acquired_on)) * 12
  + extract(month from age(current_date, acquired_on)))::int)`;
const writtenOff = `round((cost - residual_value) * ${months} / life_months, 2)`;
/** What is earned of a contract by the end of a day. */
const earned = (until: string): string =>
  `round(total_amount * greatest(least(${until} - starts_on + 1, ends_on - starts_on + 1), 0) / (ends_on - starts_on + 1), 2)`;

/** What the books say: cash, assets, taxes, the close, revenue over time and the ledger. */
export const financeBooks: readonly Scene[] = [
  {
    intent: "bank-balances",
    says: "How much money do we have on our accounts with Nordbank?",
    truth: `select iban, purpose, ${eur("balance")} as balance from erp.bank_account where bank = 'Nordbank'
      union all
      select null, ${eur("sum(balance)")}, ${eur("sum(balance + credit_line)")} from erp.bank_account where bank = 'Nordbank'`,
    not: "select iban from erp.bank_account where bank <> 'Nordbank'",
  },
  {
    intent: "cash-forecast",
    says: "What is our liquidity forecast for the next four weeks?",
    truth: `with flow as (
        select case when due_date < current_date then current_date + 14 else due_date end as on_day, open_amount as amount
        from erp.invoice_state where status in ('open', 'overdue')
        union all
        select greatest(due_date, current_date), paid_amount - amount from erp.bill
        union all
        select expected_on, case direction when 'in' then amount else -amount end from erp.planned_cash),
      opening as (select sum(balance) as amount from erp.bank_account)
      select ${eur("(select amount from opening)")} as today,
        ${eur("(select amount from opening) + sum(amount)")} as final,
        ${eur("sum(amount) filter (where amount > 0)")} as inflow, ${eur("-sum(amount) filter (where amount < 0)")} as outflow
      from flow where on_day < current_date + 28
      union all
      select ${day("current_date + 7 * n")},
        ${eur("(select amount from opening) + (select sum(amount) from flow where on_day < current_date + 7 * n + 7)")}, null, null
      from generate_series(0, 3) as n`,
    not: `select ${day("current_date + 28")}`,
  },
  {
    intent: "payment-runs",
    says: "Which payment runs to suppliers are scheduled?",
    truth: `select run_id, title, ${day("run_on")} as day, ${eur("amount")} as amount, bank
      from erp.payment_run join erp.bank_account using (account_no) where kind = 'suppliers' and status <> 'executed'
      union all
      select null, null, null, ${eur("sum(amount)")}, null from erp.payment_run
      where kind = 'suppliers' and status <> 'executed'`,
    not: "select run_id from erp.payment_run where kind <> 'suppliers' or status = 'executed'",
  },
  {
    intent: "asset-register",
    says: "Which vehicles are in our asset register, and at what book value?",
    truth: `select asset_id, name, ${eur("cost")} as cost, ${eur(`cost - ${writtenOff}`)} as book_value
      from erp.fixed_asset where class = 'Vehicles'
      union all
      select null, null, ${eur("sum(cost)")}, ${eur(`sum(cost - ${writtenOff})`)} from erp.fixed_asset where class = 'Vehicles'`,
    not: "select asset_id from erp.fixed_asset where class <> 'Vehicles'",
  },
  {
    intent: "asset-book-value",
    says: "What is the Sorting robot still worth in the books?",
    truth: `select asset_id, ${eur("cost")} as cost, ${eur(`cost - ${writtenOff}`)} as book_value, ${eur(writtenOff)} as written,
        ${eur("round((cost - residual_value) * 12 / life_months, 2)")} as yearly
      from erp.fixed_asset where name = 'Sorting robot'`,
    not: "select asset_id from erp.fixed_asset where name <> 'Sorting robot'",
  },
  {
    intent: "fully-depreciated-assets",
    says: "Which assets have been fully depreciated by now?",
    truth: `select asset_id, name, ${eur("cost")} as cost from erp.fixed_asset where ${months} = life_months
      union all
      select null, ${eur("sum(residual_value)")}, ${eur("sum(cost)")} from erp.fixed_asset where ${months} = life_months`,
    not: `select asset_id from erp.fixed_asset where ${months} < life_months`,
  },
  {
    intent: "vat-due",
    says: "How much VAT do we owe Germany for last month?",
    truth: `select ${eur("sum(vat_amount) filter (where direction = 'output')")} as output,
        ${eur("sum(vat_amount) filter (where direction = 'input')")} as input,
        ${eur("sum(case direction when 'output' then vat_amount else -vat_amount end)")} as due
      from erp.vat_entry where country = 'DE' and ${lastMonth}`,
    not: `select ${eur("sum(vat_amount)")} from erp.vat_entry where country = 'NL' and ${lastMonth} and direction = 'output'`,
  },
  {
    intent: "tax-filing-dates",
    says: "Which tax returns do we have to file soon?",
    truth: `select kind, authority, ${day("due_on")} as due, p.name from erp.tax_filing join erp.person p on p.upn = responsible
      where filed_on is null`,
    not: "select authority from erp.tax_filing group by authority having bool_and(filed_on is not null)",
  },
  {
    intent: "vat-rates",
    says: "Which VAT rates apply in Belgium?",
    truth: `select name, tax_name, standard_rate || ' %' as standard, reduced_rate || ' %' as reduced, reduced_for
      from erp.tax_rate where country = 'BE'`,
    not: "select name from erp.tax_rate where country <> 'BE'",
  },
  {
    intent: "close-progress",
    says: "How far has the month-end close come?",
    truth: `select title from erp.close_task where done_on is null
      union all
      select count(*) filter (where done_on is not null) || ' of ' || count(*) || ' tasks' from erp.close_task
      union all
      select round(100.0 * count(*) filter (where done_on is not null) / count(*), 1) || ' %' from erp.close_task`,
    not: `select t.title from erp.close_task t where done_on is not null
      and not exists (select 1 from erp.close_task w where w.waits_for = t.task_id and w.done_on is null)`,
  },
  {
    intent: "late-close-tasks",
    says: "Which tasks of the month-end close are overdue?",
    truth: `select title, p.name, ${day("due_on")} as due, note from erp.close_task join erp.person p on p.upn = owner
      where done_on is null and due_on < current_date`,
    not: "select title from erp.close_task where done_on is not null or due_on >= current_date",
  },
  {
    intent: "close-blockers",
    says: "Who is holding up the month-end close?",
    truth: `select t.title, p.name, t.note, w.name as waiting from erp.close_task t join erp.person p on p.upn = t.owner
        join erp.close_task n on n.waits_for = t.task_id and n.done_on is null join erp.person w on w.upn = n.owner
        left join erp.close_task b on b.task_id = t.waits_for
      where t.done_on is null and (b.task_id is null or b.done_on is not null)`,
    not: `select title from erp.close_task t where not exists (select 1 from erp.close_task n where n.waits_for = t.task_id)`,
  },
  {
    intent: "close-tasks-of-person",
    says: "What do I have to do for the month-end close?",
    by: "nadia.haddad",
    truth: `select title, ${day("due_on")} as due from erp.close_task where owner = 'nadia.haddad@contoso.example'
      union all
      select count(*) filter (where done_on is not null) || ' of ' || count(*), null from erp.close_task
      where owner = 'nadia.haddad@contoso.example'`,
    not: `select title from erp.close_task t where owner <> 'nadia.haddad@contoso.example'
      and task_id not in (select waits_for from erp.close_task where waits_for is not null)`,
  },
  {
    intent: "deferred-revenue",
    says: "What is our deferred revenue, by customer?",
    truth: `select ${eur(`sum(total_amount - ${earned("current_date")})`)} as deferred, count(*)::text as contracts
      from erp.revenue_contract where ends_on > current_date
      union all
      (select ${eur(`sum(total_amount - ${earned("current_date")})`)}, c.name
       from erp.revenue_contract join erp.client c using (client_id) where ends_on > current_date
       group by c.name order by sum(total_amount - ${earned("current_date")}) desc limit 10)`,
    not: "select distinct c.name from erp.revenue_contract r join erp.client c using (client_id) where r.ends_on <= current_date",
  },
  {
    intent: "revenue-by-month",
    says: "How much revenue is recognised each month?",
    truth: `select ${day("first")} as first,
        ${eur(`sum(${earned("(first + interval '1 month' - interval '1 day')::date")} - ${earned("first::date - 1")})`)} as amount
      from generate_series(-2, 3) as n,
        lateral (select date_trunc('month', current_date::timestamp) + n * interval '1 month' as first) as m, erp.revenue_contract
      group by first`,
  },
  {
    intent: "customer-revenue-schedule",
    says: "What does the revenue schedule for Fabrikam look like, contract by contract?",
    truth: `select contract_id, r.description, ${eur("total_amount")} as total, ${eur(earned("current_date"))} as recognised,
        ${eur("round(total_amount / (ends_on - starts_on + 1), 2)")} as daily, ${day("ends_on")} as ends
      from erp.revenue_contract r join erp.client c using (client_id) where c.name = 'Fabrikam'`,
    not: "select contract_id from erp.revenue_contract join erp.client c using (client_id) where c.name <> 'Fabrikam'",
  },
  {
    intent: "account-details",
    says: "What do we use ledger account 6400 for?",
    truth: `select name, purpose, examples, not_here, ${eur("debit - credit")} as balance
      from erp.ledger_account join erp.account_guide using (account_id) join erp.account_balance using (account_id)
      where account_id = '6400'`,
    not: "select purpose from erp.account_guide where account_id <> '6400'",
  },
  {
    intent: "account-balances",
    says: "What balances do our liability accounts have in the ledger?",
    truth: `select account_id || ' ' || name as account, ${eur("credit - debit")} as balance
      from erp.ledger_account join erp.account_balance using (account_id) where kind = 'liability'
      union all
      select null, ${eur("sum(credit - debit)")} from erp.ledger_account join erp.account_balance using (account_id)
      where kind = 'liability'`,
    not: "select account_id || ' ' || name from erp.ledger_account where kind <> 'liability'",
  },
  {
    intent: "where-to-book",
    says: "On which account do I book the haulier's toll?",
    truth: `select account_id || ' ' || name as account, purpose from erp.ledger_account join erp.account_guide using (account_id)
      where account_id = '6700'`,
    not: "select purpose from erp.account_guide where account_id in ('6000', '6500', '4000')",
  },
];
