import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type BotProcess,
  freePort,
  killHard,
  openDatabaseOf,
  postgresPids,
  startBotProcess,
} from "../support/bot-process.ts";
import { readable } from "../support/card-content.ts";
import { type LoopbackChannel, type Shown, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around, type Colleague } from "../support/office.ts";

/** One for each cut; every one has more open than is credited. */
const INVOICES = ["INV-1042", "INV-1063", "INV-1088", "INV-1017", "INV-1120", "INV-1030"];
const AMOUNT = 400;

describe("S7: the power is cut between the click and the effect", function () {
  this.timeout(180_000);
  let folder: string;
  let channel: LoopbackChannel;
  let bot: BotProcess;
  let port: string;
  let maya: Colleague;
  let approvers: Colleague[];
  let jonas: Colleague;
  let invoice: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-drill-"));
    await chmod(folder, 0o755);
    port = String(await freePort());
    channel = await startLoopbackChannel();
    bot = await startBotProcess(folder, { PORT: port });
  });
  beforeEach(() => {
    invoice = INVOICES.shift() ?? "";
    const { colleague } = around(bot.url, channel);
    maya = colleague("maya.lindqvist");
    jonas = colleague("jonas.weber");
    approvers = [jonas, colleague("priya.nair"), colleague("helena.okafor")];
  });
  after(async () => {
    await bot.stop();
    await channel.close();
    await rm(folder, { recursive: true, force: true });
  });

  const again = async (): Promise<void> => {
    bot = await startBotProcess(folder, { PORT: port });
  };
  const effects = async (): Promise<number> => {
    const pool = openDatabaseOf(folder);
    const { rows } = await pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where invoice_id = $1 and amount = $2",
      [invoice, AMOUNT],
    );
    await pool.end();
    return rows[0]?.n ?? 0;
  };
  const ask = async (): Promise<Shown> => {
    await maya.says(`Raise a credit note of ${AMOUNT} for ${invoice}, damaged goods`);
    return jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
  };
  /** Done once, and every card says so. */
  const itIsDoneOnce = async (): Promise<void> => {
    await maya.sees(/Credit note CN-\d+ of/);
    await maya.sees(/Approved by Jonas Weber, and done/);
    for (const approver of approvers)
      await approver.sees(new RegExp(`Approved by Jonas Weber, and done[\\s\\S]*${invoice}`));
    assert.equal(await effects(), 1);
    const receipts = maya
      .all()
      .filter(({ clientId, card }) => clientId?.startsWith("receipt:") && readable(card).includes(invoice));
    assert.equal(new Set(receipts.map(({ clientId }) => clientId)).size, 1);
  };

  it("of the bot, at the moment of the click: it is done once after the restart, and the cards are true", async () => {
    const question = await ask();
    const clicked = await jonas.clicks(question, "Approve");
    await bot.powerCut({ database: false });
    assert.equal(clicked.statusCode, 200);
    await again();
    await itIsDoneOnce();
  });

  it("of the bot, while the system that does it hangs", async () => {
    const question = await ask();
    process.kill(bot.systemsPid(), "SIGSTOP");
    const systems = bot.systemsPid();
    await jonas.clicks(question, "Approve");
    await sleep(500);
    await bot.powerCut({ database: false });
    killHard(systems);
    assert.equal(await effects(), 0);
    await again();
    await itIsDoneOnce();
  });

  it("of the bot and its database, at the moment of the click", async () => {
    const question = await ask();
    await jonas.clicks(question, "Approve");
    await bot.powerCut({ database: true });
    await again();
    await itIsDoneOnce();
  });

  it("of the bot and its database, before anybody clicked: the approval still waits, and the old card works", async () => {
    const question = await ask();
    await bot.powerCut({ database: true });
    await again();
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 200);
    await itIsDoneOnce();
  });

  it("of the bot, right after a message was taken: it is answered once after the restart", async () => {
    process.kill(bot.systemsPid(), "SIGSTOP");
    const systems = bot.systemsPid();
    assert.equal(await maya.says("Which Fabrikam invoices are overdue?"), 200);
    await bot.powerCut({ database: false });
    killHard(systems);
    await again();
    await maya.sees(/Overdue invoices/);
    assert.equal(maya.all().filter(({ card }) => /Overdue invoices/.test(readable(card))).length, 1);
  });

  it("of the database alone: the bot brings it back and goes on", async () => {
    const question = await ask();
    for (const pid of postgresPids(folder)) killHard(pid);
    for (const giveUp = Date.now() + 20_000; Date.now() < giveUp; await sleep(300)) {
      const answer = await jonas.clicks(question, "Approve");
      if (answer.statusCode === 200) break;
      assert.match(JSON.stringify(answer.value), /click again/);
    }
    await itIsDoneOnce();
  });
});
