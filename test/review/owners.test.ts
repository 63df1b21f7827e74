import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sinon from "sinon";
import { listAgents } from "../../src/registry/listing/store.ts";
import { addDays } from "../../src/review/day.ts";
import { lookAfterFleet } from "../../src/review/look-after.ts";
import { dueOn, isSilent, NOTHING_DECIDED } from "../../src/review/reviews/review.ts";
import { nextOf, type Vacancy } from "../../src/review/vacancies/vacancy.ts";
import { openPool } from "../../src/store/pool.ts";
import { type Calendar, calendarOf } from "../support/calendar.ts";
import { readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Answer, type Colleague, type Office, openOffice } from "../support/office.ts";
import { aReview } from "../support/samples.ts";
import { until } from "../support/until.ts";

const agent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent");
assert.ok(agent);
const { agent_id: AGENT, owner_upn: JONAS } = agent;
const DUE = dueOn(agent, NOTHING_DECIDED);
const six = (days: number): string => `${addDays(DUE, days)}T06:00:00Z`;
/** Before any review of the sample fleet is due. */
const early = (days: number): string => `${addDays("2026-12-01", days)}T09:00:00Z`;

describe("an agent for which nobody answers", () => {
  it("silent is whoever left three reminders unanswered, and not a day before", () => {
    const review = { ...aReview(), askedAt: new Date(six(0)), reminded: 3 };
    assert.ok(!isSilent(review, new Date(six(20))));
    assert.ok(isSilent(review, new Date(six(21))));
    assert.ok(!isSilent({ ...review, reminded: 2 }, new Date(six(21))), "who was asked twice");
  });

  it("is suspended after seven days; not where somebody is back, and not twice", () => {
    const vacancy: Vacancy = {
      ...{
        vacancyId: "v",
        agentId: AGENT,
        reason: "left",
        formerOwner: JONAS,
        openedAt: new Date(early(0)),
        version: 1,
      },
      ...{ suspendedAt: null, state: "open", ownerUpn: null, namedBy: null },
    };
    const now = { status: "degraded", isStill: true } as const;
    assert.equal(nextOf(vacancy, now, new Date(early(6))), undefined);
    assert.equal(nextOf(vacancy, now, new Date(early(7))), "suspend");
    assert.equal(nextOf({ ...vacancy, suspendedAt: new Date(early(7)) }, now, new Date(early(9))), undefined);
    assert.equal(nextOf(vacancy, { ...now, isStill: false }, new Date(early(1))), "end");
    assert.equal(nextOf(vacancy, { ...now, status: "deprecated" }, new Date(early(1))), "end");
  });
});

