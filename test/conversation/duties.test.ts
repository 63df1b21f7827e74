import assert from "node:assert/strict";
import { addDays } from "../../src/review/day.ts";
import { dueOn, NOTHING_DECIDED } from "../../src/review/reviews/review.ts";
import { type Calendar, calendarOf } from "../support/calendar.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const agent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent");
assert.ok(agent);
const { agent_id: AGENT } = agent;
const DUE = dueOn(agent, NOTHING_DECIDED);
const DAY = addDays(DUE, 2);

describe("what waits for whoever answers for agents, typed and listed", () => {
  let office: Office;
  let calendar: Calendar;
  let jonas: Colleague;
  let helena: Colleague;
  let daniel: Colleague;
  let sofia: Colleague;
  let maya: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    calendar = calendarOf(office);
  });
  beforeEach(async () => {
    calendar.waits();
    await office.pool.query("truncate review, incident, vacancy, sunset, agent_event");
    await office.pool.query("update agent_pointer set status = null, owner_upn = null");
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "active");
    calendar.is(`${DAY}T09:00:00Z`);
    [jonas, helena, daniel, sofia, maya] = [
      "jonas.weber",
      "helena.okafor",
      "daniel.kim",
      "sofia.rossi",
      "maya.lindqvist",
    ].map((name) => office.colleague(name)) as [Colleague, Colleague, Colleague, Colleague, Colleague];
  });
  after(async () => {
    calendar.back();
    await office.close();
  });

  const insert = (sql: string): Promise<unknown> => office.pool.query(sql, [office.app.ports.tenantId, AGENT]);
  const dueReview = (): Promise<unknown> =>
    insert(`insert into review (tenant_id, review_id, agent_id, due_on, state, asked_at)
            values ($1, gen_random_uuid(), $2, '${DUE}', 'open', '${DUE}T06:00:00Z')`);
  const incident = (kind: string): Promise<unknown> =>
    insert(`insert into incident (tenant_id, incident_id, agent_id, kind, state, opened_at, heard_at)
            values ($1, gen_random_uuid(), $2, '${kind}', 'open', '${DAY}T08:00:00Z', '${DAY}T08:00:00Z')`);
  const vacancy = (): Promise<unknown> =>
    insert(`insert into vacancy (tenant_id, vacancy_id, agent_id, reason, former_owner, state, opened_at)
            values ($1, gen_random_uuid(), $2, 'left', 'jonas.weber@contoso.example', 'open', '${DAY}T08:00:00Z')`);
  const sunset = (): Promise<unknown> =>
    insert(`insert into sunset (tenant_id, sunset_id, agent_id, ends_on, stage, stage_at)
            values ($1, gen_random_uuid(), $2, '${agent.deprecation_date}', 'warned', '${DAY}T08:00:00Z')`);
  const stateOf = async (table: "review" | "incident" | "vacancy"): Promise<string | undefined> =>
    (await office.pool.query<{ state: string }>(`select state from ${table} where agent_id = $1`, [AGENT])).rows[0]
      ?.state;
  const suspend = async (): Promise<void> => {
    await insert("update agent_pointer set status = 'suspended' where tenant_id = $1 and agent_id = $2");
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "suspended");
  };

  it("“reviews” lists it all, and gives a lost card back with its buttons", async () => {
    await Promise.all([dueReview(), incident("anomaly_flag"), sunset()]);
    await jonas.says("reviews");
    const list = await jonas.sees(/Waiting on you, for agents: 3/);
    const text = readable(list.card);
    assert.match(text, /Invoice Agent: anomaly flag[\s\S]*or type: acknowledge Invoice Agent/);
    assert.match(text, /Invoice Agent: its last day comes/);
    assert.match(text, /Invoice Agent: its review[\s\S]*2 days overdue/);
    const review = buttonsOf(list.card).find(({ data }) => data.of === "review");
    assert.ok(review);
    await jonas.clicks(list, "Open", {}, { button: review });
    const card = await jonas.sees(/A review is 2 days overdue/);
    await jonas.clicks(card, "Mark Reviewed");
    assert.equal(await stateOf("review"), "reviewed");
  });

  it("a card that was given back follows what happens, like the first one", async () => {
    await incident("latency_breach");
    await jonas.says("reviews");
    const list = await jonas.sees(/for agents: 1/);
    await jonas.clicks(list, "Open");
    await jonas.sees(/Slower than it may be: the agent is active/);
    await sofia.says("acknowledge invoice agent");
    await sofia.sees(/Invoice Agent: acknowledged \(latency breach\)/);
    await jonas.sees(/acknowledged by Sofia Rossi/);
  });

  it("everybody sees their own; the platform team stands in; leads see who has to be named", async () => {
    await Promise.all([dueReview(), vacancy()]);
    for (const [who, n] of [
      [maya, 0],
      [jonas, 1],
      [helena, 1],
      [sofia, 2],
    ] as const) {
      await who.says("reviews");
      await who.sees(new RegExp(`Waiting on you, for agents: ${n}`));
    }
    await sofia.says("reviews");
    const list = await sofia.sees(/for agents: 2/);
    for (const button of buttonsOf(list.card).filter(({ title }) => title === "Open"))
      assert.equal((await maya.clicks(list, "Open", {}, { button })).statusCode, 403);
    const gone = { verb: "duty.open", data: { verb: "duty.open", of: "review", id: AGENT } };
    assert.equal((await jonas.clicks(list, "Open", {}, { button: gone })).statusCode, 404);
  });

  it("reviewed, put off, deprecated: typed, under the same rules as the buttons", async () => {
    await dueReview();
    await maya.says("reviewed Invoice Agent");
    await maya.sees(/You cannot decide this[\s\S]*up to the owner/);
    await jonas.says(`extend invoice agent until ${addDays(DAY, 31)}: year end`);
    await jonas.sees(/is too far away: a review is put off for 30 days at most/);
    await jonas.says(`extend invoice agent until ${addDays(DAY, 5)}`);
    await jonas.sees(/Say why you need more time/);
    await jonas.says("deprecate Invoice Agent");
    await jonas.sees(/This stops at once and for good[\s\S]*type: deprecate Invoice Agent for good/);
    assert.equal(await stateOf("review"), "open", "asked first");
    await jonas.says(`extend invoice agent until ${addDays(DAY, 5)}: year end`);
    await jonas.sees(new RegExp(`The review of Invoice Agent is put off until ${addDays(DAY, 5)}`));
    await jonas.says("reviewed invoice agent");
    await jonas.sees(/No review of Invoice Agent waits for an answer/);
  });

  it("deprecate for good: it is deprecated", async () => {
    await dueReview();
    await jonas.says("deprecate invoice-agent for good");
    await jonas.sees(/The review of Invoice Agent has ended with its deprecation/);
    await until(() => office.app.ports.registry.byId.get(AGENT)?.status === "deprecated");
  });

  it("acknowledge says what it was, once; put back asks for a reason and for the right people", async () => {
    await Promise.all([incident("security_incident"), sunset()]);
    await suspend();
    await jonas.says("put back Invoice Agent: it is fine");
    await jonas.sees(/After a security incident the platform team and security decide/);
    await daniel.says("put back Invoice Agent: it is fine");
    await daniel.sees(/Acknowledge it first/);
    await jonas.says("acknowledge Invoice Agent");
    await jonas.sees(/acknowledged \(security incident, its last day/);
    await jonas.says("acknowledge Invoice Agent");
    await jonas.sees(/Nothing about Invoice Agent waits to be acknowledged/);
    await daniel.says("put back Invoice Agent");
    await daniel.sees(/Say why it may serve again/);
    await daniel.says("put back Invoice Agent: a false alarm");
    await daniel.sees(/Invoice Agent is back in service/);
    assert.equal(await stateOf("incident"), "closed");
  });

  it("an owner is named by typing their name; one that nobody has is said to be unknown", async () => {
    await vacancy();
    await helena.says("name Nobody Known for Invoice Agent");
    await helena.sees(/I cannot tell who “Nobody Known” is/);
    await jonas.says("name Priya Nair for Invoice Agent");
    await jonas.sees(/up to the lead of the cluster/);
    await helena.says("name Priya Nair as owner of Invoice Agent");
    await helena.sees(/Priya Nair answers for Invoice Agent now/);
    assert.equal(await stateOf("vacancy"), "filled");
  });

  it("words that only look like it are routed", async () => {
    await maya.says("acknowledge the receipt of invoice INV-1042");
    await until(
      async () => (await office.pool.query("select 1 from turn where text like 'acknowledge%'")).rowCount === 1,
    );
  });
});
