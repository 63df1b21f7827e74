import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { appendAudit } from "../../src/audit/store.ts";
import { lookAfterFleet } from "../../src/review/look-after.ts";
import { periodAt, periodBefore } from "../../src/review/reports/period.ts";
import { openPool } from "../../src/store/pool.ts";
import { type Calendar, calendarOf } from "../support/calendar.ts";
import { readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Answer, type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const agent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent");
assert.ok(agent);
const { agent_id: AGENT } = agent;
const HOUR_MS = 3_600_000;
/** Evidence has the database's time: what happens in these stories happens in the week, month and quarter of today. */
const today = new Date();
const [week, month, quarter] = (["weekly", "monthly", "quarterly"] as const).map((kind) => periodAt(kind, today)) as [
  ReturnType<typeof periodAt>,
  ReturnType<typeof periodAt>,
  ReturnType<typeof periodAt>,
];
const hoursAfter = ({ to }: { to: Date }, hours: number): string =>
  new Date(to.getTime() + hours * HOUR_MS).toISOString();

describe("reports (R9.4)", () => {
  let office: Office;
  let calendar: Calendar;
  let maya: Colleague;
  let sofia: Colleague;
  let daniel: Colleague;
  let helena: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    calendar = calendarOf(office);
    [maya, sofia, daniel, helena] = ["maya.lindqvist", "sofia.rossi", "daniel.kim", "helena.okafor"].map((name) =>
      office.colleague(name),
    ) as [Colleague, Colleague, Colleague, Colleague];
    const { tenantId } = office.app.ports;
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.sees(/overdue/i);
    for (const [kind, opened] of [
      ["security_incident", today],
      ["latency_breach", new Date(periodBefore(week).from.getTime() + HOUR_MS)],
    ] as const)
      await office.pool.query(
        `insert into incident (tenant_id, incident_id, agent_id, kind, state, opened_at, heard_at, acknowledged_by, acknowledged_at,
                               closed_by, closed_at, why)
         values ($1, gen_random_uuid(), $2, $3, 'closed', $4, $4, 'x', $4::timestamptz + interval '12 minutes', 'x',
                 $4::timestamptz + interval '1 hour', 'over')`,
        [tenantId, AGENT, kind, opened],
      );
    const data = { agentId: AGENT, until: "2027-01-31", why: "year end [x](https://evil.example)" };
    for (let i = 0; i < 20; i += 1)
      await appendAudit(office.pool, { tenantId, kind: "review.extend", actor: "x", data });
    const denied = {
      tool: "erp.create_credit_note",
      verdict: { verdict: "deny", policyId: "write.needs-known-person" },
    };
    await appendAudit(office.pool, { tenantId, kind: "action.denied", actor: AGENT, data: denied });
  });
  beforeEach(async () => {
    calendar.waits();
    await office.pool.query("truncate report, flow_schedule");
    await office.pool.query("delete from outbox where dedupe_key like 'report:%'");
    await rm(folder(), { recursive: true, force: true });
  });
  after(async () => {
    calendar.back();
    await office.close();
  });

  const folder = (): string => office.app.ports.reportsFolder;
  const made = async (): Promise<string[]> =>
    (await office.pool.query<{ period: string }>("select period from report order by period")).rows.map(
      ({ period }) => period,
    );
  const sent = async (): Promise<number> =>
    (await office.pool.query("select 1 from outbox where dedupe_key like 'report:%'")).rowCount ?? 0;
  const cardOf = (answer: Answer): string => readable(answer.value as Record<string, unknown>);

  it("on Monday at six, the platform team and security get the risks of the week before, and its file is there", async () => {
    await calendar.comes(hoursAfter(week, 5.9));
    assert.deepEqual((await made()).includes(week.name), false, "not before its hour");
    await calendar.comes(hoursAfter(week, 6));
    const shown = await sofia.sees(new RegExp(`Weekly engineering risk review ${week.name}`));
    await daniel.sees(new RegExp(week.name));
    const text = readable(shown.card);
    assert.match(text, /To be looked at: Incidents/);
    assert.match(text, /Security incidents\n1, 0 before/);
    assert.match(text, /Slower than allowed\n0, 1 before/);
    assert.match(text, /Invoice Agent · Security incidents, 1 alerts · acknowledged after 12 min · closed/);
    assert.match(text, /Actions denied by policy\n1, 0 before/);
    assert.match(text, /Invoice Agent was denied erp\.create\\?_credit\\?_note: write\.needs-known-person/);
    const filed = await readFile(join(folder(), `weekly-${week.name}.md`), "utf8");
    assert.match(filed, /\| Security incidents \| 1, 0 before \|/);
  });

  it("the leads of clusters get what is governed and the registry, not the risks of the week; others get nothing", async () => {
    await calendar.comes(hoursAfter(quarter, 6));
    await helena.sees(new RegExp(`Quarterly registry audit ${quarter.name}`));
    await until(async () => (await office.pool.query("select 1 from outbox where state = 'queued'")).rowCount === 0);
    assert.ok(!helena.all().some(({ card }) => /Weekly engineering/.test(readable(card))));
    assert.ok(!maya.all().some(({ card }) => /registry audit|governance review/.test(readable(card))));
  });

  it("the month is governed: exceptions with their reasons, in pages; names are names and no links", async () => {
    await calendar.comes(hoursAfter(month, 6));
    const shown = await sofia.sees(new RegExp(`Monthly governance review ${month.name}`));
    const text = readable(shown.card);
    assert.match(text, /Reviews put off\n20, 0 before/);
    assert.match(text, /and 18 more, on the next pages/);
    assert.match(text, /New agents\n50/);
    assert.match(text, /The chain\nholds, \d+ links/);
    assert.ok(!JSON.stringify(shown.card).includes("[x](https"), "no link");
    const second = await sofia.clicks(shown, "Next page");
    assert.match(cardOf(second), /Policy exceptions[\s\S]*Reviews put off · Invoice Agent · “year end/);
    assert.match(cardOf(second), /Page 2 of \d+/);
    const refused = await maya.clicks(shown, "Next page");
    assert.deepEqual([refused.statusCode, cardOf(refused).includes("year end")], [403, false]);
  });

  it("the registry of the quarter: who serves, who answers, who is idle", async () => {
    await calendar.comes(hoursAfter(quarter, 6));
    const text = readable((await sofia.sees(/Quarterly registry audit/)).card);
    assert.match(text, /Action-capable\n10 of 50, 20 % \\\(at most 20 %\\\)/);
    assert.match(text, /In service, and nobody asked them anything\n49/);
    assert.match(text, /Versions registered\n50, 0 before/);
  });

  it("two processes at once: one report, one card for each reader", async () => {
    calendar.is(hoursAfter(week, 6));
    const { ports } = office.app;
    const others = Array.from({ length: 3 }, () => openPool(office.databaseUrl, { name: "another process", max: 2 }));
    await Promise.all([ports.pool, ...others].map((pool) => lookAfterFleet({ ...ports, pool })));
    await Promise.all(others.map((pool) => pool.end()));
    const { rowCount: cards } = await office.pool.query("select 1 from outbox where dedupe_key like $1", [
      `report:%:${sofia.person.aadObjectId}`,
    ]);
    const reports = await made();
    assert.ok(reports.includes(week.name));
    assert.equal(cards, reports.length);
  });

  it("a process that was down for weeks catches up once, with the last one", async () => {
    await calendar.comes(hoursAfter(week, 6));
    const before = await sent();
    const later = { to: new Date(week.to.getTime() + 21 * 24 * HOUR_MS) };
    await calendar.comes(hoursAfter(later, 30));
    await calendar.comes(hoursAfter(later, 31));
    const weeks = (await made()).filter((name) => name.includes("-W"));
    assert.deepEqual(weeks, [week.name, periodBefore(periodAt("weekly", later.to)).name]);
    assert.ok((await sent()) > before);
  });

  it("who died before the file was written writes it later, and tells nobody twice", async () => {
    await calendar.comes(hoursAfter(week, 6));
    const cards = await sent();
    await rm(folder(), { recursive: true });
    await office.pool.query("truncate flow_schedule");
    await calendar.comes(hoursAfter(week, 7));
    assert.ok((await readdir(folder())).includes(`weekly-${week.name}.md`));
    assert.equal(await sent(), cards);
  });

  it("before there was a fleet there is nothing to report", async () => {
    await calendar.comes(new Date(periodBefore(quarter).from.getTime() + HOUR_MS).toISOString());
    assert.deepEqual([await made(), await sent()], [[], 0]);
  });

  it("typed, so far: those who may read it see today's figures; others learn whose it is", async () => {
    calendar.is(new Date().toISOString());
    await sofia.says("weekly report so far");
    const shown = await sofia.sees(/Weekly engineering risk review/);
    assert.match(readable(shown.card), /so far/);
    assert.match(readable(shown.card), /Security incidents\n1, 0 before/);
    await helena.says("weekly report");
    await helena.sees(/You cannot read this report[\s\S]*platform team and security/);
    await helena.says("monthly report so far");
    await helena.sees(new RegExp(`Monthly governance review ${month.name}`));
    await sofia.says("monthly report so far");
    const paged = await sofia.sees(/Monthly governance review/);
    const forged = { verb: "report.page", data: { verb: "report.page", of: "weekly", period: "2026-W99", page: 0 } };
    assert.equal((await sofia.clicks(paged, "Next page", {}, { button: forged })).statusCode, 404);
    assert.deepEqual(await made(), [], "looking is not making");
  });

  it("from the command line: as Markdown, as JSON, into a folder", () => {
    const ops = (...args: string[]): string => {
      const env = { PATH: process.env.PATH ?? "", DATABASE_URL: office.databaseUrl };
      const { stdout, stderr } = spawnSync(process.execPath, ["src/cli.ts", "report", ...args], {
        env,
        encoding: "utf8",
      });
      return `${stdout}${stderr}`;
    };
    assert.match(ops("weekly", "--so-far"), new RegExp(`^# Weekly engineering risk review ${week.name}`));
    const json = JSON.parse(ops("quarterly", "--so-far", "--json")) as {
      period: string;
      sections: { heading: string }[];
    };
    assert.equal(json.period, quarter.name);
    assert.equal(json.sections[0]?.heading, "The registry");
    assert.match(ops("monthly", "--so-far", "--to", folder()), new RegExp(`monthly-${month.name}\\.md`));
    assert.match(ops("yearly"), /weekly, monthly, quarterly/);
  });
});
