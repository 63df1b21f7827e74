import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import { describe, it } from "mocha";
import { type Data, itReads, type Reading, type Refusal, visitCompany } from "./visit.ts";

const rows = (data: Data, name: string) => data[name] as Data[];
const all = (list: Data[], test: (row: Data) => boolean) => assert.ok(list.length > 0 && list.every(test));
const sum = (list: Data[], field: string) =>
  list.reduce((total, row) => total.plus(String(row[field])), new Decimal(0)).toFixed(2);
const minus = (a: unknown, b: unknown) => new Decimal(String(a)).minus(String(b)).toFixed(2);

/** Each reading tool of the books, with what must be true of its answer on the seeded company. */
const cases: Reading[] = [
  [
    "erp.list_expense_claims",
    { claimant: "Noah Fischer" },
    (d) => {
      all(rows(d, "claims"), (e) => e.claimant_name === "Noah Fischer");
      assert.equal(d.total_amount, sum(rows(d, "claims"), "amount"));
    },
  ],
  [
    "erp.list_expense_claims",
    { claimant: "noah.fischer@contoso.example", status: "submitted" },
    (d) => all(rows(d, "claims"), (e) => e.status === "submitted" && Number(e.days_waiting) > 0),
  ],
  [
    "erp.list_waiting_claims",
    { decider: "Oskar Lindholm" },
    (d) => all(rows(d, "claims"), (e) => e.decider_name === "Oskar Lindholm" && e.status === "submitted"),
  ],
  ["erp.list_waiting_claims", { decider: "Noah Fischer" }, (d) => assert.equal(d.total_count, 0)],
  [
    "erp.get_expense_claimant",
    { claim_id: "exp-8005" },
    (d) => assert.deepEqual(Object.keys(d).sort(), ["claim_id", "claimant"]),
  ],
  ["erp.get_expense_claim", { claim_id: "EXP-8005" }, (d) => assert.equal(d.decided_by_name, "Oskar Lindholm")],
  ["erp.get_expense_category", { category: "taxi" }, (d) => assert.equal(d.limit_amount, "80.00")],
  [
    "erp.list_purchase_orders",
    { cost_center: "Security", status: "open" },
    (d) => all(rows(d, "orders"), (o) => o.cost_center === "Security" && o.status === "open"),
  ],
  [
    "erp.list_purchase_orders",
    { unbilled_only: true },
    (d) => all(rows(d, "orders"), (o) => Number(o.unbilled_amount) > 0),
  ],
  ["erp.list_purchase_orders", { vendor: "kontor" }, (d) => all(rows(d, "orders"), (o) => o.vendor_id === "V-804")],
  [
    "erp.get_purchase_order",
    { po_id: "po-5006" },
    (d) => {
      assert.deepEqual(
        [d.ordered_amount, d.received_amount, d.invoiced_amount, d.unbilled_amount],
        ["3708.00", "3051.00", "1095.00", "1956.00"],
      );
      assert.equal(sum(rows(d, "lines"), "amount"), d.ordered_amount);
    },
  ],
  ["erp.list_vendors", {}, (d) => assert.equal(d.total_count, 12)],
  [
    "erp.list_bank_accounts",
    { query: "nordbank" },
    (d) => {
      all(rows(d, "accounts"), (a) => a.bank === "Nordbank");
      assert.equal(d.total_balance, sum(rows(d, "accounts"), "balance"));
    },
  ],
  [
    "erp.forecast_cash",
    { weeks: "13" },
    (d) => {
      const weeks = rows(d, "weeks");
      assert.equal(weeks.length, 13);
      assert.equal(minus(d.final, d.opening), minus(d.total_inflow, d.total_outflow));
      assert.equal(weeks.at(-1)?.closing, d.final);
      assert.equal(d.lowest, Decimal.min(...weeks.map(({ closing }) => String(closing))).toFixed(2));
    },
  ],
  [
    "erp.list_payment_runs",
    { kind: "suppliers", upcoming_only: true },
    (d) => all(rows(d, "runs"), (r) => r.kind === "suppliers" && r.status !== "executed"),
  ],
  ["erp.list_fixed_assets", {}, (d) => all(rows(d, "assets"), (a) => minus(a.cost, a.accumulated) === a.book_value)],
  [
    "erp.list_fixed_assets",
    { fully_depreciated: true },
    (d) => all(rows(d, "assets"), (a) => a.book_value === a.residual_value && a.months_left === 0),
  ],
  ["erp.list_fixed_assets", { class: "vehicles" }, (d) => all(rows(d, "assets"), (a) => a.class === "Vehicles")],
  ["erp.get_fixed_asset", { asset: "FA-2001" }, (d) => assert.equal(d.name, "Packaging line 2")],
  ["erp.get_fixed_asset", { asset: "sorting robot" }, (d) => assert.equal(d.monthly_depreciation, "1250.00")],
  ["erp.list_asset_names", {}, (d) => assert.equal(rows(d, "names").length, 56)],
  [
    "erp.compute_vat",
    { period: "last-month" },
    (d) => {
      all(rows(d, "countries"), (c) => minus(c.output_vat, c.input_vat) === c.due);
      assert.equal(d.total_due, sum(rows(d, "countries"), "due"));
    },
  ],
  [
    "erp.compute_vat",
    { period: "this-quarter", country: "Germany" },
    (d) => all(rows(d, "countries"), (c) => c.country === "DE"),
  ],
  ["erp.list_tax_filings", { open_only: true }, (d) => all(rows(d, "filings"), (f) => f.filed_on === null)],
  [
    "erp.list_tax_filings",
    {},
    (d) => assert.equal(d.late_count, rows(d, "filings").filter(({ status }) => status === "late").length),
  ],
  ["erp.list_tax_rates", {}, (d) => assert.equal(rows(d, "rates")[0]?.standard_rate, "25.5")],
  ["erp.list_tax_rates", { country: "DK" }, (d) => assert.equal(rows(d, "rates")[0]?.reduced_rate, null)],
  [
    "erp.list_close_tasks",
    { late_only: true },
    (d) => all(rows(d, "tasks"), (t) => Number(t.days_late) > 0 && t.done_on === null),
  ],
  [
    "erp.list_close_tasks",
    { owner: "Nadia", status: "done" },
    (d) => all(rows(d, "tasks"), (t) => t.owner_name === "Nadia Haddad" && t.status === "done"),
  ],
  [
    "erp.list_close_blockers",
    {},
    (d) => {
      assert.equal(rows(d, "blockers")[0]?.owner_name, "Leon Hartmann");
      assert.equal(rows(d, "blockers")[0]?.waiting_count, 6);
    },
  ],
  [
    "erp.list_revenue_contracts",
    { client: "Fabrikam" },
    (d) => all(rows(d, "contracts"), (r) => minus(r.total_amount, r.recognised_amount) === r.deferred_amount),
  ],
  [
    "erp.list_revenue_contracts",
    { deferred_only: true },
    (d) => all(rows(d, "contracts"), (r) => Number(r.deferred_amount) > 0),
  ],
  [
    "erp.list_revenue_months",
    {},
    (d) => {
      assert.equal(rows(d, "months").length, 6);
      assert.equal(d.total_recognised, sum(rows(d, "months"), "recognised_amount"));
    },
  ],
  [
    "erp.list_card_payments",
    { holder: "Hannah Schulz", missing_receipt_only: true },
    (d) => all(rows(d, "payments"), (p) => p.has_receipt === false),
  ],
  [
    "erp.list_cards",
    { holder: "Noah Fischer" },
    (d) => all(rows(d, "cards"), (c) => minus(c.limit_amount, c.spent_amount) === c.left_amount),
  ],
  ["erp.list_cards", { holder: "Maya Lindqvist" }, (d) => assert.equal(d.total_count, 0)],
  [
    "erp.sum_card_spend",
    { department: "Operations" },
    (d) => {
      all(rows(d, "spend"), (s) => s.department === "Operations");
      assert.equal(d.total_amount, sum(rows(d, "spend"), "amount"));
    },
  ],
  ["erp.get_account", { account: "6100" }, (d) => assert.equal(d.name, "Travel")],
  [
    "erp.list_account_balances",
    { kind: "liability" },
    (d) => all(rows(d, "accounts"), (a) => minus(a.credit, a.debit) === a.balance),
  ],
  [
    "erp.suggest_account",
    { query: "Where do I book a taxi ride?" },
    (d) => assert.equal(rows(d, "suggestions")[0]?.account_id, "6100"),
  ],
  ["erp.suggest_account", { query: "xyzzy" }, (d) => assert.equal(d.total_count, 0)],
  ["erp.list_account_names", {}, (d) => assert.equal(rows(d, "names").length, 50)],
];

