import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAnchors } from "../../src/audit/anchors/anchor-files.ts";
import { takeAnchors } from "../../src/audit/anchors/keep-anchors.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";
const key = "a key of at least thirty-two characters";

describe("anchors outside the database", () => {
  let database: TestDatabase;
  let folder: string;
  const place = () => ({ folder, key });
  const write = async (count: number) => {
    for (let i = 0; i < count; i += 1)
      await appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", data: { i } });
  };
  const verify = async () => (await verifyChain(database.pool, tenantId, await readAnchors(place()))).broken;
  /** As the superuser, who can do anything inside. */
  const asVandal = (sql: string) =>
    database.pool.query(`alter table audit_log disable trigger all; ${sql}; alter table audit_log enable trigger all`);
  const theFile = async () => join(folder, (await readdir(folder))[0] ?? "");

  beforeEach(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "signalbox-anchors-"));
    await write(3);
    assert.deepEqual(await takeAnchors(database.pool, place()), []);
    await write(3);
    assert.deepEqual(await takeAnchors(database.pool, place()), []);
    await write(2);
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("agree with an untouched chain, and are taken only when it has grown", async () => {
    assert.equal(await verify(), undefined);
    await takeAnchors(database.pool, place());
    await takeAnchors(database.pool, place());
    const { anchors } = await readAnchors(place());
    assert.deepEqual(
      anchors.map(({ seq }) => seq),
      [3, 6, 8],
    );
  });

  it("show a tail that was cut together with the head", async () => {
    await asVandal(
      "delete from audit_log where seq > 5; update audit_head set seq = 5, hash = (select hash from audit_log where seq = 5)",
    );
    const broken = await verify();
    assert.equal(broken?.seq, 6);
    assert.match(broken?.why ?? "", /missing at the end: link 6 was anchored at 20/);
  });

  it("show a chain that was replaced by one that holds in itself", async () => {
    await asVandal("delete from audit_log; delete from audit_head");
    await write(8);
    assert.equal((await verifyChain(database.pool, tenantId)).broken, undefined);
    const broken = await verify();
    assert.equal(broken?.seq, 3);
    assert.match(broken?.why ?? "", /the chain was replaced/);
  });

  it("show that a whole chain is gone", async () => {
    await asVandal("delete from audit_log; delete from audit_head");
    assert.match((await verify())?.why ?? "", /missing at the end: link 3 was anchored/);
  });

  it("do not vouch for a chain that does not hold what was anchored", async () => {
    await asVandal("delete from audit_log; delete from audit_head");
    await write(9);
    const [missing] = await takeAnchors(database.pool, place());
    assert.equal(missing?.anchor.seq, 6);
    assert.equal((await readAnchors(place())).anchors.length, 2);
  });

  it("are told from lines that somebody changed, took out or wrote without the key", async () => {
    const file = await theFile();
    const text = await readFile(file, "utf8");
    const lines = text.split("\n").filter((line) => line !== "");
    for (const [lie, pattern] of [
      [text.replace('"seq":3', '"seq":2'), /is not signed|does not follow/],
      [`${lines[1]}\n`, /does not follow from the one before it/],
      [`${lines[1]}\n${lines[0]}\n`, /does not follow from the one before it/],
      [text.replaceAll(/"mac":"[0-9a-f]{64}",/g, ""), /is not signed with SIGNALBOX_AUDIT_KEY/],
    ] as const) {
      await writeFile(file, lie);
      const { faults } = await readAnchors(place());
      assert.match(faults[0] ?? "", pattern);
      assert.notEqual(await verify(), undefined);
    }
  });

  it("go on behind a line that a process wrote in part before it died", async () => {
    await appendFile(await theFile(), '{"at":"2026-11-2');
    await takeAnchors(database.pool, place());
    const { anchors, faults } = await readAnchors(place());
    assert.deepEqual([anchors.map(({ seq }) => seq), faults], [[3, 6, 8], []]);
    assert.equal(await verify(), undefined);
  });

  it("are not yet there for the last minute: then turns without a link tell that a tail was cut", async () => {
    const turnId = "0b5a3c1e-0000-4000-8000-000000000001";
    await database.pool.query(
      `insert into turn (tenant_id, turn_id, code, conversation_id, activity_id, person_id, person_name, text, outcome, reply, routing, latency_ms)
       values ($1, $2, 'AAAA', 'c', 'a', 'p', 'P', 't', 'answer', '{}', '{}', 1)`,
      [tenantId, turnId],
    );
    await appendAudit(database.pool, { tenantId, kind: "turn.answer", actor: "somebody", turnId, data: {} });
    assert.equal(await verify(), undefined);
    await asVandal(
      "delete from audit_log where seq = 9; update audit_head set seq = 8, hash = (select hash from audit_log where seq = 8)",
    );
    const broken = await verify();
    assert.equal(broken?.seq, 9);
    assert.match(broken?.why ?? "", new RegExp(`turn ${turnId} happened, and no link records it`));
  });
});
