import assert from "node:assert/strict";
import { ConnectorError } from "../../src/connector/client.ts";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("systems, documents and mails that contradict each other (R2.5, R3.2)", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const ask = async (who: string, text: string): Promise<string> => {
    const person = office.colleague(who);
    await person.says(text);
    await person.sees(/Source:/);
    return readable(person.all().at(-1)?.card);
  };
  const conflicts = async (): Promise<{ about: string; cluster: string; counts: string; others: number }[]> => {
    const { rows } = await office.pool.query(
      `select about, cluster_id as cluster, counts->>'authority' as counts, jsonb_array_length(others) as others
         from conflict_event order by at`,
    );
    return rows;
  };

  const scenes = [
    {
      ...{ cluster: "finance", who: "maya.lindqvist", says: "How much budget is left for Finance?" },
      ...{ about: "Annual budget of Finance", others: 1 },
      told: /Annual budget of Finance: 435,300\.00 EUR in the ERP of .+, 448,000\.00 EUR in the document “Budget memo, first draft” of .+; the ERP counts\./,
    },
    {
      ...{ cluster: "sales", who: "noah.fischer", says: "Who is the account manager of Adventure Works?" },
      ...{ about: "Account manager of Adventure Works", others: 2 },
      told: /Chloé? Dubois in the CRM of .+, Anton Nilsson in the document “Account plan Adventure Works” of .+, Hannah Schulz in the mail “Adventure Works: who calls\?” of .+; the CRM counts\./,
    },
    {
      ...{ cluster: "it-security", who: "noah.fischer", says: "Show device DEV-4012" },
      ...{ about: "Holder of DEV-4012", others: 1 },
      told: /Noah Fischer in the service desk of .+, Felix Krüger in the mail “Laptop handed on” of .+; the service desk counts\./,
    },
    {
      ...{ cluster: "hr-legal", who: "amara.diallo", says: "Onboarding checklist for Theo Andersen" },
      ...{ about: "First day of Theo Andersen", others: 1 },
      told: /First day of Theo Andersen: .+ in the HR system of .+, .+ in the mail “Start of Theo” of .+; the HR system counts\./,
    },
  ];
  for (const { cluster, who, says, about, others, told } of scenes)
    it(`${cluster}: the answer says who differs and what counts, and the conflict is kept: “${says}”`, async () => {
      assert.match(await ask(who, says), told);
      const kept = (await conflicts()).at(-1);
      assert.deepEqual(kept, { about, cluster, counts: "system", others });
      const { rows } = await office.pool.query(
        "select data from audit_log where kind = 'turn.conflict' order by seq desc limit 1",
      );
      assert.equal(rows[0]?.data.about, about);
    });

  it("where everything agrees nothing is said and nothing is kept", async () => {
    const before = (await conflicts()).length;
    assert.doesNotMatch(await ask("noah.fischer", "How much budget is left for IT?"), /counts\./);
    assert.doesNotMatch(await ask("noah.fischer", "Who is the account manager of Northwind Traders?"), /counts\./);
    assert.equal((await conflicts()).length, before);
  });

  it("the ledger still answers where the document library does not", async () => {
    const { connectors } = office.app.ports;
    const { call } = connectors;
    connectors.call = (wanted) =>
      wanted.tool.startsWith("docs.")
        ? Promise.reject(new ConnectorError("not-done", "The document library is away."))
        : call(wanted);
    try {
      assert.match(await ask("maya.lindqvist", "How much budget is left for Finance?"), /435,300\.00 EUR/);
    } finally {
      connectors.call = call;
    }
  });
});
