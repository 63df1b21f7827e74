import assert from "node:assert/strict";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { transaction } from "../../src/store/pool.ts";
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

  for (const [what, sql, seq, why] of [
    ["a changed line", "update audit_log set data = '{\"i\": 9}' where seq = 3", 3, /content was changed/],
    ["a changed actor", "update audit_log set actor = 'nobody' where seq = 3", 3, /content was changed/],
    [
      "a changed time",
      "update audit_log set at = at + interval '1 microsecond' where seq = 3",
      3,
      /content was changed/,
    ],
    ["a line of another kind", "update audit_log set kind = 'turn.clarify' where seq = 5", 5, /content was changed/],
    ["a removed line", "delete from audit_log where seq = 2", 3, /missing before it/],
    ["a cut tail", "delete from audit_log where seq = 5", 5, /missing at the end/],
    [
      "a line emptied as if its time were over",
      "update audit_log set data = null, actor = null, pruned = 'conversation' where seq = 2",
      2,
      /no link says that it was pruned/,
    ],
  ] as const)
    it(`shows ${what}, and where`, async () => {
      await asVandal(sql);
      const { broken } = await verifyChain(database.pool, tenantId);
      assert.equal(broken?.seq, seq);
      assert.match(broken?.why ?? "", why);
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

  it("holds the links of one transaction in the order in which they were written, or none of them", async () => {
    const write = (numbers: number[], fails: boolean) =>
      transaction(database.pool, async (tx) => {
        for (const i of numbers) await appendAudit(tx, { tenantId, kind: "run.pause", actor: "a", data: { i } });
        if (fails) throw new Error("no");
      });
    await write([10, 11, 12], false);
    await assert.rejects(write([20, 21], true), /no/);
    await write([30], false);
    const { rows } = await database.pool.query("select data ->> 'i' as i from audit_log where seq > 5 order by seq");
    assert.deepEqual(
      rows.map(({ i }) => Number(i)),
      [10, 11, 12, 30],
    );
    assert.equal((await verifyChain(database.pool, tenantId)).broken, undefined);
  });

  it("takes whatever people write: quotes, line ends, other scripts, a NUL and half a letter", async () => {
    const text = 'He said "spät"\\n\n\t\u2028 😀 \u0007 {a,b} ${c} \0 \ud800';
    await appendAudit(database.pool, {
      ...{ tenantId, kind: "turn.feedback", actor: 'o"brien', turnId: "0b5a3c1e-0000-4000-8000-000000000001" },
      data: { text, [text]: 1e21, small: 1e-7, none: null, left: undefined, list: [0.1, -0, true, { z: 1, a: 2 }] },
    });
    const report = await verifyChain(database.pool, tenantId);
    assert.deepEqual([report.links, report.broken], [6, undefined]);
    const { rows } = await database.pool.query<{ text: string }>(
      "select data ->> 'text' as text from audit_log where seq = 6",
    );
    assert.equal(rows[0]?.text, text.replace("\0", "\ufffd").replace("\ud800", "\ufffd"));
  });

  it("verifies links of the first version as they were hashed then, beside new ones", async () => {
    // As a process of the former version writes them.
    for (const turn of [null, "0b5a3c1e-0000-4000-8000-000000000001"])
      await database.pool.query("select audit_append($1, 'run.pause', 'somebody', $2::uuid, null, $3::jsonb)", [
        ...[tenantId, turn, '{"b": "ä\\"", "a": [1.50, null]}'],
      ]);
    await appendAudit(database.pool, { tenantId, kind: "run.pause", actor: "somebody", data: {} });
    assert.deepEqual(
      (await database.pool.query("select v from audit_log where seq > 5 order by seq")).rows.map(({ v }) => v),
      [1, 1, 2],
    );
    assert.equal((await verifyChain(database.pool, tenantId)).broken, undefined);
    await asVandal("update audit_log set data = '{\"b\": 1}' where seq = 7");
    assert.deepEqual((await verifyChain(database.pool, tenantId)).broken, { seq: 7, why: "its content was changed" });
  });
});
