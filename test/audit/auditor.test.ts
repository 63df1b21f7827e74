import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendAudit } from "../../src/audit/store.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { auditCli } from "../support/cli.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";

describe("an auditor with a login of their own", function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let url: URL;
  let auditor: Pool;
  let folder: string;
  const audit = (...args: string[]) => {
    const { status, stdout, stderr } = auditCli(args, { DATABASE_URL: url.href, SIGNALBOX_AUDIT_ANCHORS: folder });
    return { status, out: `${stdout}${stderr}` };
  };

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "signalbox-auditor-"));
    // As README.md tells an administrator to.
    await database.pool.query("create role ada_auditor login password 'a-password' in role signalbox_auditor");
    url = new URL(database.url);
    [url.username, url.password] = ["ada_auditor", "a-password"];
    auditor = openPool(url.href, { name: "test-auditor" });
    await database.pool.query(
      `insert into turn (tenant_id, turn_id, code, conversation_id, activity_id, person_id, person_name, text, outcome, reply, routing, latency_ms)
       values ($1, '0b5a3c1e-0000-4000-8000-000000000001', '7Q2K', 'c', 'a', 'p', 'P', 'a secret', 'answer', '{}', '{}', 1)`,
      [tenantId],
    );
    await appendAudit(database.pool, {
      ...{ tenantId, kind: "turn.answer", actor: "somebody", turnId: "0b5a3c1e-0000-4000-8000-000000000001", data: {} },
    });
  });
  after(async () => {
    await auditor.end();
    await database.pool.query("drop role ada_auditor");
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("verifies, queries and exports", () => {
    const verified = audit("verify");
    assert.equal(verified.status, 0, verified.out);
    assert.match(verified.out, /The chain holds: 1 link,/);
    const asked = audit("query", "--turn", "7Q2K");
    assert.equal(asked.status, 0, asked.out);
    assert.match(asked.out, /turn\.answer/);
    assert.match(audit("query", "--run", "7Q2K").out, /No link answers that/);
    const to = join(folder, "export");
    assert.match(audit("export", "--to", to).out, /1 link in 1 segment/);
    assert.match(audit("verify", "--export", to).out, /The export holds: 1 link/);
  });

  it("sees by more than the log that links were cut off", async () => {
    await database.pool.query(
      "alter table audit_log disable trigger all; create table kept as table audit_log; delete from audit_log; update audit_head set seq = 0, hash = 'genesis'",
    );
    const { status, out } = audit("verify");
    await database.pool.query(
      "insert into audit_log table kept; update audit_head set seq = 1, hash = (select hash from kept); alter table audit_log enable trigger all",
    );
    assert.deepEqual([status, /happened, and no link records it/.test(out)], [1, true], out);
  });

  it("may not prune", () => {
    const to = join(folder, "export");
    const { status, out } = audit("prune", "--export", to, "--as", "sofia.rossi@contoso.example");
    assert.notEqual(status, 0);
    assert.match(out, /permission denied/);
  });

  for (const sql of [
    "update audit_log set actor = 'x'",
    "delete from audit_log",
    "insert into audit_log select * from audit_log",
    "update audit_head set seq = 0",
    "select audit_append('t', array['{}'])",
    "select audit_prune('t', array['turn.answer'], 'conversation', now(), 10)",
    "select audit_let_auditors_in()",
    "insert into schema_migration values ('999-x.sql', 'x')",
    "update turn set code = 'AAAA'",
    "create table in_its_place ()",
    "set role signalbox_audit",
    "set role signalbox_app",
    // What people wrote is no business of theirs.
    "select text from turn",
    "select plan from run",
    "select args from action",
    "select 1 from memory.fact",
    "select 1 from approval",
  ])
    it(`may not ${sql}`, () =>
      assert.rejects(auditor.query(sql), (error: { code?: string }) => error.code === "42501"));

  it("is told what to do where the database is of another version, or is not the bot's, and changes nothing", async () => {
    const command = () => ["verify", "query", "export --to nowhere"].map((line) => audit(...line.split(" ")));
    const said = (pattern: RegExp) => {
      for (const { status, out } of command()) {
        assert.equal(status, 2, out);
        assert.match(out, pattern);
      }
    };
    await database.pool.query("create table landed as table schema_migration");
    await database.pool.query("delete from schema_migration where name like '066-%'");
    said(/does not have 066-run-confidence\.sql yet.*Start the bot of this version once/);
    await database.pool.query("insert into schema_migration select * from landed where name like '066-%'");
    await database.pool.query("insert into schema_migration values ('999-later.sql', 'x')");
    said(/has 999-later\.sql, which this version does not know.*the version that runs/);
    await database.pool.query("delete from schema_migration where name = '999-later.sql'");

    const empty = await createEmptyDatabase();
    const here = url.pathname;
    try {
      url.pathname = new URL(empty.url).pathname;
      assert.match(audit("verify").out, /has none of its tables.*Name the bot's database/);
      assert.equal((await empty.pool.query("select 1 from pg_tables where schemaname = 'public'")).rowCount, 0);
      url.pathname = here;
      await database.pool.query("revoke signalbox_auditor from ada_auditor");
      assert.match(audit("verify").out, /may not read the log.*grant signalbox_auditor/);
    } finally {
      url.pathname = here;
      await database.pool.query("grant signalbox_auditor to ada_auditor");
      await empty.drop();
    }
  });
});
