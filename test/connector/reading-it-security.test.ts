import assert from "node:assert/strict";
import { describe } from "mocha";
import { type Data, itReads, type Reading, type Refusal, visitCompany } from "./visit.ts";

const rows = (data: Data, name: string) => data[name] as Data[];
const all = (list: Data[], test: (row: Data) => boolean) => assert.ok(list.length > 0 && list.every(test));
const sum = (list: Data[], field: string) => list.reduce((total, row) => total + Number(row[field]), 0);
const sorted = (list: Data[], field: string) => {
  const values = list.map((row) => String(row[field]));
  assert.deepEqual(values, [...values].sort());
};

/** Each reading tool of the service desk's newer parts, with what must be true of its answer on the seeded company. */
const cases: Reading[] = [
  ["itsm.list_applications", {}, (d) => assert.equal(d.total_count, 14)],
  [
    "itsm.list_access",
    { application: "finance share" },
    (d) => {
      assert.deepEqual([d.owner_name, d.kind, d.total_count, d.admin_count], ["Priya Nair", "share", 4, 1]);
      assert.equal(rows(d, "members")[0]?.person_name, "Priya Nair");
    },
  ],
  [
    "itsm.list_access",
    { application: "APP-101" },
    (d) => all(rows(d, "members"), (m) => m.person_name !== "Marta Ricci"),
  ],
  [
    "itsm.list_access_of_person",
    { person: "Helena Okafor" },
    (d) => {
      assert.deepEqual(
        rows(d, "grants").map((g) => g.app_name),
        ["Board Papers", "Payroll", "Sales Dashboards"],
      );
      assert.equal(d.restricted_count, 2);
    },
  ],
  ["itsm.get_access", { application: "CRM", person: "Petra Malik" }, (d) => assert.equal(d.level, "read")],
  [
    "itsm.get_access",
    { application: "ERP", person: "Marta Ricci" },
    (d) => assert.deepEqual([d.has_access, d.grant_id, d.level], [false, null, null]),
  ],
  [
    "itsm.list_sign_in_accounts",
    { second_factor: "none" },
    (d) => {
      assert.ok(Number(d.account_count) > Number(d.total_count));
      all(rows(d, "accounts"), (a) => a.second_factor === "none");
    },
  ],
  [
    "itsm.list_sign_in_accounts",
    { status: "locked" },
    (d) => all(rows(d, "accounts"), (a) => a.lock_reason !== null && a.locked_on !== null),
  ],
  [
    "itsm.list_sign_in_accounts",
    { department: "Operations", second_factor: "none" },
    (d) => all(rows(d, "accounts"), (a) => a.department === "Operations"),
  ],
  [
    "itsm.get_sign_in_account",
    { person: "Noah Fischer" },
    (d) => assert.deepEqual([d.status, d.open_sessions], ["active", 2]),
  ],
  [
    "itsm.list_sign_in_failures",
    { person: "Chloé Dubois" },
    (d) => {
      assert.equal(d.attempt_count, sum(rows(d, "failures"), "attempts"));
      assert.equal(d.place_count, 2);
    },
  ],
  ["itsm.list_sign_in_failures", { person: "Hugo Laurent" }, (d) => assert.deepEqual(d.failures, [])],
  [
    "itsm.list_services",
    {},
    (d) => {
      assert.equal(rows(d, "services")[0]?.state, "outage");
      assert.equal(d.disturbed_count, rows(d, "services").filter((s) => s.state !== "operational").length);
    },
  ],
  [
    "itsm.list_services",
    { disturbed_only: true },
    (d) => all(rows(d, "services"), (s) => s.state !== "operational" && s.note !== null),
  ],
  [
    "itsm.list_outages",
    { service: "erp" },
    (d) => {
      all(rows(d, "outages"), (o) => o.service_name === "ERP");
      assert.equal(d.minutes_total, sum(rows(d, "outages"), "minutes"));
    },
  ],
  [
    "itsm.list_availability",
    {},
    (d) => {
      const minutes = rows(d, "services").map((s) => Number(s.outage_minutes));
      assert.deepEqual(
        minutes,
        [...minutes].sort((a, b) => b - a),
      );
      assert.equal(d.total_count, 13);
    },
  ],
  ["itsm.list_changes", {}, (d) => all(rows(d, "changes"), (c) => c.status === "planned" || c.status === "approved")],
  [
    "itsm.list_changes",
    { service: "ERP", within: "week" },
    (d) =>
      assert.deepEqual(
        rows(d, "changes").map((c) => c.change_id),
        ["CHG-602"],
      ),
  ],
  ["itsm.get_change", { change_id: "chg-606" }, (d) => assert.equal(d.owner_name, "David Brandt")],
  [
    "itsm.list_change_freezes",
    {},
    (d) => {
      assert.deepEqual([d.total_count, d.now_count], [4, 1]);
      sorted(rows(d, "freezes"), "starts_on");
    },
  ],
  ["itsm.list_change_freezes", { on: "2000-01-01" }, (d) => assert.deepEqual(d.freezes, [])],
  [
    "itsm.list_licences",
    {},
    (d) => {
      all(rows(d, "licences"), (l) => Number(l.free) === Number(l.seats) - Number(l.used) && Number(l.free) >= 0);
      assert.deepEqual(
        [d.seat_count, d.used_count],
        [sum(rows(d, "licences"), "seats"), sum(rows(d, "licences"), "used")],
      );
    },
  ],
  [
    "itsm.list_licence_holders",
    { product: "draft" },
    (d) => {
      assert.deepEqual([d.total_count, d.idle_count], [5, 1]);
      assert.equal(rows(d, "holders")[0]?.person_name, "Lucia Moreno");
    },
  ],
  [
    "itsm.list_expiring_licences",
    { days: 30 },
    (d) => {
      assert.deepEqual([d.total_count, d.expired_count], [3, 1]);
      all(
        rows(d, "licences"),
        (l) => Number(l.yearly_price) === Number(l.seats) * Number(l.seat_price) && l.product !== "Draftboard",
      );
    },
  ],
  [
    "itsm.list_ending_warranties",
    { days: 90 },
    (d) => {
      sorted(rows(d, "devices"), "warranty_until");
      assert.deepEqual(
        rows(d, "devices").map((x) => x.device_id),
        ["DEV-4014", "DEV-4059", "DEV-4028", "DEV-4061", "DEV-4067", "DEV-4054"],
      );
    },
  ],
  [
    "itsm.list_ending_warranties",
    { days: 90, kind: "phone" },
    (d) => all(rows(d, "devices"), (x) => x.kind === "phone"),
  ],
  [
    "itsm.list_due_replacements",
    { kind: "tablet" },
    (d) => all(rows(d, "devices"), (x) => x.kind === "tablet" && String(x.due_since) > String(x.purchased_on)),
  ],
  [
    "itsm.list_due_replacements",
    { department: "Finance" },
    (d) => all(rows(d, "devices"), (x) => x.department === "Finance"),
  ],
  [
    "itsm.list_spares",
    {},
    (d) => assert.equal(d.low_count, rows(d, "items").filter((i) => Number(i.on_hand) < Number(i.minimum)).length),
  ],
  ["itsm.list_spares", { item: "headset" }, (d) => assert.equal(rows(d, "items")[0]?.on_hand, 23)],
  [
    "itsm.list_backups",
    {},
    (d) => {
      assert.deepEqual([d.total_count, d.bad_count], [12, 3]);
      assert.equal(rows(d, "backups")[0]?.last_outcome, "failed");
    },
  ],
  [
    "itsm.list_backups",
    { system: "File Server" },
    (d) => assert.ok(String(rows(d, "backups")[0]?.last_good_on) < String(rows(d, "backups")[0]?.last_run_on)),
  ],
  [
    "itsm.list_failed_backups",
    {},
    (d) => {
      assert.equal(d.unmended_count, rows(d, "runs").filter((r) => r.mended === false).length);
      assert.equal(rows(d, "runs").find((r) => r.name === "ERP")?.mended, true);
    },
  ],
  [
    "itsm.list_restore_tests",
    {},
    (d) => {
      assert.deepEqual([d.total_count, d.overdue_count], [12, 5]);
      assert.equal(rows(d, "tests").find((t) => t.name === "File Server")?.outcome, "failed");
    },
  ],
  ["itsm.list_sites", {}, (d) => assert.equal(d.total_count, 4)],
  [
    "itsm.list_network_links",
    { site: "Rotterdam" },
    (d) => {
      assert.equal(d.disturbed_count, 1);
      all(rows(d, "links"), (l) => l.site_name === "Rotterdam");
    },
  ],
  [
    "itsm.list_vpn_gateways",
    {},
    (d) => {
      assert.equal(d.connected_count, sum(rows(d, "gateways"), "connected"));
      assert.equal(d.capacity_count, sum(rows(d, "gateways"), "capacity"));
    },
  ],
  [
    "itsm.list_wifi_zones",
    { site: "Rotterdam" },
    (d) => {
      assert.equal(rows(d, "zones")[0]?.state, "down");
      assert.equal(d.client_count, sum(rows(d, "zones"), "clients"));
    },
  ],
  [
    "itsm.list_findings",
    { status: "open", severity: "critical" },
    (d) => all(rows(d, "findings"), (f) => f.severity === "critical" && f.status === "open"),
  ],
  ["itsm.list_findings", { overdue_only: true }, (d) => assert.equal(d.total_count, d.overdue_count)],
  [
    "itsm.list_findings",
    { service: "Partner Portal" },
    (d) => all(rows(d, "findings"), (f) => f.service_name === "Partner Portal"),
  ],
  ["itsm.get_finding", { finding_id: "vul-702" }, (d) => assert.equal(d.severity, "critical")],
  [
    "itsm.list_reported_mails",
    {},
    (d) => all(rows(d, "mails"), (m) => !("reported_by" in m) && String(m.mail_id).startsWith("PHM-")),
  ],
  ["itsm.list_reported_mails", { verdict: "waiting" }, (d) => assert.equal(d.waiting_count, d.total_count)],
  [
    "itsm.list_simulation_results",
    {},
    (d) => {
      assert.equal(d.title, "Shared file");
      assert.equal(d.clicked_count, sum(rows(d, "results"), "clicked"));
    },
  ],
  [
    "itsm.list_training_due",
    { person: "Bruno Costa" },
    (d) => assert.deepEqual([d.total_count, d.overdue_count, d.completed_count], [2, 1, 0]),
  ],
  [
    "itsm.list_cloud_spend",
    { team: "Finance" },
    (d) => {
      all(rows(d, "subscriptions"), (s) => s.team === "Finance");
      assert.equal(d.last_month_total, sum(rows(d, "subscriptions"), "last_month").toFixed(2));
    },
  ],
  [
    "itsm.list_cloud_anomalies",
    { open_only: true },
    (d) => all(rows(d, "anomalies"), (a) => a.status === "open" && Number(a.actual) > Number(a.expected)),
  ],
];

const refusals: Refusal[] = [
  [
    "an application that nobody has",
    "itsm.list_access",
    { application: "Finanse Share" },
    /Did you mean: Finance Share/,
  ],
  ["a service that is not ours", "itsm.list_outages", { service: "Minitel" }, /no service "Minitel"/],
  ["a change that was never planned", "itsm.get_change", { change_id: "CHG-999" }, /no change CHG-999/],
  ["a finding that was never made", "itsm.get_finding", { finding_id: "VUL-999" }, /no finding VUL-999/],
  ["a period of no days", "itsm.list_expiring_licences", { days: 0 }, /did not accept/],
];

describe("reading from the service desk: access, services, assets, security and costs", () => {
  itReads(visitCompany(), cases, refusals);
});
