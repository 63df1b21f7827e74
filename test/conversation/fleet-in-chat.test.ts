import assert from "node:assert/strict";
import { transition } from "../../src/registry/transition.ts";
import { transaction } from "../../src/store/pool.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Answer, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("the fleet in chat", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const fleet = theRegistry().agents;
  const cardIn = ({ value }: Answer) => value as Record<string, unknown>;
  const asks = async (text: string, sees: RegExp, who = "noah.fischer") => {
    const person = office.colleague(who);
    await person.says(text);
    return { person, shown: await person.sees(sees) };
  };

  it("lists who there is with owner and status, page by page, each agent once", async () => {
    const { person, shown } = await asks("fleet", new RegExp(`^${fleet.length} agents`, "m"));
    const seen: string[] = [];
    let card = shown.card;
    for (;;) {
      const said = readable(card);
      seen.push(...fleet.map(({ display_name }) => display_name).filter((name) => said.split("\n").includes(name)));
      if (!buttonsOf(card).some(({ title }) => title === "Next")) break;
      card = cardIn(await person.clicks({ ...shown, card }, "Next"));
    }
    assert.deepEqual(seen.toSorted(), fleet.map(({ display_name }) => display_name).toSorted());
    assert.match(readable(shown.card), /Finance · .+ · (acts|reads) · \d+ intents/);
  });

  it("can be asked for one cluster or one status, in words and on the card", async () => {
    const { person, shown } = await asks("fleet it", /agents/);
    const expected = fleet.filter(({ cluster_id }) => cluster_id === "it-security").length;
    assert.match(readable(shown.card), new RegExp(`^${expected} agents`, "m"));
    assert.doesNotMatch(readable(shown.card), /· Priya Nair ·|Finance ·/);
    const none = cardIn(await person.clicks(shown, "Show", { cluster: "", status: "suspended" }));
    assert.match(readable(none), /^0 agents[\s\S]*No agent is like that/m);
  });

  it("shows one agent: owner, status, scopes, version, reviews, its life, and what it was used for", async () => {
    await asks("Which invoices are overdue?", /Overdue invoices/);
    const invoice = fleet.find(({ display_name }) => display_name === "Invoice Agent");
    assert.ok(invoice !== undefined);
    const wish = { agentId: invoice.agent_id, why: "its figures were wrong", hasOwner: true } as const;
    const sofia = "00000000-0000-4000-8000-000000000006";
    const { pool } = office;
    const { tenantId } = office.app.ports;
    await transaction(pool, (tx) => transition(tx, tenantId, { ...wish, to: "degraded", by: sofia, as: "operator" }));
    await until(() => office.app.ports.registry.byId.get(invoice.agent_id)?.status === "degraded");
    const { shown } = await asks("agent invoice agent", /Invoice Agent[\s\S]*degraded/);
    const said = readable(shown.card);
    assert.match(said, /Owner\nJonas Weber/);
    assert.match(said, /erp\.receivables \\\(confidential/);
    assert.match(said, /Last 7 days\n1 turns? of 1 people/);
    assert.match(said, /active → degraded by Sofia Rossi: its figures were wrong/);
    await transaction(pool, (tx) => transition(tx, tenantId, { ...wish, to: "active", by: sofia, as: "operator" }));
  });

  it("a button shows the details below the list, and near names are offered", async () => {
    const { person, shown } = await asks("fleet sales", /agents/);
    await person.clicks(shown, "Details");
    await person.sees(/Reads and writes/);
    await asks("agent invoise agent", /There is no agent “invoise agent”[\s\S]*Near it: Invoice Agent/);
  });

  it("shows a stranger nothing, and leaves sentences alone that only begin alike", async () => {
    const stranger = office.stranger("Alex Unknown");
    await stranger.says("fleet");
    await stranger.sees(/This is for people of the company/);
    const { person } = await asks("fleet vehicles need new tyres", /[\s\S]/);
    assert.ok(!person.all().some(({ card }) => /fleet vehicles/.test(readable(card)) && /Page/.test(readable(card))));
  });

  it("a filter, a page or an agent that a card cannot have sent changes nothing", async () => {
    const { person, shown } = await asks("fleet", /agents/);
    const data = { verb: "fleet.show", cluster: "${x}", status: "'; drop", page: 999_999 };
    assert.match(readable(cardIn(await person.clicks(shown, "Show", {}, { button: { data } }))), /0 agents/);
    const gone = { verb: "fleet.agent", agentId: "11111111-1111-4111-8111-111111111111" };
    const told = await person.clicks(shown, "Details", {}, { button: { data: gone, verb: "fleet.agent" } });
    assert.match(JSON.stringify(told), /That agent is gone/);
  });
}).timeout(60_000);
