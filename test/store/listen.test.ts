import assert from "node:assert/strict";
import { listen } from "../../src/store/listen.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

const log = createLog("silent");

describe("listening to the database", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it("hears each notification of its channel, with what was said", async () => {
    const heard: (string | undefined)[] = [];
    const listener = await listen(database.url, "news", (payload) => heard.push(payload), log);
    await database.pool.query("select pg_notify('news', 'one'), pg_notify('other', 'no'), pg_notify('news', '')");
    await until(() => heard.length === 2);
    assert.deepEqual(heard, ["one", undefined]);
    await listener.stop();
  });

  it("comes back when its connection is lost, and says once that something may be missed", async () => {
    const heard: (string | undefined)[] = [];
    const listener = await listen(database.url, "lost", (payload) => heard.push(payload), log);
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listen lost'",
    );
    await until(() => heard.length === 1);
    await database.pool.query("select pg_notify('lost', 'again')");
    await until(() => heard.length === 2);
    assert.deepEqual(heard, [undefined, "again"]);
    await listener.stop();
  });

  it("is silent after it was stopped", async () => {
    const heard: (string | undefined)[] = [];
    const listener = await listen(database.url, "over", (payload) => heard.push(payload), log);
    await listener.stop();
    await database.pool.query("select pg_notify('over', 'late')");
    const { rows } = await database.pool.query("select 1 from pg_stat_activity where application_name = 'listen over'");
    assert.deepEqual([heard, rows], [[], []]);
  });

  it("fails at once when there is no database to listen to", async () => {
    const wrong = new URL(database.url);
    wrong.pathname = "/absent";
    await assert.rejects(
      listen(wrong.href, "news", () => {}, log),
      /does not exist/,
    );
  });
});
