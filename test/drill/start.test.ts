import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBotProcess, startBotProcess } from "../support/bot-process.ts";
import { startCuttableWire } from "../support/cuttable-proxy.ts";
import { createTestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

describe("starting and stopping", function () {
  this.timeout(180_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-start-"));
    await chmod(folder, 0o755);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("a port in use is named, with what to do, and nothing is left running", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const bot = await launchBotProcess(folder, { PORT: String(port) });
    assert.equal(await bot.exited, 1);
    other.close();
    assert.match(bot.output(), new RegExp(`Port ${port} on 127.0.0.1 is in use. Stop what listens there, or set PORT`));
    await assert.rejects(readFile(join(folder, "postgres/cluster/postmaster.pid")));
  });

  it("a wrong setting is named, and all of them at once", async () => {
    const bot = await launchBotProcess(folder, { PORT: "99999", LOG_LEVEL: "loud", MICROSOFT_APP_ID: "x" });
    assert.equal(await bot.exited, 1);
    for (const name of ["PORT", "LOG_LEVEL", "MICROSOFT_APP_ID"]) assert.match(bot.output(), new RegExp(`${name}: `));
  });

  it("without an app registration it refuses any address but loopback", async () => {
    const bot = await launchBotProcess(folder, { HOST: "0.0.0.0" });
    assert.equal(await bot.exited, 1);
    assert.match(bot.output(), /HOST: "0\.0\.0\.0" is not a loopback address/);
  });

  it("waits for a database that is not up yet, and starts when it is", async () => {
    const database = await createTestDatabase();
    const wire = await startCuttableWire(database.url);
    try {
      wire.cut();
      const bot = await launchBotProcess(folder, { DATABASE_URL: wire.url });
      await until(() => /the database does not answer yet: waiting for it/.test(bot.output()));
      wire.mend();
      await until(async () => (await fetch(`${bot.url}/readyz`).catch(() => undefined))?.status === 200);
      assert.equal(await bot.stop(), 0);

      wire.cut();
      const other = await launchBotProcess(folder, { DATABASE_URL: wire.url });
      await until(() => /waiting for it/.test(other.output()));
      process.kill(other.pid, "SIGTERM");
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      // Asked again, it stops while it waits.
      await other.stop();
    } finally {
      wire.close();
      await database.drop();
    }
  });

  it("says loudly that nobody is authenticated, tells when it is ready, and a second one on the same data is refused", async () => {
    const bot = await startBotProcess(folder, { LOG_LEVEL: "info" });
    try {
      assert.match(bot.output(), /LOCAL MODE/);
      assert.deepEqual(await (await fetch(`${bot.url}/readyz`)).json(), {
        ...{ status: "ready", database: true, engine: true, registry: true, systems: true },
      });
      const second = await launchBotProcess(folder, {});
      assert.equal(await second.exited, 1);
      assert.match(second.output(), new RegExp(`belongs to running process ${bot.pid}`));
    } finally {
      assert.equal(await bot.stop(), 0);
    }
    assert.match(bot.output(), /"stopped"/);
    await assert.rejects(fetch(`${bot.url}/healthz`));
  });
});
