import assert from "node:assert/strict";
import { after, before, it } from "mocha";
import { ConnectorError } from "../../src/connector/client.ts";
import { type Company, elevated, inHr, startCompany } from "./company.ts";

export type Data = Record<string, unknown>;
/** A tool, its arguments, and what must be true of its answer on the seeded company. */
export type Reading = [tool: string, args: Data, check: (data: Data) => void];
export type Refusal = [what: string, tool: string, args: Data, told: RegExp];

/** The company of one `describe`, and what its tests do there. */
export type Visit = {
  company(): Company;
  read(tool: string, args: Data): Promise<Data>;
  /** with a key of its own, where none is given */
  write(tool: string, args: Data, idempotencyKey?: string): Promise<Data>;
  newKey(): string;
  refused(work: Promise<unknown>, told: RegExp): Promise<void>;
};

export function visitCompany(): Visit {
  let company: Company;
  let keys = 0;
  before(async () => {
    company = await startCompany();
  });
  after(() => company.stop());
  const newKey = () => `key-of-a-test-${++keys}`;
  return {
    company: () => company,
    read: async (tool, args) => (await company.connectors.call({ tool, args, personId: inHr })).data,
    write: async (tool, args, idempotencyKey = newKey()) =>
      (await company.connectors.call(elevated({ tool, args, idempotencyKey, runId: "run-1" }))).data,
    newKey,
    refused: (work, told) =>
      assert.rejects(work, (error) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.outcome, "refused");
        assert.match(error.told ?? "", told);
        return true;
      }),
  };
}

/** One test for each reading, and one for each refusal. */
export function itReads({ company, read, refused }: Visit, readings: Reading[], refusals: Refusal[]): void {
  for (const [tool, args, check] of readings)
    it(`${tool} ${JSON.stringify(args)}`, async () => {
      const { data, source } = await company().connectors.call({ tool, args, personId: inHr });
      assert.equal(source.tool, tool);
      check(data);
    });
  for (const [what, tool, args, told] of refusals)
    it(`refuses ${what}, and says so`, () => refused(read(tool, args), told));
}
