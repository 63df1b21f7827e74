import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, type Pool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const log = createLog("silent");

describe("migrations", () => {
  let database: TestDatabase;
  let folder: string;
  let pools: Pool[] = [];
  let made = 0;

  /** Two processes on one empty database. */
  const emptyDatabase = async (): Promise<[Pool, Pool]> => {
    made += 1;
    const url = new URL(database.url);
    url.pathname = `${url.pathname}_empty_${made}`;
    await database.pool.query(`create database ${url.pathname.slice(1)} template template0`);
    const two: [Pool, Pool] = [
      openPool(url.href, { name: "one", max: 1 }),
      openPool(url.href, { name: "two", max: 1 }),
    ];
    pools.push(...two);
    return two;
  };
  const write = (name: string, sql: string) => writeFile(join(folder, name), sql);

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-migrations-"));
  });
  afterEach(async () => {
    for (const pool of pools) await pool.end();
    pools = [];
    await rm(folder, { recursive: true });
  });

  it("all succeed when two processes start at once on an empty database, and run once", async () => {
    const [one, two] = await emptyDatabase();
    await Promise.all([migrate(one, log), migrate(two, log)]);
    const { rows } = await one.query("select name from schema_migration order by name");
    assert.equal(rows[0]?.name, "001-core.sql");
    await migrate(two, log);
    assert.deepEqual((await two.query("select name from schema_migration order by name")).rows, rows);
  });

  it("run in the order of their numbers, and later ones follow", async () => {
    const [pool] = await emptyDatabase();
    await write("002-second.sql", "insert into word values ('second');");
    await write("001-first.sql", "create table word (word text);");
    await migrate(pool, log, folder);
    await write("003-third.sql", "insert into word values ('third');");
    await migrate(pool, log, folder);
    assert.deepEqual((await pool.query("select word from word")).rows, [{ word: "second" }, { word: "third" }]);
  });

  it("refuse to go on when a landed file was changed, and say so", async () => {
    const [pool] = await emptyDatabase();
    await write("001-first.sql", "create table word (word text);");
    await migrate(pool, log, folder);
    await write("001-first.sql", "create table word (word text, length integer);");
    await assert.rejects(migrate(pool, log, folder), {
      code: "migration-changed",
      message: /001-first\.sql.*next number/,
    });
  });

  it("take other line ends for the same file", async () => {
    const [pool] = await emptyDatabase();
    await write("001-first.sql", "create table word\n(word text);\n");
    await migrate(pool, log, folder);
    await write("001-first.sql", "create table word\r\n(word text);\r\n");
    await migrate(pool, log, folder);
  });

  it("leave nothing of a file that fails, name it, and go on when it is mended", async () => {
    const [one, two] = await emptyDatabase();
    await write("001-first.sql", "create table word (word text); insert into nowhere values (1);");
    await assert.rejects(migrate(one, log, folder), { code: "migration-failed", message: /001-first\.sql.*nowhere/ });
    await write("001-first.sql", "create table word (word text);");
    await migrate(two, log, folder);
    assert.deepEqual((await two.query("select name from schema_migration")).rows, [{ name: "001-first.sql" }]);
  });

  it("take as long as they need, whatever a statement of a turn may take", async () => {
    const [pool] = await emptyDatabase();
    pool.options.query_timeout = 200;
    await assert.rejects(pool.query("select pg_sleep(0.6)"), /timeout/);
    await write("001-first.sql", "select pg_sleep(0.6); create table word (word text);");
    await migrate(pool, log, folder);
    assert.equal((await pool.query("select 1 from word")).rowCount, 0);
  });

  it("refuse a file without a number", async () => {
    const [pool] = await emptyDatabase();
    await write("first.sql", "create table word (word text);");
    await assert.rejects(migrate(pool, log, folder), { code: "migration-name" });
  });
});
