import assert from "node:assert/strict";
import { readContexts } from "../../src/cluster/context.ts";
import { ConnectorError, type Connectors } from "../../src/connector/client.ts";
import { ownReads } from "../../src/policy/own-reads.ts";
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

  it("a system that is away later takes nothing of it back", async () => {
    const { connectors } = office.app.ports.planner;
    let isAway = false;
    const flaky: Connectors = {
      ...connectors,
      call: (call) => (isAway ? Promise.reject(new ConnectorError("not-done", "away")) : connectors.call(call)),
    };
    const contexts = await readContexts(ownReads(flaky, office.app.ports.policies), () => {});
    const known = contexts.of("finance");
    isAway = true;
    assert.ok((known.accounts?.length ?? 0) > 20);
    assert.equal(contexts.of("finance"), known);
    assert.deepEqual(contexts.of("nobody"), {});
  });
});
