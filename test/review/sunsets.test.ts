import assert from "node:assert/strict";
import { addDays } from "../../src/review/day.ts";
import { lookAfterFleet } from "../../src/review/look-after.ts";
import { successorsIn } from "../../src/review/sunsets/successor.ts";
import { isNew, stageOn } from "../../src/review/sunsets/sunset.ts";
import { openPool } from "../../src/store/pool.ts";
import { type Calendar, calendarOf } from "../support/calendar.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { ops } from "../support/cli.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const { agents } = theRegistry();
const agent = agents.find(({ display_name }) => display_name === "Invoice Agent");
assert.ok(agent);
const { agent_id: AGENT } = agent;
/** A Friday, before any review of the sample fleet is due. */
const END = "2027-01-08";
const six = (days: number): string => `${addDays(END, days)}T06:00:00Z`;

describe("the stages of an agent's end (R9.3)", () => {
  for (const [left, stage] of [
    [31, undefined],
    [30, "warned"],
    [8, "warned"],
    [7, "final"],
    [1, "final"],
    [0, "ended"],
    [-9, "ended"],
  ] as const)
    it(`${left} days before: ${stage ?? "nothing yet"}`, () => assert.equal(stageOn(END, addDays(END, -left)), stage));

  it("each once, and one that was missed is left out", () => {
    assert.ok(isNew("final", undefined));
    assert.ok(isNew("final", "warned"));
    assert.ok(!isNew("warned", "final"));
    assert.ok(!isNew("ended", "ended"));
    assert.ok(isNew("warned", "moved"), "a date that was moved away and back");
  });

  it("the replacement is whoever is asked for it in the most similar words", () => {
    const successorOf = successorsIn(agents);
    const found = successorOf(agent);
    assert.equal(found?.cluster_id, "finance");
    assert.notEqual(found?.agent_id, AGENT);
    const others = agents.filter(({ cluster_id }) => cluster_id === "hr-legal");
    const [one, two] = others.map((record) => ({ ...record, status: "suspended" as const }));
    assert.ok(one && two);
    assert.equal(successorsIn([one, two])(one), undefined, "nobody who is out of service");
  });
});

