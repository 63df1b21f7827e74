import assert from "node:assert/strict";
import { describe } from "mocha";
import { type Data, itReads, type Reading, type Refusal, visitCompany } from "./visit.ts";

const rows = (data: Data, name: string) => data[name] as Data[];
const all = (list: Data[], test: (row: Data) => boolean) => assert.ok(list.length > 0 && list.every(test));
const none = (data: Data, field: string) => assert.ok(!JSON.stringify(data).includes(field), field);

const noah = "noah.fischer@contoso.example";
const today = new Date().toISOString().slice(0, 10);
const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Each reading tool of human resources and legal, with what must be true of its answer on the seeded company. */
const cases: Reading[] = [
  ["list_leave", { employee: noah }, (d) => assert.deepEqual(rows(d, "entries")[0]?.leave_id, "LV-9038")],
  ["list_leave", { employee: "Marcus Bell" }, (d) => assert.equal(d.total_count, 0)],
  ["get_leave", { leave_id: "lv-9038", employee: noah }, (d) => assert.equal(d.status, "coming")],
  [
    "check_leave_period",
    { employee: noah, from: later(52), to: later(60) },
    (d) => assert.deepEqual([d.clash, d.clash_count], ["LV-9038", 1]),
  ],
  [
    "check_leave_period",
    { employee: "Elif Yılmaz", from: today, to: later(13) },
    (d) => assert.ok((d.colleagues_away as string[]).includes("Mei Chen") && d.clash === "LV-9025"),
  ],
  [
    "list_team_leave",
    { manager: "Sofia Rossi", from: today, within_days: 60 },
    (d) => {
      assert.equal(d.team_count, 5);
      assert.ok(rows(d, "absences").some((a) => a.name === "Mei Chen" && Number(a.others_away) >= 1));
      none(d, "kind");
    },
  ],
  ["list_courses", {}, (d) => all(rows(d, "courses"), (c) => c.has_begun === false)],
  ["list_courses", { subject: "safety" }, (d) => assert.equal(d.total_count, 4)],
  ["list_course_names", {}, (d) => assert.equal(rows(d, "courses").length, 32)],
  ["get_course", { course: "Fire Wardens" }, (d) => assert.deepEqual([d.seats_left, d.seats_taken], [0, 3])],
  [
    "get_course",
    { course: "crs-209", employee: "Clara Engström" },
    (d) =>
      assert.deepEqual([d.is_enrolled, d.employee_name, rows(d, "participants").length], [false, "Clara Engström", 5]),
  ],
  [
    "list_training_duties",
    { employee: noah },
    (d) => assert.deepEqual([d.total_count, d.overdue_count, d.completed_count], [2, 1, 1]),
  ],
  ["list_positions", {}, (d) => assert.deepEqual([d.total_count, d.openings_total], [9, 13])],
  ["list_positions", { department: "IT" }, (d) => all(rows(d, "positions"), (p) => p.status === "open")],
  ["list_position_names", {}, (d) => assert.equal(rows(d, "positions").length, 20)],
  ["get_position", { position: "POS-303" }, (d) => assert.equal(d.hiring_manager_name, "Sofia Rossi")],
  [
    "list_stage_counts",
    { position: "POS-303" },
    (d) => {
      assert.deepEqual([d.candidate_total, d.offer_total], [6, 1]);
      none(d, "Jürgen");
    },
  ],
  ["list_stage_counts", {}, (d) => assert.equal(rows(d, "positions").length, 9)],
  ["list_candidates", { position: "Platform Engineer" }, (d) => assert.equal(rows(d, "candidates")[0]?.stage, "offer")],
  [
    "list_interviews",
    { from: today, within_days: 14, department: "Support" },
    (d) => {
      assert.equal(d.total_count, 2);
      none(d, "Şahin");
    },
  ],
  [
    "list_employees",
    { department: "Support", location: "Rotterdam" },
    (d) => all(rows(d, "employees"), (e) => e.department === "Support" && e.location === "Rotterdam"),
  ],
  ["list_employees", { title: "Tax Specialist" }, (d) => assert.equal(rows(d, "employees")[0]?.name, "Ivan Horvat")],
  ["list_job_titles", {}, (d) => assert.ok(rows(d, "titles").some((t) => t.title === "Recruiter" && t.holders === 1))],
  ["list_benefits", {}, (d) => assert.equal(d.total_count, 14)],
  ["list_benefits", { category: "health" }, (d) => all(rows(d, "benefits"), (b) => b.category === "health")],
  [
    "list_benefit_eligibility",
    { employee: "Jakub Svoboda" },
    (d) => {
      const verdict = (name: string) => rows(d, "benefits").find((b) => b.name === name)?.why;
      assert.equal(verdict("Lease Bicycle"), "needs a permanent contract");
      assert.equal(verdict("Lunch Vouchers"), "is offered in Amsterdam only");
      assert.equal(verdict("Warehouse Canteen Meals"), "all conditions are met");
      assert.equal(Number(d.yes_count) + Number(d.no_count), 14);
    },
  ],
  [
    "list_benefit_eligibility",
    { employee: "Petra Malik" },
    (d) => assert.deepEqual([d.service_months, rows(d, "benefits").some((b) => b.verdict === "has it")], [0, false]),
  ],
  ["list_enrolment_windows", {}, (d) => assert.equal(rows(d, "benefits")[0]?.name, "Supplementary Health Cover")],
  [
    "list_review_status",
    { department: "Legal" },
    (d) => {
      assert.deepEqual([d.review_count, d.signed_count], [3, 1]);
      none(d, "Niamh");
    },
  ],
  ["list_review_status", {}, (d) => assert.equal(d.review_count, 47)],
  [
    "list_review_tasks",
    { employee: "Oskar Lindholm" },
    (d) =>
      assert.deepEqual(
        rows(d, "tasks").map((t) => t.about),
        ["Aisha Bello", "Felix Krüger"],
      ),
  ],
  [
    "list_review_tasks",
    { employee: noah },
    (d) => assert.deepEqual([rows(d, "tasks")[0]?.task, d.overdue_count], ["Self review", 1]),
  ],
  ["list_review_dates", {}, (d) => assert.equal(d.next_title, "Reviews by managers written")],
  [
    "get_review_result",
    { employee: "Felix Krüger" },
    (d) =>
      assert.deepEqual(
        rows(d, "results").map((r) => r.rating),
        [null, "meets expectations"],
      ),
  ],
  ["list_contracts", { party_kind: "vendor" }, (d) => assert.deepEqual([d.total_count, d.high_risk_total], [3, 1])],
  ["list_contracts", { risk: "high" }, (d) => all(rows(d, "contracts"), (c) => c.risk === "high")],
  ["list_contract_names", {}, (d) => assert.equal(rows(d, "contracts").length, 33)],
  [
    "get_contract",
    { contract: "Trey Research" },
    (d) => assert.deepEqual([d.contract_id, d.high_risk_count, rows(d, "clauses")[0]?.risk], ["CTR-409", 2, "high"]),
  ],
  [
    "list_contracts_ending",
    { period: "quarter" },
    (d) => all(rows(d, "contracts"), (c) => c.status === "active" && String(c.ends_on) <= later(91)),
  ],
  ["list_contracts_ending", { period: "month", party_kind: "customer" }, (d) => assert.equal(d.value_total, "0.00")],
  ["list_processing", {}, (d) => assert.deepEqual([d.total_count, d.outside_eu_count], [13, 3])],
  ["list_processing", { department: "HR" }, (d) => assert.equal(d.total_count, 3)],
  [
    "list_data_requests",
    {},
    (d) => {
      assert.deepEqual([d.total_count, d.overdue_count], [8, 1]);
      none(d, "Größ");
    },
  ],
  ["list_data_requests", { kind: "objection" }, (d) => assert.equal(d.total_count, 1)],
  ["get_data_request", { request_id: "dsr-102" }, (d) => assert.equal(d.name, "Ciarán O'Neill")],
  ["list_assessments", {}, (d) => assert.deepEqual([d.total_count, d.overdue_count], [6, 1])],
  ["list_assessments", { department: "HR" }, (d) => assert.equal(d.total_count, 2)],
  ["list_matters", {}, (d) => assert.deepEqual([d.total_count, d.exposure_total], [7, "1406000.00"])],
  ["list_matters", { kind: "employment" }, (d) => all(rows(d, "matters"), (m) => m.kind === "employment")],
  ["get_matter", { matter_id: "MAT-51" }, (d) => assert.equal(rows(d, "deadlines").length, 3)],
  ["list_matter_deadlines", {}, (d) => assert.equal(d.overdue_count, 1)],
  [
    "list_matter_deadlines",
    { counsel: "Isabel" },
    (d) => all(rows(d, "deadlines"), (x) => x.counsel_name === "Isabel Santos"),
  ],
  ["list_counsel_load", {}, (d) => assert.equal(rows(d, "counsels")[0]?.counsel_name, "Thomas Berger")],
];