const refusals: Refusal[] = [
  ["a claim that nobody made", "erp.get_expense_claim", { claim_id: "EXP-1" }, /no expense claim EXP-1/],
  ["a person whom nobody knows", "erp.list_card_payments", { holder: "Hanna Schultz" }, /Did you mean: Hannah Schulz/],
  ["an order that does not exist", "erp.get_purchase_order", { po_id: "PO-9999" }, /no purchase order PO-9999/],
  ["an asset that is one of several", "erp.get_fixed_asset", { asset: "forklift" }, /More than one fixed asset/],
  ["a country without a rate", "erp.compute_vat", { period: "last-month", country: "Atlantis" }, /no country/],
  ["a horizon that is not offered", "erp.forecast_cash", { weeks: "100" }, /did not accept/],
  ["claims of nobody in particular", "erp.list_expense_claims", {}, /did not accept/],
];

describe("reading from the books", () => {
  const visit = visitCompany();
  itReads(visit, cases, refusals);

  it("what a contract earns in all its months is its whole value, to the cent", async () => {
    const { rows: wrong } = await visit.company().pool.query(
      `select contract_id from erp.revenue_contract r
       where erp.earned_by(ends_on, r) <> total_amount or erp.earned_by(starts_on - 1, r) <> 0
          or (select sum(erp.earned_by(d::date, r) - erp.earned_by(d::date - 1, r))
              from generate_series(starts_on, ends_on, '1 day') as d) <> total_amount`,
    );
    assert.deepEqual(wrong, []);
  });

  it("the ledger balances: all debits are all credits", async () => {
    const found = await visit.company().pool.query("select sum(debit - credit)::text as off from erp.account_balance");
    assert.deepEqual(found.rows, [{ off: "0.00" }]);
  });
});
