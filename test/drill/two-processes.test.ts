import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BotProcess, freePort, startBotProcess } from "../support/bot-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LoopbackChannel, type Shown, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around, type Colleague } from "../support/office.ts";

const PAIRS = Number(process.env.DRILL_PAIRS ?? 20);

describe("S6: two bots on one PostgreSQL", function () {
  this.timeout(240_000);
  let folder: string;
  let database: TestDatabase;
  let channel: LoopbackChannel;
  let bots: BotProcess[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-pair-"));
    await chmod(folder, 0o755);
    database = await createTestDatabase();
    channel = await startLoopbackChannel();
    const ports = [await freePort(), await freePort()];
    bots = await Promise.all(
      ports.map((port) => startBotProcess(folder, { DATABASE_URL: database.url, PORT: String(port) })),
    );
  });
  after(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await channel.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (bot: number, name: string): Colleague => around(bots[bot]?.url ?? "", channel).colleague(name);

  it(`two approvers click in the same second on two processes, ${PAIRS} times: one wins, both are answered in time, one effect each`, async () => {
    const invoices = ["INV-1042", "INV-1063", "INV-1088", "INV-1017", "INV-1120", "INV-1030"];
    let slowest = 0;
    for (let i = 0; i < PAIRS; i += 1) {
      const what = `${(2 + i / 100).toFixed(2)} EUR for ${invoices[i % invoices.length]}`;
      const maya = at(i % 2, "maya.lindqvist");
      const jonas = at(0, "jonas.weber");
      const priya = at(1, "priya.nair");
      await maya.says(`Raise a credit note of ${what}, pair ${i}`);
      const about = new RegExp(`Your approval is needed[\\s\\S]*Credit note of ${what}`);
      const [first, second]: [Shown, Shown] = [await jonas.sees(about, 30_000), await priya.sees(about, 30_000)];
      const began = performance.now();
      const answers = await Promise.all([jonas.clicks(first, "Approve"), priya.clicks(second, "Approve")]);
      slowest = Math.max(slowest, performance.now() - began);
      for (const { statusCode, value } of answers) {
        assert.equal(statusCode, 200);
        assert.match(JSON.stringify(value), /Approved by (Jonas Weber|Priya Nair)/);
      }
      const winners = new Set(
        answers.map(({ value }) => /Approved by (Jonas Weber|Priya Nair)/.exec(JSON.stringify(value))?.[1]),
      );
      assert.equal(winners.size, 1, "both read the same name");
    }
    assert.ok(slowest < 10_000, "within what Teams waits");
    process.stderr.write(process.env.DRILL_PAIRS === undefined ? "" : `slowest pair: ${Math.round(slowest)} ms\n`);
    const count = async (sql: string): Promise<number> =>
      (await database.pool.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
    for (const giveUp = Date.now() + 30_000; Date.now() < giveUp; await new Promise((done) => setTimeout(done, 100)))
      if ((await count("select count(*)::int as n from run where status = 'completed'")) === PAIRS) break;
    assert.equal(await count("select count(*)::int as n from erp.credit_note where reason like 'pair %'"), PAIRS);
    assert.equal(
      await count("select count(distinct reason)::int as n from erp.credit_note where reason like 'pair %'"),
      PAIRS,
    );
    assert.equal(await count("select count(*)::int as n from approval_vote"), PAIRS);
  });

  it("a rolling restart loses nothing: what waits goes on in whichever process is up", async () => {
    const maya = at(0, "maya.lindqvist");
    const priya = at(1, "priya.nair");
    await maya.says("Raise a credit note of 7.77 for INV-1042, rolling restart");
    const question = await priya.sees(/Your approval is needed[\s\S]*7\.77 EUR/);
    const restart = async (i: number): Promise<void> => {
      const port = new URL(bots[i]?.url ?? "").port;
      assert.equal(await bots[i]?.stop(), 0);
      bots[i] = await startBotProcess(folder, { DATABASE_URL: database.url, PORT: port });
    };
    const rolling = restart(0);
    await priya.clicks(question, "Approve");
    await rolling;
    await restart(1);
    await maya.sees(/Credit note CN-\d+ of 7\.77 EUR/, 30_000);
  });
});
