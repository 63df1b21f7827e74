import assert from "node:assert/strict";
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BotProcess, startBotProcess } from "../support/bot-process.ts";
import { readable } from "../support/card-content.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LoopbackChannel, startLoopbackChannel } from "../support/loopback-channel.ts";
import { around } from "../support/office.ts";

describe("a release with another plan, other policies and other agents", function () {
  this.timeout(180_000);
  let folder: string;
  let release: string;
  let database: TestDatabase;
  let channel: LoopbackChannel;
  let bot: BotProcess;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-release-"));
    await chmod(folder, 0o755);
    database = await createTestDatabase();
    channel = await startLoopbackChannel();
    release = await nextRelease();
    bot = await startBotProcess(join(folder, "data"), { DATABASE_URL: database.url });
  });
  after(async () => {
    await bot.stop();
    await channel.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** This tree with what a reviewer would see in a pull request: texts and budget changed, and credit notes need two. */
  async function nextRelease(): Promise<string> {
    const to = join(folder, "release");
    for (const part of ["src", "cards", "manifest", "env", "package.json"])
      await cp(part, join(to, part), { recursive: true });
    await symlink(join(process.cwd(), "node_modules"), join(to, "node_modules"));
    const change = async (file: string, from: string, into: string): Promise<void> => {
      const text = await readFile(join(to, file), "utf8");
      assert.ok(text.includes(from), `${file} has changed`);
      await writeFile(join(to, file), text.replace(from, into));
    };
    await change("manifest/plans/finance/credit-note.json", '"version": 2', '"version": 3');
    await change("manifest/plans/finance/credit-note.json", "was raised for", "now stands for");
    await change("manifest/agents/finance/invoice.json", "Invoice Agent", "Invoice Clerk");
    await change(
      "manifest/policies/10-tools.cedar",
      '@id("write.high-needs-review")',
      '@id("write.high-needs-two")\n@stages("reviewer 2")',
    );
    return to;
  }

  const versions = async () =>
    (
      await database.pool.query<{ agent_version: string; plan: string; policy_version: string }>(
        "select agent_version, plan ->> 'version' as plan, policy_version from run order by created_at",
      )
    ).rows;

  it("a run that waits keeps plan and agent; the policies in force judge it anew, and a new one has all that is new", async () => {
    let { colleague } = around(bot.url, channel);
    await colleague("maya.lindqvist").says("Raise a credit note of 301 for INV-1042, damaged goods");
    const old = await colleague("jonas.weber").sees(/Your approval is needed[\s\S]*301/);
    // They sit down before the new release is up, and see what it changes.
    let [maya, jonas, priya] = ["maya.lindqvist", "jonas.weber", "priya.nair"].map((name) => colleague(name));
    await bot.stop();
    bot = await startBotProcess(join(folder, "data"), { DATABASE_URL: database.url }, release);
    const voided = await jonas?.sees(
      /Void: The policies were changed since it was asked, and others have to agree now/,
    );
    assert.equal(voided?.id, old.id);
    const anew = [
      await jonas?.sees(/Your approval is needed[\s\S]*301/),
      await priya?.sees(/Your approval is needed[\s\S]*301/),
    ];
    ({ colleague } = around(bot.url, channel));
    [maya, jonas, priya] = ["maya.lindqvist", "jonas.weber", "priya.nair"].map((name) => colleague(name));
    assert.ok(maya !== undefined && jonas !== undefined && priya !== undefined);

    for (const [who, card] of [
      [jonas, anew[0]],
      [priya, anew[1]],
    ] as const) {
      assert.ok(card !== undefined);
      await who.clicks(card, "Approve");
    }
    const receipt = readable((await maya.sees(/Executed[\s\S]*301/)).card);
    assert.match(receipt, /was raised for INV-1042/, "the texts are those of its plan");
    assert.match(receipt, /version 1/);

    await maya.says("Raise a credit note of 302 for INV-1042, damaged goods");
    await jonas.clicks(await jonas.sees(/Your approval is needed[\s\S]*302/), "Approve");
    await priya.clicks(await priya.sees(/1 more|one more|Your approval is needed[\s\S]*302/), "Approve");
    const next = readable((await maya.sees(/Executed[\s\S]*302/)).card);
    assert.match(next, /now stands for INV-1042/);
    assert.match(next, /version 2/);
    assert.match(next, /Jonas Weber[\s\S]*Priya Nair/);
    const [before, after] = await versions();
    assert.deepEqual([before?.plan, after?.plan], ["2", "3"]);
    assert.notEqual(before?.agent_version, after?.agent_version);
    assert.notEqual(before?.policy_version, after?.policy_version);
  });
});
