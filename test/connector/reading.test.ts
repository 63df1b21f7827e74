import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Data, itReads, type Reading, type Refusal, visitCompany } from "./visit.ts";

const rows = (data: Data, name: string) => data[name] as Data[];
const all = (list: Data[], test: (row: Data) => boolean) => assert.ok(list.length > 0 && list.every(test));

/** Each reading tool once, with what must be true of its answer on the seeded company. */
const cases: Reading[] = [
  ["crm.find_customers", {}, (d) => assert.equal(d.total_count, 40)],
  ["crm.find_customers", { query: "toys" }, (d) => assert.equal(d.total_count, 2)],
  ["crm.get_customer", { customer: "C-1008" }, (d) => assert.equal(d.parent_name, "Fabrikam")],
  ["crm.get_customer", { customer: "northwind" }, (d) => assert.equal(d.name, "Northwind Traders")],
  ["crm.list_contacts", { customer: "FABRIKAM" }, (d) => assert.equal(rows(d, "contacts")[0]?.is_primary, true)],
  ["crm.list_opportunities", {}, (d) => assert.equal(d.total_count, 60)],
  [
    "crm.list_opportunities",
    { stalled_days: 30, status: "open" },
    (d) => all(rows(d, "opportunities"), (o) => o.status === "open" && Number(o.days_since_activity) >= 30),
  ],
  [
    "crm.list_opportunities",
    { owner: "Hannah Schulz" },
    (d) => all(rows(d, "opportunities"), (o) => o.owner_name === "Hannah Schulz"),
  ],
  ["erp.list_clients", { query: "fabrikam" }, (d) => assert.equal(d.total_count, 2)],
  ["erp.get_invoice", { invoice_id: "inv-1042" }, (d) => assert.equal(d.client_name, "Fabrikam")],
  ["erp.list_invoices", {}, (d) => assert.equal(d.total_count, 200)],
  [
    "erp.list_invoices",
    { client: "Fabrikam", status: "overdue" },
    (d) => {
      assert.ok(Number(d.total_count) >= 4);
      all(rows(d, "invoices"), (i) => i.status === "overdue" && Number(i.days_overdue) > 0);
    },
  ],
  ["erp.list_credit_notes", {}, (d) => assert.equal(d.total_count, 9)],
  ["erp.list_bills", { status: "overdue" }, (d) => all(rows(d, "bills"), (b) => b.status === "overdue")],
  ["erp.list_budgets", { cost_center: "it" }, (d) => all(rows(d, "budgets"), (b) => b.cost_center === "IT")],
  ["erp.list_accounts", {}, (d) => assert.equal(d.total_count, 25)],
  ["itsm.list_tickets", {}, (d) => assert.equal(d.total_count, 120)],
  [
    "itsm.list_tickets",
    { requester: "Noah Fischer", status: "open" },
    (d) => all(rows(d, "tickets"), (t) => t.requester_name === "Noah Fischer"),
  ],
  ["itsm.get_ticket", { ticket_id: "TCK-3007" }, (d) => assert.equal(d.requester, "noah.fischer@contoso.example")],
  [
    "itsm.list_devices",
    { owner: "noah.fischer@contoso.example" },
    (d) => all(rows(d, "devices"), (x) => x.owner_name === "Noah Fischer"),
  ],
  ["itsm.get_device", { device_id: "DEV-4012" }, (d) => assert.equal(d.owner_name, "Noah Fischer")],
  [
    "itsm.list_patch_states",
    {},
    (d) => assert.ok(rows(d, "patch_states").length === 200 && Number(d.total_count) > 200),
  ],
  ["itsm.list_patch_states", { missing_only: true }, (d) => assert.equal(d.missing_count, d.total_count)],
  ["itsm.list_advisories", {}, (d) => assert.equal(d.total_count, 15)],
  [
    "itsm.list_exposed_devices",
    { cve: "cve-2026-10431" },
    (d) => all(rows(d, "devices"), (x) => x.state !== "installed"),
  ],
  ["hris.get_employee", { employee: "Viktor" }, (d) => assert.ok(rows(d, "direct_reports").length > 0)],
  [
    "hris.get_leave_balance",
    { employee: "maya.lindqvist@contoso.example" },
    (d) =>
      assert.equal(
        d.available_days,
        Number(d.entitlement_days) + Number(d.carried_over_days) - Number(d.taken_days) - Number(d.booked_days),
      ),
  ],
  [
    "hris.list_absences",
    { from: "2000-01-01", to: "2100-01-01" },
    (d) => all(rows(d, "absences"), (a) => !("kind" in a)),
  ],
  ["hris.list_onboarding", {}, (d) => assert.equal(d.total_count, 4)],
  ["hris.get_onboarding", { employee: "Bruno Costa" }, (d) => assert.equal(d.status, "complete")],
  [
    "hris.search_policies",
    { query: "How many days of leave can I carry over?" },
    (d) => assert.equal(rows(d, "passages")[0]?.section, "Carry-over"),
  ],
  [
    "hris.search_policies",
    { query: "I lost my phone", limit: 1 },
    (d) => assert.equal(rows(d, "passages")[0]?.policy_id, "POL-15"),
  ],
  ["hris.get_policy", { policy_id: "pol-01" }, (d) => assert.equal(d.title, "Leave and Absence")],
  ["crm.get_effect", { idempotency_key: "never-used" }, (d) => assert.equal(d.happened, false)],
];

