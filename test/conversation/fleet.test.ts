import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Office, openOffice } from "../support/office.ts";
import { finance } from "./fleet/finance.ts";
import { hrLegal } from "./fleet/hr-legal.ts";
import { itSecurity } from "./fleet/it-security.ts";
import { sales } from "./fleet/sales.ts";

const scenes = [...sales, ...itSecurity, ...finance, ...hrLegal];

describe("every intent of every agent answers with what the systems hold", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  /** Every text in the rows of a query. */
  const textsOf = async (sql: string): Promise<string[]> => {
    const { rows } = await office.pool.query<Record<string, unknown>>(sql);
    return rows.flatMap((row) => Object.values(row).filter((value) => value !== null)).map(String);
  };

  it("is tried here", () => {
    const labels = theRegistry().agents.flatMap(({ intent_patterns }) =>
      intent_patterns.map(({ intent_label }) => intent_label),
    );
    assert.deepEqual([...new Set(scenes.map(({ intent }) => intent))].sort(), labels.sort());
  });

  for (const { intent, says, by = "noah.fischer", truth, not } of scenes)
    it(`${intent}: “${says}”`, async () => {
      const speaker = office.colleague(by);
      const expected = await textsOf(truth);
      assert.ok(expected.length > 0, "the data say nothing about this, so the test would prove nothing");
      await speaker.says(says);
      await speaker.sees(/[\s\S]/);
      const { rows } = await office.pool.query<{ intent: string; outcome: string; reply: { told?: string } }>(
        "select intent, outcome, reply from turn order by created_at desc limit 1",
      );
      const said = readable(speaker.all().at(-1)?.card);
      assert.equal(rows[0]?.intent, intent);
      assert.ok(
        ["answer", "proposal"].includes(rows[0]?.outcome ?? ""),
        `${rows[0]?.outcome}: ${rows[0]?.reply.told ?? said}`,
      );
      assert.doesNotMatch(said, /undefined|NaN|\[object|\{steps\.|\{slots\.|\{computed\./);
      for (const text of expected) assert.ok(said.includes(text), `“${text}” is not on the card:\n${said}`);
      for (const text of not === undefined ? [] : await textsOf(not))
        assert.ok(!said.includes(text), `“${text}” is on the card:\n${said}`);
    });
});