describe("somebody answers for every agent", () => {
  let office: Office;
  let calendar: Calendar;
  let owner: sinon.SinonStub<[string], string | undefined>;
  let jonas: Colleague;
  let helena: Colleague;
  let priya: Colleague;
  let maya: Colleague;
  let folder: string;
  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), "signalbox-people-"));
    const peopleFile = join(folder, "people.json");
    await copyFile("env/local/people.json", peopleFile);
    office = await openOffice({ peopleFile });
    calendar = calendarOf(office);
    await office.colleague("jonas.weber").says("help");
  });
  beforeEach(async () => {
    calendar.waits();
    owner = sinon.stub(office.app.ports, "ownerOf").callThrough();
    await office.pool.query("truncate vacancy, review, flow_schedule, agent_event");
    await office.pool.query("delete from card_copy where subject_kind in ('vacancy', 'review')");
    await office.pool.query("update agent_pointer set status = null, owner_upn = null");
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => {
      const now = office.app.ports.registry.byId.get(AGENT);
      return now?.status === "active" && now.owner_upn === JONAS;
    });
    // The others were reviewed long after the days of these stories.
    await office.pool.query(
      `insert into review (tenant_id, review_id, agent_id, due_on, state, asked_at, decided_by, decided_at)
       select tenant_id, gen_random_uuid(), agent_id, '2026-01-01', 'reviewed', '2026-01-01', 'somebody', '2029-01-01'
         from agent_pointer where agent_id <> $1`,
      [AGENT],
    );
    [jonas, helena, priya, maya] = ["jonas.weber", "helena.okafor", "priya.nair", "maya.lindqvist"].map((name) =>
      office.colleague(name),
    ) as [Colleague, Colleague, Colleague, Colleague];
  });
  afterEach(() => owner.restore());
  after(async () => {
    calendar.back();
    await office.close();
    await rm(folder, { recursive: true });
  });

  /** The directory does not know the owner any more. */
  const ownerLeaves = (): void => {
    owner.withArgs(AGENT).returns(undefined);
  };
  const status = async (): Promise<string | null> =>
    (
      await office.pool.query<{ status: string | null }>("select status from agent_pointer where agent_id = $1", [
        AGENT,
      ])
    ).rows[0]?.status ?? null;
  const cards = async (): Promise<number> =>
    (await office.pool.query("select 1 from card_copy where subject_kind = 'vacancy'")).rowCount ?? 0;
  const cardOf = (answer: Answer): string => readable(answer.value as Record<string, unknown>);
  const ownerNow = (): string | undefined => office.app.ports.registry.byId.get(AGENT)?.owner_upn;

  it("an owner who left: degraded, and the lead of the cluster is asked to name somebody of its people", async () => {
    ownerLeaves();
    await calendar.comes(early(0));
    assert.equal(await status(), "degraded");
    const shown = await helena.sees(/Nobody answers for this agent[\s\S]*Invoice Agent/);
    const text = readable(shown.card);
    assert.match(text, /Jonas Weber has left/);
    assert.ok(text.indexOf("Priya Nair") < text.indexOf("Viktor Petrov"), "the people of the cluster come first");
    await calendar.comes(early(1));
    assert.equal(await cards(), 1);
  });

  it("an owner who leaves while the bot runs is noticed: no restart is needed", async () => {
    const file = join(folder, "people.json");
    const before = await readFile(file, "utf8");
    const { directory } = office.app.ports;
    const isHere = (): boolean | undefined => directory.byUpn(JONAS)?.enabled;
    const people = JSON.parse(before) as { upn: string; enabled: boolean }[];
    await writeFile(file, JSON.stringify(people.map((one) => ({ ...one, enabled: one.enabled && one.upn !== JONAS }))));
    await until(() => isHere() === false);
    await calendar.comes(early(0));
    await helena.sees(/Nobody answers for this agent[\s\S]*Jonas Weber has left/);
    await writeFile(file, before);
    await until(() => isHere() === true);
    await calendar.comes(early(1));
    await helena.sees(/Nobody needs to be named any more/);
  });

  it("nobody is named for seven days: suspended; whoever is named then brings it back at once", async () => {
    ownerLeaves();
    await calendar.comes(early(0));
    await calendar.comes(early(6));
    assert.equal(await status(), "degraded");
    await calendar.comes(early(7));
    assert.equal(await status(), "suspended");
    const shown = await helena.sees(/Nobody answers for this agent: it is suspended/);
    const answer = await helena.clicks(shown, "Name the owner", { owner: priya.person.aadObjectId });
    assert.match(cardOf(answer), /Priya Nair answers for it[\s\S]*Named by Helena Okafor/);
    assert.equal(await status(), "active");
    await priya.sees(/You answer for Invoice Agent now/);
  });

  it("whoever was named answers for it in every process, whatever its record says, and gets its reviews", async () => {
    ownerLeaves();
    await calendar.comes(early(0));
    await helena.clicks(await helena.sees(/Nobody answers/), "Name the owner", { owner: priya.person.aadObjectId });
    await until(() => ownerNow() === priya.person.upn);
    owner.restore();
    const listed = await listAgents(office.pool, office.app.ports.tenantId, { named: AGENT, owner: "priya.nair" });
    assert.equal(listed[0]?.owner, priya.person.upn);
    await calendar.comes(six(0));
    const shown = await priya.sees(/A review is due today/);
    assert.match(readable(shown.card), /Owner\npriya\.nair@contoso\.example/);
    const refused = await jonas.clicks(shown, "Mark Reviewed");
    assert.equal(refused.statusCode, 403, "whoever answered before does not any more");
    assert.match(cardOf(await priya.clicks(shown, "Mark Reviewed")), /Reviewed by Priya Nair/);
  });

  it("an owner who is silent after three reminders: the lead is asked; whoever is named is asked afresh", async () => {
    await calendar.comes(six(0));
    await jonas.sees(/due today/);
    await calendar.comes(six(7));
    await calendar.comes(six(14));
    await jonas.sees(/This is reminder 3/);
    await calendar.comes(six(20));
    assert.equal(await cards(), 0);
    await calendar.comes(six(21));
    const shown = await helena.sees(/Jonas Weber does not answer, after three reminders/);
    await helena.clicks(shown, "Name the owner", { owner: priya.person.aadObjectId });
    assert.equal(await status(), "active");
    await until(() => ownerNow() === priya.person.upn);
    await calendar.comes(six(22));
    await priya.sees(/A review is 22 days overdue/);
    assert.equal(await status(), "active", "seven days for whoever is new");
    await calendar.comes(six(28));
    assert.equal(await status(), "degraded");
  });

  it("a silent owner who answers after all: nobody needs to be named", async () => {
    for (const days of [0, 7, 14, 21]) await calendar.comes(six(days));
    await helena.sees(/after three reminders/);
    await jonas.clicks(await jonas.sees(/21 days overdue/), "Mark Reviewed");
    await calendar.comes(six(21));
    await helena.sees(/Nobody needs to be named any more/);
    assert.equal(await status(), "active");
  });

  it("only the lead and the platform team name owners, and only people who are here", async () => {
    ownerLeaves();
    await calendar.comes(early(0));
    const shown = await helena.sees(/Nobody answers/);
    const refused = await maya.clicks(shown, "Name the owner", { owner: maya.person.aadObjectId });
    assert.equal(refused.statusCode, 403);
    const { people } = office.app.ports.directory;
    const nobody = people
      .filter(({ kind, enabled }) => kind !== "person" || !enabled)
      .map(({ aadObjectId }) => aadObjectId);
    assert.ok(nobody.length >= 3, "somebody who left, a mailbox, a team");
    for (const one of [...nobody, "", "priya"])
      assert.match(
        cardOf(await helena.clicks(shown, "Name the owner", { owner: one })),
        /Choose a person of the directory/,
      );
    const { rows } = await office.pool.query("select owner_upn from agent_pointer where agent_id = $1", [AGENT]);
    assert.deepEqual(rows, [{ owner_upn: null }]);
  });

  it("two leads name somebody at once: one counts, and both read the same name", async () => {
    ownerLeaves();
    await calendar.comes(early(0));
    const shown = await helena.sees(/Nobody answers/);
    const sofia = office.colleague("sofia.rossi");
    const answers = await Promise.all([
      helena.clicks(shown, "Name the owner", { owner: priya.person.aadObjectId }),
      sofia.clicks(shown, "Name the owner", { owner: maya.person.aadObjectId }),
    ]);
    const named = answers.map((answer) => /(\S+ \S+) answers for it/.exec(cardOf(answer))?.[1]);
    assert.equal(new Set(named).size, 1);
  });

  it("two processes look at once: one card", async () => {
    ownerLeaves();
    calendar.is(early(0));
    const { ports } = office.app;
    const others = Array.from({ length: 3 }, () => openPool(office.databaseUrl, { name: "another process", max: 2 }));
    await Promise.all([ports.pool, ...others].map((pool) => lookAfterFleet({ ...ports, pool })));
    await Promise.all(others.map((pool) => pool.end()));
    assert.equal(await cards(), 1);
  });
});
