import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BotProcess, openDatabaseOf, startBotProcess } from "../support/bot-process.ts";
import { readable } from "../support/card-content.ts";
import { ops } from "../support/cli.ts";
import { type LoopbackChannel, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around, type Colleague } from "../support/office.ts";

const ALERT_SECRET = "an alert secret that no log may ever hold";

describe("operators at the command line, beside a running bot", function () {
  this.timeout(180_000);
  let folder: string;
  let channel: LoopbackChannel;
  let bot: BotProcess;
  let maya: Colleague;
  let jonas: Colleague;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-ops-"));
    await chmod(folder, 0o755);
    channel = await startLoopbackChannel();
    bot = await startBotProcess(folder, { LOG_LEVEL: "trace", SIGNALBOX_ALERT_SECRET: ALERT_SECRET });
    maya = around(bot.url, channel).colleague("maya.lindqvist");
    jonas = around(bot.url, channel).colleague("jonas.weber");
  });
  after(async () => {
    await bot.stop();
    await channel.close();
    await rm(folder, { recursive: true, force: true });
  });

  const order = async (...args: string[]): Promise<{ code: number; out: string }> => {
    const { code, said } = await ops({ SIGNALBOX_DATA: folder }, ...args);
    return { code, out: said };
  };
  const sofia = ["--as", "sofia.rossi@contoso.example"];
  const ask = async (): Promise<string> => {
    await maya.says("Raise a credit note of 21 for INV-1042, damaged goods");
    const card = readable((await maya.sees(/Waiting for an approver/)).card);
    return /Code\n([0-9A-Z]{4,8})/.exec(card)?.[1] ?? "";
  };

  it("list, show, pause, resume and cancel a run, which its people see on their cards", async () => {
    const code = await ask();
    const question = await jonas.sees(/Your approval is needed/);
    assert.match((await order("runs")).out, new RegExp(`${code}\\twaiting\\tfinance/credit-note`));
    assert.match((await order("run", code)).out, /act\tasking[\s\S]*planned/);
    assert.deepEqual(await order("pause", code, "audit", ...sofia), { code: 0, out: `${code} is paused.\n` });
    await jonas.clicks(question, "Approve");
    await maya.sees(/Paused: audit/);
    assert.equal((await order("resume", code, ...sofia)).code, 0);
    await maya.sees(/Credit note CN-/);
    assert.equal((await order("rerun", code, "act", ...sofia)).code, 1, "what stands is never done twice");
    const second = await ask();
    assert.match((await order("cancel", second, ...sofia)).out, /is cancelled/);
    await maya.sees(/Cancelled/);
  });

  it("throw the kill switch and release it", async () => {
    assert.match((await order("stop", "a", "bad", "day", ...sofia)).out, /All actions of the fleet are stopped/);
    await ask();
    await jonas.clicks(await jonas.sees(/Your approval is needed/), "Approve");
    await maya.sees(/Paused: All actions are stopped: a bad day/);
    assert.match((await order("release", ...sofia)).out, /1 held runs? go/);
    await maya.sees(/Credit note CN-/);
  });

  it("verify the evidence with one command, and see where it was tampered with", async () => {
    assert.match((await order("audit")).out, /^The chain holds: \d+ links, head [0-9a-f]{64}/);
    const pool = openDatabaseOf(folder);
    await pool.query("alter table audit_log disable trigger all");
    await pool.query("update audit_log set actor = 'nobody' where seq = 2");
    await pool.end();
    const { code, out } = await order("audit");
    assert.deepEqual([code, out], [1, "The chain is broken at link 2: its content was changed.\n"]);
  });

  it("are told how it is called, however they ask", async () => {
    for (const asked of [[], ["help"], ["--help"], ["-h"], ["pause", "--help"]]) {
      const { code, out } = await order(...asked);
      assert.equal(code, 0);
      assert.match(out, /npm run ops -- pause 7Q2K/);
    }
  });

  it("are told what is wrong: no name, no right, no such run, no such command", async () => {
    assert.match((await order("pause", "7Q2K")).out, /Say who you are/);
    assert.match((await order("pause", "7Q2K", ...sofia)).out, /There is no run 7Q2K/);
    const code = await ask();
    assert.match((await order("pause", code, "--as", "noah.fischer@contoso.example")).out, /Nothing was changed/);
    assert.match((await order("stop", "x", "--as", "noah.fischer@contoso.example")).out, /platform team and security/);
    assert.match((await order("explode")).out, /no command "explode"/);
    assert.match((await order("help")).out, /kill switch/);
  });

  it("rotate the keys: everything that is asked for goes on, with tokens of new keys", async () => {
    const listed = async () =>
      ((await (await fetch(`${bot.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string; d?: string }[] })
        .keys;
    const [before] = await listed();
    assert.equal((await order("rotate-keys", "--as", "maya.lindqvist@contoso.example")).code, 1);
    assert.deepEqual(await order("rotate-keys", ...sofia), {
      code: 0,
      out: "All processes that run sign with new keys.\n",
    });
    const after = await listed();
    assert.notEqual(after[0]?.kid, before?.kid);
    assert.ok(
      after.some(({ kid }) => kid === before?.kid),
      "what the former key signed still counts",
    );
    assert.ok(
      after.every(({ d }) => d === undefined),
      "nothing private is told",
    );
    await ask();
    await jonas.clicks(await jonas.sees(/Your approval is needed/), "Approve");
    await maya.sees(/Credit note CN-/);
  });

  it("no token, key or secret of all this is in the log, which tells everything else", async () => {
    const log = bot.output();
    assert.match(log, /"a new key signs from now on"/);
    const password = (await readFile(join(folder, "postgres", "password"), "utf8")).trim();
    for (const shape of [/eyJ[\w-]{8,}/, /Bearer /, /PRIVATE KEY/, /"d":"/]) assert.doesNotMatch(log, shape);
    for (const secret of [ALERT_SECRET, password]) assert.ok(!log.includes(secret), "a secret is in the log");
  });
});