const refusals: Refusal[] = [
  ["somebody else's leave", "get_leave", { leave_id: "LV-9026", employee: noah }, /Noah Fischer has no leave LV-9026/],
  ["leave that nobody has", "get_leave", { leave_id: "LV-1", employee: noah }, /Noah Fischer has no leave LV-1/],
  ["sick leave", "get_leave", { leave_id: "LV-9002", employee: "Marcus Bell" }, /has no leave LV-9002/],
  [
    "the team of somebody without one",
    "list_team_leave",
    { manager: noah, from: today, within_days: 60 },
    /Nobody reports to Noah Fischer/,
  ],
  ["an unknown course", "get_course", { course: "CRS-999" }, /no course "CRS-999"/],
  ["an unknown subject", "list_courses", { subject: "juggling" }, /no subject "juggling"/],
  ["an unknown position", "list_candidates", { position: "Astronaut" }, /no position "Astronaut"/],
  ["a party with two contracts", "get_contract", { contract: "Fabrikam" }, /More than one contract .*CTR-401.*CTR-417/],
  ["a risk that does not exist", "list_contracts", { risk: "deadly" }, /did not accept/],
  ["an unknown request", "get_data_request", { request_id: "DSR-999" }, /no data request DSR-999/],
  ["an unknown matter", "get_matter", { matter_id: "MAT-1" }, /no legal matter MAT-1/],
];

describe("reading human resources and legal", () => {
  const hris = (name: string) => `hris.${name}`;
  itReads(
    visitCompany(),
    cases.map(([name, ...rest]) => [hris(name), ...rest]),
    refusals.map(([what, name, ...rest]) => [what, hris(name), ...rest]),
  );
});
