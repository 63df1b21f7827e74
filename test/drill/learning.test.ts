import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "../../src/store/pool.ts";
import { type BotProcess, freePort, openDatabaseOf, startBotProcess } from "../support/bot-process.ts";
import { readable } from "../support/card-content.ts";
import { ops } from "../support/cli.ts";
import { releaseOfOneCluster } from "../support/few-agents.ts";
import { theRegistry } from "../support/fleet.ts";
import { type LoopbackChannel, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around } from "../support/office.ts";
import { until } from "../support/until.ts";

const invoiceAgent = theRegistry().agents.find(({ display_name }) => display_name === "Invoice Agent")?.agent_id ?? "";

describe("learning, when the power fails", function () {
  this.timeout(240_000);
  let folder: string;
  let release: string;
  let port: string;
  let channel: LoopbackChannel;
  let bot: BotProcess;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-learning-"));
    await chmod(folder, 0o755);
    channel = await startLoopbackChannel();
    port = String(await freePort());
    release = releaseOfOneCluster("finance");
    bot = await startBotProcess(folder, { PORT: port }, release);
  });
  after(async () => {
    await bot.stop();
    await channel.close();
    for (const made of [folder, release]) await rm(made, { recursive: true, force: true });
  });

  const inDatabase = async <T>(work: (pool: Pool) => Promise<T>): Promise<T> => {
    const pool = openDatabaseOf(folder);
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  };
  /** What there is of a decision: all of it or nothing. */
  const traces = (pool: Pool) =>
    pool
      .query<{ approved: number; lessons: number; version: number; links: number }>(
        `select (select count(*)::int from routing_correction where state = 'approved') as approved,
                (select count(*)::int from lesson) as lessons,
                (select active from agent_pointer where agent_id = $1) as version,
                (select count(*)::int from audit_log where kind = 'lesson.approved') as links`,
        [invoiceAgent],
      )
      .then(({ rows }) => rows[0]);
  const say = async (...args: string[]): Promise<string> => (await ops({ SIGNALBOX_DATA: folder }, ...args)).said;

  it("a decision is whole or was never made, is made once, serves after the restart, and is printed for the files", async () => {
    const { colleague } = around(bot.url, channel);
    const maya = colleague("maya.lindqvist");
    const jonas = colleague("jonas.weber");
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.clicks(await maya.sees(/Overdue invoices/), "Wrong agent?");
    const choices = await maya.sees(/Who should have answered\?/);
    await maya.clicks(choices, "Let them answer", { other: `${invoiceAgent}/invoice-status` });
    const card = await jonas.sees(/Should Invoice Agent answer this/);

    for (const after of [0, 4, 10]) {
      const before = await inDatabase(traces);
      const click = jonas.clicks(card, "Approve", { utterance: "What became of that bill?" }).catch(() => undefined);
      await sleep(after);
      await bot.powerCut({ database: true });
      await click;
      bot = await startBotProcess(folder, { PORT: port }, release);
      const now = await inDatabase(traces);
      const [nothing, whole] = [
        { approved: 0, lessons: 0, version: 1, links: 0 },
        { approved: 1, lessons: 1, version: 2, links: 1 },
      ];
      assert.ok(
        [nothing, whole].some((one) => JSON.stringify(one) === JSON.stringify(now)),
        JSON.stringify({ before, now }),
      );
    }
    const answer = await jonas.clicks(card, "Approve", { utterance: "What became of that bill?" });
    assert.match(readable(answer.value as Record<string, unknown>), /Approved by Jonas Weber/);
    assert.deepEqual(await inDatabase(traces), { approved: 1, lessons: 1, version: 2, links: 1 });
    await until(() => /Approved by Jonas Weber/.test(readable(channel.message(card.id)?.card)));

    await maya.says("What became of that bill?");
    await maya.sees(/Which invoice\?/);
    const lines = (await say("lessons")).trim().split("\n");
    assert.equal(lines.length, 1);
    const lesson: Record<string, unknown> = JSON.parse(lines[0] ?? "");
    assert.deepEqual(
      [lesson.agent_id, lesson.intent_label, lesson.add_to, lesson.utterance, lesson.state, lesson.approved_by],
      [
        invoiceAgent,
        "invoice-status",
        "example_utterances",
        "What became of that bill?",
        "to be put into the file",
        "jonas.weber@contoso.example",
      ],
    );
    assert.match(await say("audit"), /^The chain holds/);
  });
});
