import { financeBooks } from "./finance-books.ts";
import { financeSpending } from "./finance-spending.ts";
import { day, eur } from "./on-card.ts";
import type { Scene } from "./scene.ts";

const NEXT_YEAR = new Date().getUTCFullYear() + 1;

const invoicing: readonly Scene[] = [
  {
    intent: "overdue-invoices",
    says: "Has Northwind Traders got any overdue invoices with us?",
    truth: `select invoice_id, ${eur("open_amount")} as open, ${day("due_date")} as due from erp.invoice_state
      where client_name = 'Northwind Traders' and status = 'overdue'`,
    not: `select invoice_id from erp.invoice_state where client_name = 'Fabrikam' or status = 'paid'`,
  },
  {
    intent: "invoice-status",
    says: "Is INV-1120 paid, and who is it for?",
    truth: `select client_name, ${eur("amount")}, ${eur("open_amount")} as open, ${day("due_date")} as due, status
      from erp.invoice_state where invoice_id = 'INV-1120'`,
    not: "select client_name from erp.invoice_state where invoice_id = 'INV-1002'",
  },
  {
    intent: "credit-note",
    says: "Raise a credit note for INV-1042 of 10, scratched",
    truth: `select 'Credit note of ' || ${eur("10.00")} || ' for ' || invoice_id as what, client_name
      from erp.invoice_state where invoice_id = 'INV-1042' and open_amount > 10`,
  },
  {
    intent: "extend-due-date",
    says: `Extend the due date of INV-1120 to 31 December ${NEXT_YEAR} because they asked`,
    truth: `select client_name, ${day("due_date")} as before from erp.invoice_state where invoice_id = 'INV-1120'`,
  },
  {
    intent: "budget-variance",
    says: "Set the actual costs of HR against its budget",
    truth: `select ${eur("sum(budget_to_date)")} as budget, ${eur("sum(actual_to_date)")} as actual,
        ${eur("sum(budget_to_date - actual_to_date)")} as variance from erp.budget_line where cost_center = 'HR'
      union all
      select ${eur("budget_to_date")}, ${eur("actual_to_date")}, round(100 * actual_to_date / budget_to_date, 1) || ' %'
      from erp.budget_line where cost_center = 'HR'`,
    not: `select ${eur("budget_to_date")} from erp.budget_line where cost_center = 'Operations'`,
  },
  {
    intent: "budget-remaining",
    says: "How much budget is left for Finance?",
    truth: `select ${eur("sum(annual_budget)")} as annual, ${eur("sum(annual_budget - actual_to_date)")} as remaining
      from erp.budget_line where cost_center = 'Finance'
      union all
      select ${eur("annual_budget")}, ${eur("annual_budget - actual_to_date")}
      from erp.budget_line where cost_center = 'Finance'`,
    not: `select ${eur("annual_budget")} from erp.budget_line where cost_center = 'Sales'`,
  },
  {
    intent: "overspent-cost-centers",
    says: "Which cost centers have gone over budget?",
    truth: `select cost_center, a.name, ${eur("budget_to_date - actual_to_date")} as variance
      from erp.budget_line join erp.ledger_account a using (account_id) where actual_to_date > budget_to_date`,
    not: `select ${eur("actual_to_date")} from erp.budget_line where actual_to_date < budget_to_date`,
  },
  {
    intent: "bills-due",
    says: "What do we still owe our suppliers at present?",
    truth: `select bill_id, name, ${eur("amount - paid_amount")} as open, ${day("due_date")} as due
      from erp.bill join erp.vendor using (vendor_id) where paid_amount < amount order by due_date, bill_id limit 10`,
    not: "select bill_id from erp.bill where paid_amount = amount",
  },
  {
    intent: "receivables-ageing",
    says: "Ageing of the receivables from Fabrikam, please",
    truth: `select ${eur("coalesce(sum(open_amount) filter (where late between 1 and 30), 0)")} as d30,
        ${eur("coalesce(sum(open_amount) filter (where late between 31 and 60), 0)")} as d60,
        ${eur("coalesce(sum(open_amount) filter (where late between 61 and 90), 0)")} as d90,
        ${eur("coalesce(sum(open_amount) filter (where late > 90), 0)")} as older, ${eur("sum(open_amount)")} as total
      from (select *, current_date - due_date as late from erp.invoice_state) as i
      where client_name = 'Fabrikam' and status = 'overdue'`,
    not: `select ${eur("sum(open_amount)")} from erp.invoice_state where status = 'overdue'`,
  },
  {
    intent: "credit-notes-list",
    says: "Please list all the credit notes that we have issued",
    truth: `select credit_note_id, invoice_id, c.name, n.reason, n.status, ${eur("n.amount")} as amount
      from erp.credit_note n join erp.invoice using (invoice_id) join erp.client c using (client_id)`,
  },
  {
    intent: "dunning-letter",
    says: "Have a dunning letter posted for INV-1042",
    truth: `select 'Dunning letter for ' || invoice_id as what, client_name
      from erp.invoice_state where invoice_id = 'INV-1042' and status = 'overdue'`,
  },
  {
    intent: "settle-complaint",
    says: `Settle the complaint on INV-1042: credit 10, scratched, new due date 31 December ${NEXT_YEAR}`,
    truth: `select 'Credit note of ' || ${eur("10.00")} || ' for ' || invoice_id as what, client_name
      from erp.invoice_state where invoice_id = 'INV-1042' and open_amount > 10`,
  },
];

export const finance: readonly Scene[] = [...invoicing, ...financeSpending, ...financeBooks];
