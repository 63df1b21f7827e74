import assert from "node:assert/strict";
import { listAgents } from "../../src/registry/listing/store.ts";
import { addDays } from "../../src/review/day.ts";
import { lookAfterFleet } from "../../src/review/look-after.ts";
import { dueOn, NOTHING_DECIDED } from "../../src/review/reviews/review.ts";
import { openPool } from "../../src/store/pool.ts";
import { type Calendar, calendarOf } from "../support/calendar.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Answer, type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const agent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent");
assert.ok(agent);
const { agent_id: AGENT, owner_upn } = agent;
const DUE = dueOn(agent, NOTHING_DECIDED);
const inWords = (days: number): string =>
  new Date(addDays(DUE, days)).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
const six = (days: number): string => `${addDays(DUE, days)}T06:00:00Z`;

describe("owners look their agents over (R9.1)", () => {
  let office: Office;
  let calendar: Calendar;
  let jonas: Colleague;
  let sofia: Colleague;
  let maya: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    calendar = calendarOf(office);
    // The channel is known by whoever spoke first.
    await office.colleague("jonas.weber").says("help");
    assert.equal(owner_upn, "jonas.weber@contoso.example");
  });
  beforeEach(async () => {
    calendar.waits();
    await office.pool.query("truncate review, flow_schedule");
    await office.pool.query("delete from card_copy where subject_kind = 'review'");
    await office.pool.query("update agent_pointer set status = null");
    await office.pool.query("truncate agent_event");
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "active");
    // The others were reviewed long after the days of these stories.
    await office.pool.query(
      `insert into review (tenant_id, review_id, agent_id, due_on, state, asked_at, decided_by, decided_at)
       select tenant_id, gen_random_uuid(), agent_id, '2026-01-01', 'reviewed', '2026-01-01', 'somebody', '2029-01-01'
         from agent_pointer where agent_id <> $1`,
      [AGENT],
    );
    [jonas, sofia, maya] = ["jonas.weber", "sofia.rossi", "maya.lindqvist"].map((name) => office.colleague(name)) as [
      Colleague,
      Colleague,
      Colleague,
    ];
  });
  after(async () => {
    calendar.back();
    await office.close();
  });

  const status = async (): Promise<string | null> =>
    (
      await office.pool.query<{ status: string | null }>("select status from agent_pointer where agent_id = $1", [
        AGENT,
      ])
    ).rows[0]?.status ?? null;
  const reviews = async (): Promise<{ state: string; reminded: number; until_on: string | null }[]> =>
    (
      await office.pool.query(
        "select state, reminded, until_on::text from review where agent_id = $1 order by due_on",
        [AGENT],
      )
    ).rows;
  const cards = async (): Promise<number> =>
    (await office.pool.query("select 1 from card_copy where subject_kind = 'review'")).rowCount ?? 0;
  const styleOf = ({ card }: Shown): unknown => (card?.body as { style: string }[] | undefined)?.[0]?.style;
  const cardOf = (answer: Answer): string => readable(answer.value as Record<string, unknown>);
  const audited = async (kind: string): Promise<number> =>
    (await office.pool.query("select 1 from audit_log where kind = $1", [kind])).rowCount ?? 0;

  it("before it is due nobody is asked; on the day its owner gets a card with all that they need to decide", async () => {
    await calendar.comes(six(-1));
    assert.equal(await cards(), 0);
    await calendar.comes(six(0));
    const shown = await jonas.sees(/A review is due today/);
    const text = readable(shown.card);
    assert.match(text, /Invoice Agent/);
    assert.match(text, /Cluster\nFinance/);
    assert.match(text, /erp\.receivables \\\(confidential\\\)/);
    assert.match(text, new RegExp(`Deprecation date\\n${agent.deprecation_date}`));
    assert.match(text, /Days overdue\n0/);
    assert.equal(styleOf(shown), "default");
    assert.equal(await cards(), 1);
  });

  for (const [days, style] of [
    [14, "default"],
    [15, "warning"],
    [21, "warning"],
    [22, "attention"],
  ] as const)
    it(`${days} days overdue: the card looks ${style}`, async () => {
      await calendar.comes(six(days));
      const shown = await jonas.sees(new RegExp(`A review is ${days} days overdue`));
      assert.match(readable(shown.card), new RegExp(`Days overdue\n${days}`));
      assert.equal(styleOf(shown), style);
    });

  it("the card counts the days in its place, and turns more urgent", async () => {
    await calendar.comes(six(14));
    const first = await jonas.sees(/14 days overdue/);
    await calendar.comes(six(15));
    const later = await jonas.sees(/15 days overdue/);
    assert.deepEqual([later.id, styleOf(later)], [first.id, "warning"]);
    assert.equal(await cards(), 1);
  });

  it("marked reviewed: the card says by whom, and it is asked about again after its cadence", async () => {
    await calendar.comes(six(3));
    const shown = await jonas.sees(/3 days overdue/);
    const answer = await jonas.clicks(shown, "Mark Reviewed");
    assert.match(cardOf(answer), /Reviewed by Jonas Weber/);
    assert.deepEqual(buttonsOf(answer.value as Record<string, unknown>), []);
    await jonas.sees(/Reviewed by Jonas Weber/);
    await calendar.comes(six(3 + 89));
    assert.equal((await reviews()).length, 1);
    await calendar.comes(six(3 + 90));
    await jonas.sees(/A review is due today/);
    assert.equal(await audited("review.reviewed"), 1);
    const listed = await listAgents(office.pool, office.app.ports.tenantId, { named: AGENT });
    assert.equal(listed[0]?.nextReview, addDays(DUE, 3 + 90), "the registry's list knows of it");
    await jonas.says("agent Invoice Agent");
    await jonas.sees(new RegExp(`Last review\n${inWords(3)}, next by ${inWords(3 + 90)}`));
  });

  it("day 6 without an answer changes nothing; on day 7 it is degraded, and the platform team is told by card", async () => {
    await calendar.comes(six(0));
    await jonas.sees(/due today/);
    await calendar.comes(six(6));
    assert.equal(await status(), null);
    await calendar.comes(six(7));
    assert.equal(await status(), "degraded");
    assert.match(readable((await sofia.sees(/A review is 7 days overdue/)).card), /it is degraded until somebody does/);
    await jonas.sees(/This is reminder 2/);
    const { rows } = await office.pool.query("select actor, actor_kind, to_status from agent_event");
    assert.deepEqual(rows, [{ actor: "review-reminder", actor_kind: "flow", to_status: "degraded" }]);
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "degraded");

    await calendar.comes(six(8));
    assert.equal(await cards(), 2, "nobody is told twice");
    const shown = await jonas.sees(/8 days overdue/);
    await jonas.clicks(shown, "Mark Reviewed");
    assert.equal(await status(), "active", "an answer brings it back");
    await sofia.sees(/Reviewed by Jonas Weber/);
  });

  it("what somebody suspended meanwhile is not brought back by an answer", async () => {
    await calendar.comes(six(0));
    await calendar.comes(six(7));
    await jonas.sees(/7 days overdue/);
    await office.pool.query("update agent_pointer set status = 'suspended' where agent_id = $1", [AGENT]);
    await office.pool.query(
      `insert into agent_event (tenant_id, agent_id, from_status, to_status, actor, actor_kind, why)
       select tenant_id, agent_id, 'degraded', 'suspended', 'sofia', 'operator', 'odd answers' from agent_pointer where agent_id = $1`,
      [AGENT],
    );
    await jonas.clicks(await jonas.sees(/7 days overdue/), "Mark Reviewed");
    assert.equal(await status(), "suspended");
  });

  it("an extension asks for a day and a reason, and says what is wrong with them on the card", async () => {
    await calendar.comes(six(0));
    const shown = await jonas.sees(/due today/);
    const far = await jonas.clicks(shown, "Put it off", { until: addDays(DUE, 31), reason: "year end" });
    assert.match(cardOf(far), /30 days at most/);
    assert.deepEqual((await reviews())[0]?.state, "open");
    const none = await jonas.clicks(shown, "Put it off", { until: addDays(DUE, 5), reason: " " });
    assert.match(cardOf(none), /Say why/);
    const done = await jonas.clicks(shown, "Put it off", { until: addDays(DUE, 5), reason: "year end" });
    assert.match(cardOf(done), new RegExp(`Put off until ${addDays(DUE, 5)} by Jonas Weber`));
    await calendar.comes(six(4));
    assert.equal((await reviews()).length, 1);
    await calendar.comes(six(5));
    const again = await jonas.sees(/due today/);
    assert.ok(!buttonsOf(again.card).some(({ title }) => title === "Put it off"), "once");
    const forged = { verb: "review.extend", data: { reviewId: buttonsOf(again.card)[0]?.data.reviewId } };
    const refused = await jonas.clicks(
      again,
      "Mark Reviewed",
      { until: addDays(DUE, 9), reason: "again" },
      { button: forged },
    );
    assert.match(cardOf(refused), /possible once/);
  });

  it("deprecating asks first and names what stops; then it serves nobody any more", async () => {
    await calendar.comes(six(0));
    const shown = await jonas.sees(/due today/);
    assert.match(readable(shown.card), /This stops at once and for good: overdue invoices, invoice status/);
    const answer = await jonas.clicks(shown, "Deprecate it for good");
    assert.match(cardOf(answer), /Deprecated by Jonas Weber/);
    assert.equal(await status(), "deprecated");
    await until(
      async () =>
        (await office.app.ports.router.route("Which Fabrikam invoices are overdue?")).chosen?.agentId !== AGENT,
    );
    await calendar.comes(six(100));
    assert.equal((await reviews()).length, 1, "it is never asked about again");
  });

  it("only the owner and the platform team may answer; whoever may not learns why, and nothing changes", async () => {
    await calendar.comes(six(0));
    const shown = await jonas.sees(/due today/);
    for (const title of ["Mark Reviewed", "Put it off", "Deprecate it for good"]) {
      const refused = await maya.clicks(shown, title, { until: addDays(DUE, 3), reason: "me", owner: maya.person.upn });
      assert.equal(refused.statusCode, 403);
      assert.match(JSON.stringify(refused.value), /up to the owner of the agent.*Nothing was changed/);
    }
    assert.deepEqual(
      (await reviews()).map(({ state }) => state),
      ["open"],
    );
    assert.equal(
      await audited("review.attempt-refused"),
      3 + 2 + 1,
      "attempts are evidence, those of other stories too",
    );
    await sofia.clicks(shown, "Mark Reviewed");
    await jonas.sees(/Reviewed by Sofia Rossi/);
  });

  it("a second and a stale click get the card as it is, and change nothing", async () => {
    await calendar.comes(six(0));
    const shown = await jonas.sees(/due today/);
    await Promise.all([jonas.clicks(shown, "Mark Reviewed"), sofia.clicks(shown, "Mark Reviewed")]);
    const stale = await jonas.clicks(shown, "Deprecate it for good");
    assert.match(cardOf(stale), /Reviewed by (Jonas Weber|Sofia Rossi)/);
    assert.equal(await status(), null);
    assert.deepEqual(
      (await reviews()).map(({ state }) => state),
      ["reviewed"],
    );
  });

  it("two processes fire the same schedule: one card", async () => {
    calendar.is(six(0));
    const { ports } = office.app;
    const others = Array.from({ length: 3 }, () => openPool(office.databaseUrl, { name: "another process", max: 2 }));
    await Promise.all([ports.pool, ...others].map((pool) => lookAfterFleet({ ...ports, pool })));
    await Promise.all(others.map((pool) => pool.end()));
    assert.equal(await cards(), 1);
    await jonas.sees(/due today/);
    assert.equal(jonas.all().filter(({ card }) => /review/.test(readable(card))).length, 1);
  });

  it("a process that was down at 06:00 catches up once, however long it was down", async () => {
    await calendar.comes(`${addDays(DUE, -1)}T05:00:00Z`);
    await calendar.comes(`${addDays(DUE, 3)}T17:30:00Z`);
    await jonas.sees(/3 days overdue/);
    await calendar.comes(`${addDays(DUE, 3)}T17:45:00Z`);
    assert.equal(await cards(), 1);
    const { rows } = await office.pool.query("select done_for from flow_schedule where name = 'reviews'");
    assert.deepEqual(rows, [{ done_for: new Date(six(3)) }]);
    await calendar.comes(`${addDays(DUE, 4)}T05:59:00Z`);
    const { rows: before } = await office.pool.query("select done_for from flow_schedule where name = 'reviews'");
    assert.deepEqual(before, rows, "not before its hour");
  });
});