describe("whoever answers for an agent hears of its end in time (R9.3)", () => {
  let office: Office;
  let calendar: Calendar;
  let jonas: Colleague;
  let helena: Colleague;
  let maya: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    calendar = calendarOf(office);
    await office.colleague("jonas.weber").says("help");
  });
  beforeEach(async () => {
    calendar.waits();
    await office.pool.query("truncate sunset, flow_schedule, agent_event");
    await office.pool.query("delete from card_copy where subject_kind = 'sunset'");
    await office.pool.query("update agent_pointer set status = null");
    await endsOn(END);
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "active");
    [jonas, helena, maya] = ["jonas.weber", "helena.okafor", "maya.lindqvist"].map((name) =>
      office.colleague(name),
    ) as [Colleague, Colleague, Colleague];
  });
  after(async () => {
    calendar.back();
    await office.close();
  });

  /** A new version of the agent, with this last day. */
  const endsOn = async (day: string): Promise<void> => {
    await office.pool.query(
      `with version as (
         insert into agent_version (tenant_id, agent_id, number, content_hash, record, plans)
         select tenant_id, agent_id, number + 1, gen_random_uuid()::text,
                jsonb_set(record, '{deprecation_date}', to_jsonb($2::text)), plans
           from agent_version where agent_id = $1 order by number desc limit 1 returning number)
       update agent_pointer set active = version.number from version where agent_id = $1`,
      [AGENT, day],
    );
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => office.app.ports.registry.byId.get(AGENT)?.deprecation_date === day);
  };
  const cards = async (): Promise<string[]> =>
    (
      await office.pool.query<{ view: string }>(
        "select view from card_copy where subject_kind = 'sunset' order by created_at, view",
      )
    ).rows.map(({ view }) => view);
  const status = async (): Promise<string | null> =>
    (
      await office.pool.query<{ status: string | null }>("select status from agent_pointer where agent_id = $1", [
        AGENT,
      ])
    ).rows[0]?.status ?? null;

  it("31 days before nothing is said; T-30: a warning, with who might do its work; and only once", async () => {
    await calendar.comes(six(-31));
    assert.deepEqual(await cards(), []);
    await office.pool.query("update flow_schedule set asked_at = '2026-12-09' where name = 'sunsets'");
    await calendar.comes(six(-30));
    const text = readable((await jonas.sees(/It ends in 30 days/)).card);
    assert.match(text, /Last day\n2027-01-08/);
    assert.match(text, /Stops then\noverdue invoices, invoice status/);
    assert.match(text, /Replacement\n(?!no other agent).+ \(.+\)/);
    for (const days of [-29, -25, -18, -11]) await calendar.comes(six(days));
    assert.deepEqual(await cards(), ["warned"]);
    assert.equal(await status(), null);
  });

  it("the sweep goes weekly: it warns on the first Monday that is near enough", async () => {
    await calendar.comes("2026-12-07T06:00:00Z");
    for (const day of ["2026-12-09", "2026-12-13"]) await calendar.comes(`${day}T06:00:00Z`);
    assert.deepEqual(await cards(), []);
    await calendar.comes("2026-12-14T06:00:00Z");
    await jonas.sees(/It ends in 25 days/);
  });

  it("T-7 on its very day: a final warning, and the lead of the cluster hears of it since the owner was silent", async () => {
    await calendar.comes(six(-30));
    await jonas.sees(/It ends in 30 days/);
    await calendar.comes(six(-8));
    assert.deepEqual(await cards(), ["warned"]);
    await calendar.comes(six(-7));
    await jonas.sees(/Final warning: it ends in 7 days/);
    const told = await helena.sees(/Final warning: it ends in 7 days/);
    assert.deepEqual(buttonsOf(told.card), [], "it is the owner who is asked");
    await calendar.comes(six(-6));
    assert.deepEqual(await cards(), ["warned", "final", "final lead"]);
  });

  it("an owner who knows of it is not reported to the lead", async () => {
    await calendar.comes(six(-30));
    const answer = await jonas.clicks(await jonas.sees(/It ends in 30 days/), "I know of it");
    assert.match(readable(answer.value as Record<string, unknown>), /Jonas Weber knows of it/);
    await calendar.comes(six(-7));
    await jonas.sees(/Final warning/);
    assert.deepEqual(await cards(), ["warned", "final"]);
  });

  it("nobody else can say so for the owner", async () => {
    await calendar.comes(six(-30));
    const shown = await jonas.sees(/It ends in 30 days/);
    const refused = await maya.clicks(shown, "I know of it");
    assert.equal(refused.statusCode, 403);
    const { rows } = await office.pool.query("select acknowledged_by from sunset");
    assert.deepEqual(rows, [{ acknowledged_by: null }]);
  });

  it("T-0: deprecated, out of routing, and owner and lead are told that it has stopped; once", async () => {
    await calendar.comes(six(-7));
    await calendar.comes(six(-1));
    assert.equal(await status(), null);
    await calendar.comes(six(0));
    assert.equal(await status(), "deprecated");
    const text = readable((await jonas.sees(/It has ended/)).card);
    assert.match(text, /Stopped\noverdue invoices/);
    await helena.sees(/It has ended/);
    await until(
      async () =>
        (await office.app.ports.router.route("Which Fabrikam invoices are overdue?")).chosen?.agentId !== AGENT,
    );
    await calendar.comes(six(1));
    await calendar.comes(six(10));
    assert.deepEqual(
      (await cards()).filter((view) => view.startsWith("ended")),
      ["ended", "ended lead"],
    );
    const { rows } = await office.pool.query("select actor, to_status from agent_event");
    assert.deepEqual(rows, [{ actor: "deprecation-sweep", to_status: "deprecated" }]);
    const { rowCount } = await office.pool.query("select 1 from agent_version where agent_id = $1", [AGENT]);
    assert.ok((rowCount ?? 0) > 0, "its record is kept");
  });

  it("a fleet that nobody looked after for weeks: the stages that were missed are left out", async () => {
    await calendar.comes(six(3));
    await jonas.sees(/It has ended/);
    assert.deepEqual(await cards(), ["ended", "ended lead"]);
  });

  it("a record with a later date ends the story, and says so on the card", async () => {
    await calendar.comes(six(-30));
    await jonas.sees(/It ends in 30 days/);
    await endsOn("2027-06-30");
    await calendar.comes(six(-25));
    await jonas.sees(/It goes on: its last day is 2027-06-30 now/);
    await calendar.comes(six(2));
    assert.equal(await status(), null);
  });

  it("two processes sweep at once: one card each", async () => {
    calendar.is(six(-7));
    const { ports } = office.app;
    const others = Array.from({ length: 3 }, () => openPool(office.databaseUrl, { name: "another process", max: 2 }));
    await Promise.all([ports.pool, ...others].map((pool) => lookAfterFleet({ ...ports, pool })));
    await Promise.all(others.map((pool) => pool.end()));
    assert.deepEqual(await cards(), ["final", "final lead"]);
  });

  it("on demand: an operator sweeps from the command line, and nobody else does", async () => {
    const sweep = async (as: string): Promise<string> =>
      (await ops({ DATABASE_URL: office.databaseUrl }, "sweep", "--as", `${as}@contoso.example`)).said;
    await calendar.comes(six(-31));
    assert.match(await sweep("maya.lindqvist"), /Nothing was done/);
    calendar.back();
    calendar = calendarOf(office);
    await office.pool.query("truncate flow_schedule");
    assert.match(await sweep("sofia.rossi"), /were looked at/);
    const { rows } = await office.pool.query(
      "select name, asked_at from flow_schedule where name in ('reviews', 'sunsets') order by name",
    );
    assert.deepEqual(rows, [
      { name: "reviews", asked_at: null },
      { name: "sunsets", asked_at: null },
    ]);
  });
});