/** What is asked badly is refused; `told` must help the person who asked. */
const refusals: Refusal[] = [
  ["an unknown name", "crm.get_customer", { customer: "Fabrkam" }, /Did you mean: Fabrikam \(C-1001\)/],
  ["a name that fits two", "crm.get_customer", { customer: "coho" }, /Coho Winery .* Coho Vineyard/],
  ["an unknown number", "erp.get_invoice", { invoice_id: "INV-9999" }, /no invoice INV-9999/],
  [
    "an argument that the tool does not know",
    "erp.get_invoice",
    { invoice_id: "INV-1042", all: true },
    /did not accept/,
  ],
  ["an argument of another type", "erp.get_invoice", { invoice_id: { $ne: null } }, /did not accept/],
  ["a day that does not exist", "erp.list_invoices", { due_from: "2026-02-30" }, /did not accept/],
  ["a text with NUL", "crm.find_customers", { query: "a\0b" }, /did not accept/],
  ["a tool that does not exist", "erp.drop_everything", {}, /cannot do that/],
  ["a system that is not in the inventory", "payroll.pay", {}, /not one that I may use/],
  [
    "a period that ends before it begins",
    "hris.list_absences",
    { from: "2026-05-02", to: "2026-05-01" },
    /before it begins/,
  ],
];

describe("reading from the sample company's systems", () => {
  const visit = visitCompany();
  itReads(visit, cases, refusals);

  it("carries a customer's hostile name through unharmed, as data", async () => {
    const found = await visit.company().connectors.call({ tool: "crm.find_customers", args: { query: "o'reilly" } });
    const name = rows(found.data, "customers")[0]?.name as string;
    assert.equal(name, "O'Reilly & Søns *${{evil}}* [Ltd](https://evil.example)");
    const invoices = await visit.company().connectors.call({
      tool: "erp.list_invoices",
      args: { client: name, status: "overdue" },
    });
    assert.equal(invoices.data.client_name, name);
    assert.ok(Number(invoices.data.total_count) >= 1);
  });

  it("treats what looks like SQL as a name that nobody has", async () => {
    const args = { query: "'; drop table customer; --" };
    assert.equal((await visit.company().connectors.call({ tool: "crm.find_customers", args })).data.total_count, 0);
    assert.equal(
      (await visit.company().connectors.call({ tool: "crm.find_customers", args: {} })).data.total_count,
      40,
    );
  });

  it("describes every tool, and for each write how it is taken back", () => {
    const tools = visit.company().connectors.tools();
    const names = new Set(tools.map((tool) => tool.name));
    assert.ok(tools.length >= 170, `${tools.length} tools`);
    for (const tool of tools) {
      assert.ok(tool.description.length > 20, tool.name);
      if (tool.access === "read") continue;
      assert.ok(tool.reversal !== undefined, tool.name);
      if (tool.reversal === "compensable") assert.ok(tool.compensation !== undefined, tool.name);
      if (tool.reversal === "non-reversible") assert.equal(tool.compensation, undefined, tool.name);
      assert.ok(tool.compensation === undefined || names.has(tool.compensation), tool.name);
      assert.ok(!JSON.stringify(tool.inputSchema).includes("idempotency_key"), tool.name);
    }
  });
});
