import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import { describe } from "mocha";
import { type Data, itReads, type Reading, type Refusal, visitCompany } from "./visit.ts";

const rows = (data: Data, name: string) => data[name] as Data[];
const all = (list: Data[], test: (row: Data) => boolean) => assert.ok(list.length > 0 && list.every(test));
const sum = (list: Data[], field: string) =>
  list.reduce((total, row) => total.plus(String(row[field])), new Decimal(0)).toFixed(2);
const today = () => new Date().toISOString().slice(0, 10);

/** Each reading tool of sales, with what must be true of its answer on the seeded company. */
const cases: Reading[] = [
  ["crm.list_salespeople", {}, (d) => assert.equal(d.total_count, 19)],
  ["crm.get_salesperson", { salesperson: "Ben Carter" }, (d) => assert.deepEqual([d.leads, d.open_deals], [2, 0])],
  [
    "crm.list_opportunities",
    { stage: "open" },
    (d) => all(rows(d, "opportunities"), (o) => o.status === "open" && d.total_count === 42),
  ],
  ["crm.list_products", {}, (d) => assert.equal(d.total_count, 27)],
  ["crm.list_products", { family: "software" }, (d) => all(rows(d, "products"), (p) => p.family === "software")],
  [
    "crm.get_product",
    { product: "sensor kit" },
    (d) => assert.deepEqual([d.list_price, d.previous_price], ["390.00", "365.00"]),
  ],
  ["crm.get_product", { product: "Ring Scanner" }, (d) => assert.equal(d.previous_price, null)],
  ["crm.list_price_changes", {}, (d) => assert.equal(d.total_count, Number(d.raised_count) + Number(d.lowered_count))],
  [
    "crm.list_price_changes",
    { product: "Sensor Kit", since_days: "90" },
    (d) => assert.deepEqual([d.total_count, d.raised_count], [1, 1]),
  ],
  [
    "crm.list_quotes",
    { status: "open", expiring_days: 14 },
    (d) => {
      all(rows(d, "quotes"), (q) => q.status === "open" && String(q.valid_until) >= today());
      assert.equal(d.total_amount, sum(rows(d, "quotes"), "total"));
    },
  ],
  ["crm.list_quotes", { status: "expired" }, (d) => all(rows(d, "quotes"), (q) => String(q.valid_until) < today())],
  ["crm.list_quotes", { customer: "Fabrikam" }, (d) => assert.equal(d.total_count, 2)],
  [
    "crm.get_quote",
    { quote_id: "quo-802" },
    (d) => {
      assert.equal(d.total, sum(rows(d, "lines"), "total"));
      assert.equal(rows(d, "lines")[0]?.total, "33792.00");
    },
  ],
  ["crm.list_leads", { status: "new" }, (d) => all(rows(d, "leads"), (l) => l.owner === null)],
  ["crm.list_leads", { source: "webinar" }, (d) => all(rows(d, "leads"), (l) => l.source === "webinar")],
  ["crm.list_leads", { owner: "Ben Carter" }, (d) => all(rows(d, "leads"), (l) => l.owner_name === "Ben Carter")],
  ["crm.get_lead", { lead_id: "LEAD-303" }, (d) => assert.equal(d.contact_name, "Paola D'Amico")],
  [
    "crm.get_opportunity",
    { opportunity_id: "OPP-5011" },
    (d) => assert.deepEqual([d.next_step, d.stage], [null, "qualify"]),
  ],
  [
    "crm.list_stage_changes",
    { opportunity_id: "OPP-5004" },
    (d) => assert.deepEqual([rows(d, "changes")[0]?.days, d.total_count, d.days_open], [19, 4, 118]),
  ],
  [
    "crm.list_stage_changes",
    { opportunity_id: "OPP-5020" },
    (d) => assert.deepEqual([rows(d, "changes")[0]?.to_stage, d.days_open], ["won", 98]),
  ],
  [
    "crm.list_without_next_step",
    {},
    (d) => {
      assert.deepEqual([d.missing_count, d.late_count], [7, 4]);
      assert.equal(d.total_amount, sum(rows(d, "opportunities"), "amount"));
    },
  ],
  [
    "crm.list_without_next_step",
    { owner: "Anton Nilsson" },
    (d) => all(rows(d, "opportunities"), (o) => o.owner_name === "Anton Nilsson"),
  ],
  ["crm.list_subscriptions", {}, (d) => assert.equal(d.total_count, 30)],
  [
    "crm.list_subscriptions",
    { ending_days: 30 },
    (d) => {
      all(rows(d, "subscriptions"), (s) => Number(s.days_left) <= 30);
      assert.equal(d.total_annual_value, sum(rows(d, "subscriptions"), "annual_value"));
    },
  ],
  ["crm.list_subscriptions", { customer: "Fabrikam" }, (d) => assert.equal(d.total_count, 2)],
  ["crm.get_subscription", { subscription_id: "sub-408" }, (d) => assert.equal(d.renews, "by agreement")],
  ["crm.list_campaigns", {}, (d) => assert.equal(d.total_count, 14)],
  [
    "crm.list_campaigns",
    { state: "running", channel: "search ads" },
    (d) => all(rows(d, "campaigns"), (c) => c.state === "running" && c.channel === "search ads"),
  ],
  ["crm.get_campaign", { campaign: "CMP-102" }, (d) => assert.equal(d.name, "Cold Chain Webinar")],
  [
    "crm.get_quota",
    { salesperson: "fatima.zahra@contoso.example" },
    (d) => assert.deepEqual([d.quota, d.won, d.won_count, d.last_won], ["540000.00", "460000.00", 4, "501300.00"]),
  ],
  ["crm.get_quota", { salesperson: "Petra Malik" }, (d) => assert.deepEqual([d.won, d.last_quota], ["0.00", null])],
  [
    "crm.list_quotas",
    {},
    (d) => {
      assert.equal(d.total_won, sum(rows(d, "quotas"), "won"));
      assert.equal(rows(d, "quotas")[0]?.name, "Fatima Zahra");
    },
  ],
  ["crm.get_team_quota", {}, (d) => assert.deepEqual([d.people, "name" in d], [8, false])],
  ["crm.list_partners", {}, (d) => assert.deepEqual([d.total_count, d.lapsed_count], [14, 2])],
  ["crm.list_partners", { tier: "gold" }, (d) => all(rows(d, "partners"), (p) => p.tier === "gold")],
  ["crm.get_partner", { partner: "nordlicht" }, (d) => assert.deepEqual([d.open_deals, d.certificate], [3, "valid"])],
  [
    "crm.list_partner_deals",
    {},
    (d) => all(rows(d, "deals"), (x) => ["pending", "approved"].includes(String(x.status))),
  ],
  ["crm.list_partner_deals", { partner: "Alpenland Technik" }, (d) => assert.equal(d.total_count, 1)],
  ["crm.list_outcomes", {}, (d) => assert.deepEqual([d.total_count, d.won_count], [18, 12])],
  [
    "crm.list_outcomes",
    { result: "lost", customer: "Southridge Video" },
    (d) => all(rows(d, "outcomes"), (o) => o.result === "lost" && o.customer_name === "Southridge Video"),
  ],
  [
    "crm.list_outcomes",
    { since_days: 90, result: "won" },
    (d) => assert.equal(d.total_amount, sum(rows(d, "outcomes"), "amount")),
  ],
  [
    "crm.list_competitors",
    {},
    (d) => all(rows(d, "competitors"), (c) => Number(c.met) === Number(c.beaten) + Number(c.lost_to)),
  ],
  [
    "crm.list_competitors",
    { competitor: "Trackline" },
    (d) => assert.equal(rows(d, "competitors")[0]?.reasons, "missing feature, price"),
  ],
];

const refusals: Refusal[] = [
  ["a quote that nobody made", "crm.get_quote", { quote_id: "QUO-999" }, /no quote QUO-999/],
  ["a product that is not sold", "crm.get_product", { product: "Senzor Kit" }, /Did you mean: Sensor Kit/],
  ["a name that fits two products", "crm.get_product", { product: "cold-chain" }, /Gateway.*Monitoring/],
  ["a person without a quota", "crm.get_quota", { salesperson: "Emma Virtanen" }, /has no quota/],
  ["a salesperson who is none", "crm.list_leads", { owner: "Noah Fischer" }, /no salesperson/],
  ["a partner that we do not have", "crm.get_partner", { partner: "Nordlihct" }, /Did you mean: Nordlicht Systemhaus/],
  ["a span of days that is none", "crm.list_price_changes", { since_days: "soon" }, /did not accept/],
  ["a campaign that never was", "crm.get_campaign", { campaign: "Moon Landing" }, /no campaign/],
];

describe("reading what sales keeps", () => {
  itReads(visitCompany(), cases, refusals);
});
