import assert from "node:assert/strict";
import { bodyOf } from "../../src/audit/link.ts";
import { prune } from "../../src/audit/retention/prune.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { type ChainReport, verifyChain } from "../../src/audit/verify.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";
const nobody = "postgres://nobody:wrong@127.0.0.1:1/nowhere";

// Links 1-4, 5-8 and 9-12 are three stretches: of the two threads each looks at one at least.
describe("a chain whose verification is shared out among threads", function () {
  this.timeout(60_000);
  let database: TestDatabase;
  const anchors = (seq: number, hash: string) => ({
    ...{ anchors: [{ tenant: tenantId, seq, hash, at: "2026-11-22T01:58:25.123456Z" }], last: undefined, faults: [] },
  });
  const append = (i: number) =>
    appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", data: { i } });
  /** As the superuser, who can do anything inside. */
  const asVandal = (sql: string) =>
    database.pool.query(`alter table audit_log disable trigger all; ${sql}; alter table audit_log enable trigger all`);
  const shared = (size = 4, given?: Parameters<typeof verifyChain>[2]): Promise<ChainReport> =>
    verifyChain(database.pool, tenantId, given, { url: database.appUrl, helpers: 1, size });
  /** What threads find is what one look from the first link to the last finds. */
  const broken = async () => {
    const report = await shared();
    assert.deepEqual(report, await verifyChain(database.pool, tenantId));
    return report.broken;
  };

  before(async () => {
    database = await createTestDatabase();
    for (let i = 1; i <= 12; i += 1) await append(i);
    await database.pool.query("create table kept as table audit_log; create table kept_head as table audit_head");
  });
  afterEach(() =>
    asVandal(
      "delete from audit_log; insert into audit_log table kept; delete from audit_head; insert into audit_head table kept_head",
    ),
  );
  after(() => database.drop());

  it("holds, however many threads there are and however long a stretch is", async () => {
    const alone = await verifyChain(database.pool, tenantId);
    assert.deepEqual([alone.links, alone.broken], [12, undefined]);
    for (const [helpers, size] of [
      [1, 4],
      [1, 5],
      [2, 1],
    ] as const) {
      const report = await verifyChain(database.pool, tenantId, undefined, { url: database.appUrl, helpers, size });
      assert.deepEqual(report, alone);
    }
  });

  for (const seq of [1, 4, 5, 6, 9, 12])
    it(`shows that link ${seq} was changed`, async () => {
      await asVandal(`update audit_log set actor = 'x' where seq = ${seq}`);
      assert.deepEqual(await broken(), { seq, why: "its content was changed" });
    });

  for (const [what, where, seq, why] of [
    ["the last link of a stretch", "seq = 4", 5, "a link is missing before it"],
    ["the first link of a stretch", "seq = 5", 6, "a link is missing before it"],
    ["a whole stretch", "seq between 5 and 8", 9, "a link is missing before it"],
    ["all but the last link", "seq < 12", 12, "a link is missing before it"],
    ["the last link of all", "seq = 12", 12, "links are missing at the end"],
    ["the last stretch", "seq > 8", 9, "links are missing at the end"],
  ] as const)
    it(`shows that ${what} is missing`, async () => {
      await asVandal(`delete from audit_log where ${where}`);
      assert.deepEqual(await broken(), { seq, why });
    });

  for (const seq of [5, 9, 12])
    it(`shows that link ${seq} is sound in itself and follows from another link`, async () => {
      await asVandal(
        `update audit_log set prev_hash = repeat('0', 64), hash = encode(sha256(convert_to(
           '{"at":"' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","content":"' || content ||
           '","prev":"' || repeat('0', 64) || '","seq":' || seq || ',"tenant":' || to_json(tenant_id) || ',"v":2}', 'UTF8')), 'hex')
          where seq = ${seq}`,
      );
      assert.deepEqual(await broken(), { seq, why: "it does not follow from the link before it" });
    });

  it("names the first of several faults, whichever thread finds its own first", async () => {
    await asVandal("update audit_log set actor = 'x' where seq in (3, 7, 11)");
    assert.equal((await broken())?.seq, 3);
    await asVandal("update audit_log set actor = 'somebody' where seq = 3; delete from audit_log where seq = 5");
    assert.deepEqual(await broken(), { seq: 6, why: "a link is missing before it" });
  });

  it("is not searched for ever where somebody wrote a link of a number that is far away", async () => {
    await asVandal(
      "insert into audit_log select (jsonb_populate_record(l, '{\"seq\": 1000000000000000}')).* from audit_log l where seq = 12",
    );
    assert.deepEqual(await broken(), { seq: 1_000_000_000_000_000, why: "a link is missing before it" });
  });

  it("shows a link that is not the one that was anchored, and an anchor behind its end", async () => {
    const { rows } = await database.pool.query<{ hash: string }>("select hash from audit_log where seq = 7");
    assert.equal((await shared(4, anchors(7, rows[0]?.hash ?? ""))).broken, undefined);
    for (const [seq, why] of [
      [2, /it is not the link that was anchored/],
      [7, /it is not the link that was anchored/],
      [13, /missing at the end: link 13 was anchored/],
    ] as const) {
      const report = await shared(4, anchors(seq, "0".repeat(64)));
      assert.equal(report.broken?.seq, seq);
      assert.match(report.broken?.why ?? "", why);
    }
  });

  it("holds where the data of one stretch was pruned and another one says so, and breaks where none does", async () => {
    const retention = { action: 7, decision: 3, conversation: 0 };
    await prune(database.pool, tenantId, { retention, upTo: 6, folder: "an export", by: "somebody" });
    const report = await shared();
    assert.deepEqual([report.links, report.pruned, report.broken], [13, 6, undefined]);
    assert.deepEqual(report, await verifyChain(database.pool, tenantId));
    await asVandal("update audit_log set data = null, actor = null, pruned = 'conversation' where seq = 10");
    assert.deepEqual(await broken(), { seq: 10, why: "its data is gone, and no link says that it was pruned" });
  });

  it("is of one moment for all threads, whatever is added meanwhile", async () => {
    const adding = { goesOn: true };
    const writer = (async () => {
      while (adding.goesOn) await append(0);
    })();
    try {
      for (let round = 0; round < 3; round += 1) assert.equal((await shared()).broken, undefined);
    } finally {
      adding.goesOn = false;
      await writer;
    }
  });

  it("pays for no thread while it is short, and says why a thread could not do its part", async () => {
    const alone = { url: nobody, helpers: 1 };
    assert.equal((await verifyChain(database.pool, tenantId, undefined, alone)).broken, undefined);
    await assert.rejects(verifyChain(database.pool, tenantId, undefined, { ...alone, size: 4 }), /ECONNREFUSED/);
    assert.equal((await verifyChain(database.pool, tenantId)).broken, undefined);
  });

  it("holds links of many pages", async () => {
    const bodies = Array.from({ length: 6_000 }, (_, i) =>
      bodyOf({ kind: "turn.answer", actor: "somebody", data: { i } }),
    );
    await database.pool.query("select audit_append($1, $2::text[])", [tenantId, bodies]);
    assert.deepEqual([(await shared(2_700)).links, (await shared(2_700)).broken], [6_012, undefined]);
    await asVandal("update audit_log set data = '{}' where seq = 5401");
    assert.deepEqual((await shared(2_700)).broken, { seq: 5_401, why: "its content was changed" });
  });
});
