import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/embedded/start.ts";
import { openPool } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { startChild } from "../support/child.ts";

const log = createLog("silent");
const isRoot = process.getuid?.() === 0;

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const pool = openPool(url, { name: "test" });
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

describe("the embedded database", function () {
  this.timeout(60_000);
  let dataDir: string;
  let postgres: EmbeddedPostgres | undefined;

  const start = async () => {
    postgres = await startEmbeddedPostgres({ dataDir, log });
    return postgres;
  };
  const postmaster = async () => {
    const text = await readFile(join(dataDir, "postgres", "cluster", "postmaster.pid"), "utf8");
    return Number(text.split("\n")[0]);
  };
  const kept = async (url: string) => (await query(url, "select word from kept")).map((row) => row.word);

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "signalbox-embedded-"));
    await chmod(dataDir, 0o755);
  });
  afterEach(async () => {
    await postgres?.stop();
    postgres = undefined;
  });
  after(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it("is made in an empty folder, and again where the making was interrupted", async () => {
    await mkdir(join(dataDir, "postgres", "cluster.new"), { recursive: true });
    await writeFile(join(dataDir, "postgres", "cluster.new", "PG_VERSION"), "half");
    const { url, adopted, alive } = await start();
    assert.equal(adopted, false);
    assert.equal(await alive(), true);
    await query(url, "create table kept as select 'first' as word");
  });

  it("keeps data and address over a stop", async () => {
    const first = await start();
    await first.stop();
    assert.equal(await first.alive(), false);
    const second = await start();
    assert.equal(second.url, first.url);
    assert.deepEqual(await kept(second.url), ["first"]);
  });

  it("is durable, small, and reachable from this machine only, with a password", async () => {
    const { url } = await start();
    const names =
      "'fsync','synchronous_commit','full_page_writes','listen_addresses','unix_socket_directories','server_encoding'";
    const rows = await query(url, `select name, setting from pg_settings where name in (${names}) order by name`);
    assert.deepEqual(Object.fromEntries(rows.map((row) => [row.name, row.setting])), {
      fsync: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      server_encoding: "UTF8",
      synchronous_commit: "on",
      unix_socket_directories: "",
    });
    const wrong = new URL(url);
    wrong.password = "guess";
    await assert.rejects(query(wrong.href, "select 1"), /password authentication failed/);
    const password = await stat(join(dataDir, "postgres", "password"));
    if (process.platform !== "win32") assert.equal(password.mode & 0o777, 0o600);
  });

  it("folds letters of every language", async () => {
    const { url } = await start();
    assert.deepEqual(await query(url, "select lower('ÉŽÑ') as low, 'é' ~ '[[:alpha:]]' as letter"), [
      { low: "éžñ", letter: true },
    ]);
  });

  it("serves on when its bot is killed, and the next bot adopts it", async () => {
    const bot = startChild("test/store/owner-process.ts", dataDir);
    const { url } = JSON.parse(await bot.said("up"));
    await query(url, "insert into kept values ('second')");
    const pid = await postmaster();
    await bot.kill("SIGKILL");
    const next = await start();
    assert.equal(next.adopted, true);
    assert.equal(next.url, url);
    assert.equal(await postmaster(), pid);
    assert.deepEqual(await kept(next.url), ["first", "second"]);
  });

  it("refuses a second bot, naming the first and the cure", async () => {
    await start();
    const second = startChild("test/store/owner-process.ts", dataDir);
    const message = await second.said("refused");
    assert.match(message, new RegExp(`process ${process.pid}\\b.*SIGNALBOX_DATA`));
    await assert.rejects(startEmbeddedPostgres({ dataDir, log }), { code: "data-owned" });
  });

  it("has one owner when several bots start at once", async () => {
    const bots = [1, 2, 3].map(() => startChild("test/store/owner-process.ts", dataDir));
    const answers = await Promise.all(
      bots.map((bot) => Promise.any([bot.said("up"), bot.said("refused").then(() => "")])),
    );
    for (const bot of bots) await bot.kill("SIGKILL");
    assert.equal(answers.filter((answer) => answer !== "").length, 1);
    assert.equal((await start()).adopted, true);
  });

  it("comes back with its data when bot and server are killed together", async () => {
    const bot = startChild("test/store/owner-process.ts", dataDir);
    const { url } = JSON.parse(await bot.said("up"));
    await query(url, "insert into kept values ('third')");
    process.kill(await postmaster(), "SIGKILL");
    await bot.kill("SIGKILL");
    const next = await start();
    assert.equal(next.adopted, false);
    assert.deepEqual(await kept(next.url), ["first", "second", "third"]);
  });

  it("is brought back at the same address when the server dies under a running bot", async () => {
    const { url, alive, restart } = await start();
    process.kill(await postmaster(), "SIGKILL");
    assert.equal(await alive(), false);
    await restart();
    assert.equal(await alive(), true);
    assert.equal((await kept(url)).length, 3);
  });

  it("starts though another program has the number in a left pid file", async () => {
    await start();
    const file = join(dataDir, "postgres", "cluster", "postmaster.pid");
    const left = await readFile(file, "utf8");
    await postgres?.stop();
    await writeFile(file, left.replace(/^\d+/, String(process.pid)));
    assert.equal((await start()).adopted, false);
  });

  it("moves to another port when its own is taken", async () => {
    const first = await start();
    await first.stop();
    const { createServer } = await import("node:net");
    const other = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    try {
      const second = await start();
      assert.notEqual(second.url, first.url);
      assert.equal((await kept(second.url)).length, 3);
    } finally {
      other.close();
    }
  });

  it("says how to go on when the folder cannot be written", async () => {
    const file = join(dataDir, "a-file");
    await writeFile(file, "");
    await assert.rejects(startEmbeddedPostgres({ dataDir: join(file, "data"), log }), {
      code: "data-folder",
      message: /SIGNALBOX_DATA/,
    });
  });

  it("runs under another account when we are root", async function () {
    if (!isRoot) return this.skip();
    await start();
    const { uid } = await stat(`/proc/${await postmaster()}`);
    assert.notEqual(uid, 0);
    assert.equal((await stat(join(dataDir, "postgres"))).uid, uid);
  });

  it("finds its data again where the wanted folder is closed to that account", async function () {
    if (!isRoot) return this.skip();
    const closed = await mkdtemp(join(tmpdir(), "signalbox-closed-"));
    const first = await startEmbeddedPostgres({ dataDir: closed, log });
    try {
      assert.ok(!first.dataDir.startsWith(closed));
      await query(first.url, "create table kept as select 'elsewhere' as word");
      await first.stop();
      const second = await startEmbeddedPostgres({ dataDir: closed, log });
      assert.equal(second.dataDir, first.dataDir);
      assert.deepEqual(await kept(second.url), ["elsewhere"]);
      await second.stop();
    } finally {
      await rm(closed, { recursive: true });
      await rm(first.dataDir, { recursive: true });
    }
  });
});
