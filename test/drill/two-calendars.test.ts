import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_TENANT } from "../../src/config.ts";
import { filedOf, registerFiles } from "../../src/registry/register-files.ts";
import { type BotProcess, startBotProcess } from "../support/bot-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { plans, theRegistry } from "../support/fleet.ts";
import { until } from "../support/until.ts";

describe("two bots that were down when reviews fell due", function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let bots: BotProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-calendars-"));
    await chmod(folder, 0o755);
    database = await createTestDatabase();
  });
  after(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it("both catch up as they start: each owner gets one card for each agent, and the schedule is done once", async () => {
    const { pool } = database;
    await registerFiles(pool, LOCAL_TENANT, filedOf(theRegistry().agents, plans));
    // Half a year ago is long ago for every cadence.
    await pool.query(
      `with version as (
         insert into agent_version (tenant_id, agent_id, number, content_hash, record, plans)
         select tenant_id, agent_id, 2, gen_random_uuid()::text,
                jsonb_set(record, '{last_review_at}', to_jsonb((now() - interval '200 days')::date::text)), plans
           from agent_version returning agent_id)
       update agent_pointer set active = 2 from version where version.agent_id = agent_pointer.agent_id`,
    );
    bots = await Promise.all([1, 2].map(() => startBotProcess(folder, { DATABASE_URL: database.url })));
    const count = async (sql: string): Promise<number> => (await pool.query(sql)).rowCount ?? 0;
    await until(async () => (await count("select 1 from flow_schedule where name = 'reviews'")) === 1);
    const agents = await count("select 1 from agent_pointer");
    assert.equal(await count("select 1 from review"), agents);
    assert.equal(await count("select 1 from card_copy where subject_kind = 'review'"), agents);
    assert.equal(await count("select 1 from outbox where dedupe_key like 'review:%'"), agents);
    assert.equal(await count("select 1 from audit_log where kind = 'review.opened'"), agents);
  });
});
