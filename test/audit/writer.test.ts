import assert from "node:assert/strict";
import { appendAudit } from "../../src/audit/store.ts";
import { verifyChain } from "../../src/audit/verify.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const tenantId = "c0a80000-0000-4000-8000-00000000c070";

describe("whoever the bot works as", () => {
  let database: TestDatabase;
  let bot: Pool;
  before(async () => {
    database = await createTestDatabase();
    bot = openPool(database.appUrl, { name: "test-bot" });
    await appendAudit(bot, { tenantId, kind: "turn.answer", actor: "somebody", data: {} });
  });
  after(async () => {
    await bot.end();
    await database.drop();
  });

  it("reads the log and adds to it", async () => {
    await appendAudit(bot, { tenantId, kind: "turn.answer", actor: "somebody", data: {} });
    const report = await verifyChain(bot, tenantId);
    assert.deepEqual([report.links, report.broken], [2, undefined]);
  });

  for (const sql of [
    "update audit_log set actor = 'x'",
    "delete from audit_log",
    "truncate audit_log",
    "insert into audit_log select * from audit_log",
    "update audit_head set seq = 0",
    "delete from audit_head",
    "alter table audit_log disable trigger all",
    "drop trigger audit_log_append_only on audit_log",
    "drop table audit_log",
    "alter table audit_log owner to signalbox_app",
    "create or replace function audit_append(p_tenant text, p_bodies text[]) returns void language sql as ''",
    "select audit_prune('t', array['turn.answer'], 'conversation', now(), 10)",
    "set role signalbox_audit",
    "set session_replication_role = replica",
    "create table in_its_place ()",
  ])
    it(`may not ${sql}`, () => assert.rejects(bot.query(sql), (error: { code?: string }) => error.code === "42501"));
});
