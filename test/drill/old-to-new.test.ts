import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../../src/app.ts";
import { verifyChain } from "../../src/audit/store.ts";
import { LOCAL_TENANT, readConfig } from "../../src/config.ts";
import { startEngine } from "../../src/engine/engine.ts";
import { Plan } from "../../src/run/plan.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { readable } from "../support/card-content.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";
import { shelf } from "../support/fleet.ts";
import { type LoopbackChannel, type Shown, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around, type Colleague } from "../support/office.ts";
import { until } from "../support/until.ts";

/**
 * What a bot of the version before task graphs left behind when its power was cut: rows of our tables and of the engine's.
 * 9SYW and 7PYE wait for people, SQNC was approved a moment ago, MT57 was on its way to its system, 2JJS was done.
 */
type Recorded = { card: Shown; rows: Record<string, Record<string, unknown>[]> };

describe("start on the old, finish on the new", function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let channel: LoopbackChannel;
  let app: App | undefined;
  let recorded: Recorded;
  let maya: Colleague;
  let jonas: Colleague;

  before(async () => {
    recorded = JSON.parse(await readFile("test/drill/recorded/runs-before-task-graphs.json", "utf8"));
    database = await createEmptyDatabase();
    channel = await startLoopbackChannel();
    await migrateToTheOld();
    await restore();
    app = await startApp(
      { ...readConfig({ SIGNALBOX_MODELS: shelf }), port: 0, databaseUrl: database.url, logLevel: "silent" },
      log(),
    );
    const { colleague } = around(app.url, channel);
    maya = colleague("maya.lindqvist");
    jonas = colleague("jonas.weber");
  });
  after(async () => {
    await app?.stop();
    await channel.close();
    await database.drop();
  });

  const log = () => createLog(process.env.TEST_LOG ?? "silent");

  async function migrateToTheOld(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "signalbox-old-"));
    for (const name of ["001-core.sql", "005-worker.sql", "010-desk.sql"])
      await cp(join("src/store/migrations", name), join(folder, name));
    await migrate(database.pool, log(), folder);
    await rm(folder, { recursive: true });
    const engine = await startEngine({ databaseUrl: database.url, pool: database.pool, log: log(), workflows: [] });
    await engine.stop();
  }

  async function restore(): Promise<void> {
    for (const [table, rows] of Object.entries(recorded.rows)) {
      await database.pool.query(`delete from ${table}`);
      const { rows: columns } = await database.pool.query<{ name: string }>(
        `select string_agg(quote_ident(column_name), ', ') as name from information_schema.columns
          where table_schema || '.' || table_name = $1 and is_generated = 'NEVER'`,
        [table],
      );
      const names = columns[0]?.name ?? "";
      await database.pool.query(
        `insert into ${table} (${names}) overriding system value
         select ${names} from jsonb_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(rows)],
      );
    }
    // The chats are those of the service that runs now, and no time has passed; but for 7PYE, whose time is up.
    for (const { user_id } of recorded.rows["public.conversation"] ?? [])
      channel.personalChatOf({ teamsId: String(user_id) });
    await database.pool.query("update conversation set service_url = $1", [channel.serviceUrl]);
    await database.pool.query("update approval set expires_at = now() + interval '8 hours' where code <> '7PYE'");
    await database.pool.query("update approval set expires_at = now() - interval '1 minute' where code = '7PYE'");
    await database.pool.query(
      `update dbos.workflow_status set delay_until_epoch_ms = extract(epoch from now()) * 1000 + case
         when workflow_uuid = 'expire:' || (select approval_id from approval where code = '7PYE') then -60000 else 28800000 end
        where status = 'DELAYED'`,
    );
  }

  const statusOf = async (code: string): Promise<string | undefined> => {
    const { rows } = await database.pool.query<{ status: string }>("select status from run where code = $1", [code]);
    return rows[0]?.status;
  };
  const notesOf = async (amount: number): Promise<number> => {
    const { rows } = await database.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where amount = $1 and reason = 'damaged goods'",
      [amount],
    );
    return rows[0]?.n ?? 0;
  };

  it("every run finds itself as a plan of today", async () => {
    const { rows } = await database.pool.query<{ code: string; plan: unknown }>("select code, plan from run");
    assert.equal(rows.length, 5);
    for (const { code, plan } of rows) assert.equal(Plan.safeParse(plan).error?.message, undefined, code);
  });

  it("what was approved before goes on by itself, and is done once", async () => {
    await until(async () => (await statusOf("SQNC")) === "completed");
    assert.equal(await notesOf(403), 1);
    await maya.sees(/Credit note CN-\d+ of 403\.00 EUR/);
  });

  it("what was on its way to its system when the power was cut is done once", async () => {
    await until(async () => (await statusOf("MT57")) === "completed");
    assert.equal(await notesOf(404), 1);
  });

  it("what waited is approved with the button of the card that the old version sent", async () => {
    assert.match(readable(recorded.card.card), /9SYW/);
    await jonas.clicks(recorded.card, "Approve");
    await maya.sees(/Credit note CN-\d+ of 401\.00 EUR/);
    assert.equal(await statusOf("9SYW"), "completed");
    assert.equal(await notesOf(401), 1);
    await jonas.clicks(recorded.card, "Approve");
    assert.equal(await notesOf(401), 1, "a second click on the old card changes nothing");
  });

  it("the timer that the old version set ends what nobody decided", async () => {
    await until(async () => (await statusOf("7PYE")) === "expired");
    assert.equal(await notesOf(402), 0);
  });

  it("what was done before is shown, and its evidence still holds together", async () => {
    await maya.says("my requests");
    await maya.sees(/2JJS/);
    assert.equal((await verifyChain(database.pool, LOCAL_TENANT)).broken, undefined);
  });
});
