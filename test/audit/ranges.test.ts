import assert from "node:assert/strict";
import { eachLink } from "../../src/audit/chain/store.ts";
import { checkLinks, type Fault } from "../../src/audit/check-links.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { transaction } from "../../src/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";

// Links 1-4, 5-8 and 9-12 are read by one statement each.
describe("a chain that is read in ranges", () => {
  let database: TestDatabase;
  /** As the superuser, who can do anything inside. */
  const asVandal = (sql: string) =>
    database.pool.query(`alter table audit_log disable trigger all; ${sql}; alter table audit_log enable trigger all`);
  const read = (range: number, look: (seq: number) => boolean) =>
    transaction(database.pool, (tx) => eachLink(tx, tenantId, ({ seq }) => look(seq), range));
  /** The first fault, which is the one that a look at the whole chain in one range finds. */
  const broken = async (): Promise<Fault | undefined> => {
    const check = checkLinks();
    let fault: Fault | undefined;
    await transaction(database.pool, (tx) =>
      eachLink(
        tx,
        tenantId,
        (link) => {
          fault = check.next(link);
          return fault === undefined;
        },
        4,
      ),
    );
    assert.deepEqual(fault, (await verifyChain(database.pool, tenantId)).broken);
    return fault;
  };

  before(async () => {
    database = await createTestDatabase();
    for (let i = 1; i <= 12; i += 1)
      await appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", data: { i } });
    await database.pool.query("create table kept as table audit_log");
  });
  afterEach(() => asVandal("delete from audit_log; insert into audit_log table kept"));
  after(() => database.drop());

  it("is read whole and in order, however long a range is, and no further than is asked for", async () => {
    const all = Array.from({ length: 12 }, (_, i) => i + 1);
    for (const range of [1, 4, 5, 12, 100]) {
      const seen: number[] = [];
      await read(range, (seq) => seen.push(seq) > 0);
      assert.deepEqual(seen, all);
      const some: number[] = [];
      await read(range, (seq) => some.push(seq) < 6);
      assert.deepEqual(some, all.slice(0, 6));
    }
    assert.equal(await broken(), undefined);
  });

  for (const seq of [1, 4, 5, 9, 12])
    it(`shows that link ${seq} was changed`, async () => {
      await asVandal(`update audit_log set actor = 'x' where seq = ${seq}`);
      assert.deepEqual(await broken(), { seq, why: "its content was changed" });
    });

  for (const [what, where, seq] of [
    ["the last link of a range", "seq = 4", 5],
    ["the first link of a range", "seq = 5", 6],
    ["a whole range", "seq between 5 and 8", 9],
    ["more than a range", "seq between 3 and 11", 12],
    ["all but the last link", "seq < 12", 12],
  ] as const)
    it(`shows that ${what} is missing`, async () => {
      await asVandal(`delete from audit_log where ${where}`);
      assert.deepEqual(await broken(), { seq, why: "a link is missing before it" });
    });

  it("is not searched for ever where somebody wrote a link of a number that is far away", async () => {
    await asVandal(
      "insert into audit_log select (jsonb_populate_record(l, '{\"seq\": 1000000000000000}')).* from audit_log l where seq = 12",
    );
    assert.deepEqual(await broken(), { seq: 1_000_000_000_000_000, why: "a link is missing before it" });
  });

  it("says why it could not be read, and leaves a connection that works", async () => {
    const fail = () => {
      throw new RangeError("cannot look");
    };
    await assert.rejects(read(4, fail), /cannot look/);
    const gone = transaction(database.pool, async (tx) => {
      await tx.query("alter table audit_log rename column content to elsewhere");
      await eachLink(tx, tenantId, () => true);
    });
    await assert.rejects(gone, /column "content" does not exist/);
    assert.equal(await broken(), undefined);
  });
});
