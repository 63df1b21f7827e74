import assert from "node:assert/strict";
import { readContexts, shelves } from "../../src/cluster/context.ts";
import { ConnectorError } from "../../src/connector/client.ts";
import { openAgentsPool } from "../../src/memory/account/open.ts";
import { refreshOrganisation } from "../../src/memory/organisation/refresh.ts";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("what a coordinator knows of its cluster reaches its agents (R3.1)", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const scenes = [
    [
      "sales",
      "the account hierarchy",
      "Give me an overview of Fabrikam",
      "select name from crm.customer where parent_customer_id = (select customer_id from crm.customer where name = 'Fabrikam')",
    ],
    [
      "finance",
      "the chart of accounts",
      "Which cost centers are over budget?",
      "select distinct group_name from erp.ledger_account join erp.budget_line using (account_id) where actual_to_date > budget_to_date order by 1 limit 1",
    ],
    [
      "it-security",
      "the service catalogue",
      "Show me change CHG-602",
      "select p.name from itsm.change_request c join itsm.service s using (service_id) join itsm.person p on p.upn = s.owner where change_id = 'CHG-602'",
    ],
  ] as const;
  for (const [cluster, what, says, truth] of scenes)
    it(`${cluster}: ${what}, in the answer to “${says}”`, async () => {
      const person = office.colleague("noah.fischer");
      await person.says(says);
      const said = readable((await person.sees(/Source:/)).card);
      const { rows } = await office.pool.query<Record<string, string>>(truth);
      assert.ok(rows.length > 0);
      for (const text of rows.flatMap(Object.values))
        assert.ok(said.includes(text), `${text} is not on the card:\n${said}`);
    });

  it("hr-legal: the policy catalogue, where no policy says anything about what was asked", async () => {
    const person = office.colleague("noah.fischer");
    await person.says("What are the guidelines for tattoos?");
    const shown = await person.sees(/Which of these do you mean|Source:/);
    if (!/Source:/.test(readable(shown.card))) await person.clicks(shown, "Policy question (Policy Lookup)");
    const said = readable((await person.sees(/No policy says anything about that/)).card);
    const { rows } = await office.pool.query<{ title: string }>("select title from hris.policy");
    for (const { title } of rows) assert.ok(said.includes(title), `${title} is not on the card:\n${said}`);
  });

  it("an answer that rests on it says so, and of which day it is", async () => {
    const person = office.colleague("noah.fischer");
    await person.says("Give me an overview of Fabrikam");
    await person.sees(/organisational memory, from the CRM of \d+ \w+ \d{4}/);
  });

  it("a system that is away at night takes nothing of it back, and the others are read anew", async () => {
    const { planner, pool, tenantId } = office.app.ports;
    const agents = await openAgentsPool({ owner: office.pool, databaseUrl: office.databaseUrl, configured: undefined });
    const read = async (tool: string) => {
      if (tool.startsWith("crm.")) throw new ConnectorError("not-done", "away");
      return (await planner.connectors.call({ tool, args: {} })).data;
    };
    const opened = () => readContexts({ tenantId, db: pool, pool, agents, read }, () => {});
    const before = await opened();
    await assert.rejects(refreshOrganisation({ pool, tenantId, read }, shelves), /away/);
    const after = await opened();
    await agents.end();
    assert.deepEqual(after.of("sales"), before.of("sales"));
    assert.ok((after.of("finance").known.accounts as unknown[]).length > 20);
    assert.notDeepEqual(after.of("finance").sources, before.of("finance").sources, "another day");
    assert.deepEqual(Object.keys(after.of("hr-legal").known), ["policies", "people"]);
    assert.deepEqual(after.of("nobody"), { known: {}, sources: [] });
  });
});
