import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { readAnchors } from "../../src/audit/anchors/anchor-files.ts";
import { takeAnchors } from "../../src/audit/anchors/keep-anchors.ts";
import { verifyExport } from "../../src/audit/export/verify-export.ts";
import { writeExport } from "../../src/audit/export/write-export.ts";
import { prune } from "../../src/audit/retention/prune.ts";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";

describe("an export of the audit log", () => {
  let database: TestDatabase;
  let folder: string;
  const write = async (count: number, kind = "turn.answer") => {
    for (let i = 0; i < count; i += 1)
      await appendAudit(database.pool, {
        ...{ tenantId, kind, actor: 'o"brien', runId: "0b5a3c1e-0000-4000-8000-000000000001" },
        data: { z: i, a: 'x,"hash":"y"', data: { deep: [1, null, "ä"] } },
      });
  };
  const files = async (suffix: string) =>
    (await readdir(folder, { recursive: true }))
      .filter((name) => name.endsWith(suffix))
      .sort()
      .map((name) => join(folder, name));
  const broken = async () => (await verifyExport(folder, tenantId)).broken;

  beforeEach(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "signalbox-export-"));
    await write(3);
    await database.pool.query("select audit_append($1, 'run.pause', 'somebody', null, null, '{\"b\": 1}'::jsonb)", [
      tenantId,
    ]);
    await write(2, "action.done");
    await writeExport(database.pool, tenantId, folder);
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("verifies without the database, and goes on where it ended without touching what is there", async () => {
    const before = await files("");
    const times = await Promise.all((await files("json")).map(async (file) => (await stat(file)).mtimeMs));
    await write(2);
    assert.deepEqual(await writeExport(database.pool, tenantId, folder), {
      ...{ segments: 1, links: 2, upTo: 8, broken: undefined },
    });
    assert.equal((await writeExport(database.pool, tenantId, folder)).links, 0);
    const report = await verifyExport(folder, tenantId);
    assert.deepEqual([report.links, report.segments, report.broken], [8, 2, undefined]);
    assert.deepEqual(
      (await files("")).filter((file) => before.includes(file)),
      before,
    );
    assert.deepEqual(
      (await Promise.all((await files("json")).map(async (file) => (await stat(file)).mtimeMs))).slice(0, times.length),
      times,
    );
    assert.match(
      (await files(".ndjson"))[0] ?? "",
      /tenant=c0a80000-0000-4000-8000-00000000c070\/\d{4}\/\d\d\/\d\d\/000000000001-000000000006\.ndjson$/,
    );
  });

  it("can be verified by anybody with RFC 8785 and SHA-256 alone", async () => {
    const lines = (await readFile((await files(".ndjson"))[0] ?? "", "utf8")).trim().split("\n");
    const sha = (value: unknown) =>
      createHash("sha256")
        .update(canonicalize(value) ?? "")
        .digest("hex");
    let prev = "genesis";
    for (const line of lines) {
      const { actor, at, content, data, hash, kind, runId, seq, tenant, turnId, v, ...rest } = JSON.parse(line);
      assert.equal(rest.prev, prev);
      prev = hash;
      if (v === 1) continue;
      assert.equal(line, canonicalize(JSON.parse(line)));
      assert.equal(content, sha({ actor, data, kind, runId, turnId }));
      assert.equal(hash, sha({ at, content, prev: rest.prev, seq, tenant, v }));
    }
    assert.equal(lines.length, 6);
  });

  it("goes on behind its last manifest when it was interrupted, beside what was left", async () => {
    await write(1);
    const [manifest = ""] = await files(".manifest.json");
    const half = manifest.replace("000000000001-000000000006.manifest.json", "000000000007-000000000007.ndjson");
    await writeFile(half, '{"actor":"o');
    assert.equal((await writeExport(database.pool, tenantId, folder)).links, 1);
    assert.equal(await readFile(half, "utf8"), '{"actor":"o', "what is there is never written again");
    assert.equal((await verifyExport(folder, tenantId)).links, 7);
    assert.equal(await broken(), undefined);
  });

  it("shows a changed line, a missing segment, a missing tail and another chain", async () => {
    await write(2);
    await writeExport(database.pool, tenantId, folder);
    const whole = `${folder}-whole`;
    await cp(folder, whole, { recursive: true });
    const place = { folder: `${folder}-anchors`, key: undefined };
    await takeAnchors(database.pool, place);
    const { anchors } = await readAnchors(place);
    const again = async () => {
      await rm(folder, { recursive: true });
      await cp(whole, folder, { recursive: true });
    };
    try {
      const [first = "", second = ""] = await files(".ndjson");
      await chmod(first, 0o640);
      await writeFile(first, (await readFile(first, "utf8")).replace('"z":1', '"z":9'));
      assert.match((await broken())?.why ?? "", /missing, or not what was exported/);

      await again();
      await rm(first);
      assert.match((await broken())?.why ?? "", /missing, or not what was exported/);

      await again();
      await rm(first);
      await rm(first.replace(".ndjson", ".manifest.json"));
      assert.match((await broken())?.why ?? "", /does not follow from the manifest before it/);

      await again();
      await rm(second);
      await rm(second.replace(".ndjson", ".manifest.json"));
      assert.deepEqual((await verifyExport(folder, tenantId, anchors)).behind, 2);

      await again();
      const other = anchors.map((anchor) => ({ ...anchor, hash: "0".repeat(64) }));
      assert.match((await verifyExport(folder, tenantId, other)).broken?.why ?? "", /not the link that was anchored/);
      const sound = await verifyExport(folder, tenantId, anchors);
      assert.deepEqual([sound.broken, sound.behind], [undefined, 0]);
    } finally {
      for (const one of [whole, place.folder]) await rm(one, { recursive: true, force: true });
    }
  });

  it("holds nothing from a broken link on", async () => {
    await write(3);
    await database.pool.query(
      "alter table audit_log disable trigger all; update audit_log set actor = 'x' where seq = 8; alter table audit_log enable trigger all",
    );
    const done = await writeExport(database.pool, tenantId, folder);
    assert.deepEqual([done.upTo, done.broken?.seq], [7, 8]);
    assert.equal((await verifyExport(folder, tenantId)).links, 7);
  });

  it("lets the data of a class be dropped when its time is over: the chain still verifies, and says what was dropped", async () => {
    await write(2);
    const options = { upTo: 6, folder, by: "00000000-0000-4000-8000-000000000006" };
    const retention = { action: 7, decision: 3, conversation: 0 };
    const dropped = await prune(database.pool, tenantId, { ...options, retention });
    assert.deepEqual(
      dropped.map(({ class: name, links, upTo }) => [name, links, upTo]),
      [["conversation", 3, 6]],
    );
    const { rows } = await database.pool.query(
      "select seq, pruned, data, actor, run_id from audit_log where kind = 'turn.answer' order by seq",
    );
    assert.deepEqual(
      rows.map(({ seq, pruned, data, actor, run_id }) => [
        seq,
        pruned,
        data === null && actor === null && run_id === null,
      ]),
      [
        [1, "conversation", true],
        [2, "conversation", true],
        [3, "conversation", true],
        [7, null, false],
        [8, null, false],
      ],
      "what no export holds is kept",
    );
    const report = await verifyChain(database.pool, tenantId);
    assert.deepEqual([report.links, report.pruned, report.broken], [9, 3, undefined]);
    assert.deepEqual(await prune(database.pool, tenantId, { ...options, retention }), [], "once is enough");

    // An export of what is left verifies, too.
    await rm(folder, { recursive: true });
    await writeExport(database.pool, tenantId, folder);
    assert.equal((await verifyExport(folder, tenantId)).broken, undefined);

    await database.pool.query(
      "alter table audit_log disable trigger all; update audit_log set data = null, actor = null, turn_id = null, run_id = null, pruned = 'action' where seq = 5; alter table audit_log enable trigger all",
    );
    const { broken: emptied } = await verifyChain(database.pool, tenantId);
    assert.deepEqual(emptied, { seq: 5, why: "its data is gone, and no link says that it was pruned" });
  });
});
