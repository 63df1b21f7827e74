import assert from "node:assert/strict";
import { appendAudit, verifyChain } from "../../src/audit/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";

describe("the audit chain", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
    for (let i = 1; i <= 5; i += 1)
      await appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", data: { i } });
  });
  afterEach(() => database.drop());

  const asVandal = (sql: string) =>
    database.pool.query(`alter table audit_log disable trigger all; ${sql}; alter table audit_log enable trigger all`);

  it("is whole as it was written", async () => {
    const report = await verifyChain(database.pool, tenantId);
    assert.deepEqual([report.links, report.broken], [5, undefined]);
  });

  it("refuses changes and deletions", async () => {
    for (const sql of ["update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log"])
      await assert.rejects(database.pool.query(sql), /append-only/);
  });

  for (const [what, sql, seq] of [
    ["a changed line", "update audit_log set data = '{\"i\": 9}' where seq = 3", 3],
    ["a removed line", "delete from audit_log where seq = 2", 3],
    ["a cut tail", "delete from audit_log where seq = 5", 5],
  ] as const)
    it(`shows ${what}, and where`, async () => {
      await asVandal(sql);
      const { broken } = await verifyChain(database.pool, tenantId);
      assert.ok(broken !== undefined);
      assert.ok(Math.abs(broken.seq - seq) <= 1, `${broken.seq}: ${broken.why}`);
    });

  it("keeps one order when many write at once", async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", data: { i } }),
      ),
    );
    const report = await verifyChain(database.pool, tenantId);
    assert.deepEqual([report.links, report.broken], [35, undefined]);
  });
});
