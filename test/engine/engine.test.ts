import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, type Job, startEngine, step, type Workflow } from "../../src/engine/engine.ts";
import { removeFinished } from "../../src/engine/retention.ts";
import { transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

const log = createLog("silent");

describe("the engine", () => {
  let database: TestDatabase;
  let engine: Engine;
  let ran: string[] = [];
  let failures = 0;

  const note: Workflow = {
    name: "note",
    run: async (id = "") => {
      await step("note", async () => {
        ran.push(id);
      });
    },
  };
  const shaky: Workflow = {
    name: "shaky",
    run: async (id = "") => {
      const tries = { maxAttempts: 3, intervalSeconds: 0.01 };
      const work = async () => {
        failures += 1;
        if (failures < 3) throw new Error("not yet");
        return "done";
      };
      ran.push(`${id}:${await step("work", work, { ...tries, otherwise: async () => "given up" })}`);
    },
  };
  const overtaken: Workflow = {
    name: "overtaken",
    run: async (id = "") => {
      const work = async () => {
        await database.pool.query("update dbos.workflow_status set owner_xid = 'another' where workflow_uuid = $1", [
          id,
        ]);
        ran.push(`${id}:worked`);
        return "worked";
      };
      const otherwise = async () => {
        ran.push(`${id}:given up`);
        return "given up";
      };
      await step("work", work, { maxAttempts: 2, intervalSeconds: 0.01, otherwise });
      ran.push(`${id}:ended`);
    },
  };
  const start = () =>
    startEngine({
      databaseUrl: database.appUrl,
      ownerUrl: database.url,
      pool: database.pool,
      workflows: [note, shaky, overtaken],
      log,
      poll: { actionsMs: 50, timersMs: 50 },
    });
  const enqueue = (job: Partial<Job> & { id: string }) =>
    transaction(database.pool, (tx) =>
      engine.enqueue(tx, { workflow: "note", queue: "actions", args: [job.id], ...job }),
    );
  const statuses = async () => {
    const { rows } = await database.pool.query(
      "select workflow_uuid as id, status from dbos.workflow_status order by 1",
    );
    return rows;
  };

  before(async () => {
    database = await createTestDatabase();
    engine = await start();
  });
  after(async () => {
    await engine.stop();
    await database.drop();
  });
  beforeEach(() => {
    ran = [];
    failures = 0;
  });

  it("runs a job once its transaction has committed", async () => {
    await enqueue({ id: "a" });
    await until(() => ran.length > 0);
    assert.deepEqual(ran, ["a"]);
    assert.equal(await engine.ready(), true);
  });

  it("knows nothing of a job whose transaction was rolled back", async () => {
    const rolledBack = transaction(database.pool, async (tx) => {
      await engine.enqueue(tx, { workflow: "note", id: "undone", queue: "actions", args: ["undone"] });
      throw new Error("changed my mind");
    });
    await assert.rejects(rolledBack, /changed my mind/);
    assert.deepEqual(
      (await statuses()).filter((row) => row.id === "undone"),
      [],
    );
  });

  it("runs two jobs with the same id once", async () => {
    await enqueue({ id: "twice" });
    await enqueue({ id: "twice" });
    await enqueue({ id: "after" });
    await until(() => ran.includes("after"));
    await enqueue({ id: "twice" });
    await enqueue({ id: "last" });
    await until(() => ran.includes("last"));
    assert.deepEqual(ran.toSorted(), ["after", "last", "twice"]);
  });

  it("keeps a delayed job until its time, also when the process stops meanwhile", async () => {
    await enqueue({ id: "later", queue: "timers", delaySeconds: 1 });
    await enqueue({ id: "now", queue: "timers" });
    await until(() => ran.includes("now"));
    assert.deepEqual(ran, ["now"]);
    await engine.stop();
    engine = await start();
    await until(() => ran.includes("later"));
  });

  it("tries a failing step again as often as it is told, and keeps the result", async () => {
    await enqueue({ id: "s1", workflow: "shaky" });
    await until(() => ran.length > 0);
    assert.deepEqual([ran, failures], [["s1:done"], 3]);
  });

  it("lets a workflow go on when a step is given up", async () => {
    failures = -5;
    await enqueue({ id: "s2", workflow: "shaky" });
    await until(() => ran.length > 0);
    assert.deepEqual([ran, failures], [["s2:given up"], -2]);
  });

  it("leaves a workflow to the process that has taken it over, and gives nothing up over its head", async () => {
    await enqueue({ id: "o1", workflow: "overtaken" });
    await until(() => ran.length > 0);
    // It waits for what the other one makes of it.
    await database.pool.query("update dbos.workflow_status set status = 'SUCCESS' where workflow_uuid = 'o1'");
    await sleep(300);
    assert.deepEqual(ran, ["o1:worked"]);
    await database.pool.query("delete from dbos.workflow_status where workflow_uuid = 'o1'");
  });

  it("refuses a job that nobody can run", async () => {
    await assert.rejects(enqueue({ id: "x", workflow: "unknown" }), { code: "workflow-unknown" });
  });

  it("refuses a second engine in the process", async () => {
    await assert.rejects(start(), { code: "engine-twice" });
  });

  it("signs on as a worker and off again", async () => {
    const workers = async () =>
      (await database.pool.query("select worker_id from worker")).rows.map((row) => row.worker_id);
    assert.deepEqual(await workers(), [engine.executorId]);
    const first = engine.executorId;
    await engine.stop();
    assert.deepEqual(await workers(), []);
    engine = await start();
    assert.notEqual(engine.executorId, first);
  });

  it("waits for running work when it stops", async () => {
    await engine.stop();
    let ended = false;
    const slow: Workflow = {
      name: "slow",
      run: () =>
        step("wait", async () => {
          ran.push("started");
          await sleep(300);
          ended = true;
        }),
    };
    const { url, pool } = database;
    engine = await startEngine({
      databaseUrl: url,
      pool,
      workflows: [slow],
      log,
      poll: { actionsMs: 50, timersMs: 50 },
    });
    await enqueue({ id: "slow", workflow: "slow" });
    await until(() => ran.length > 0);
    await engine.stop({ drainMs: 5_000 });
    assert.equal(ended, true);
    engine = await start();
  });

  it("forgets finished jobs after their time, and no others", async () => {
    await enqueue({ id: "waiting", queue: "timers", delaySeconds: 3_600 });
    assert.equal(await removeFinished(1), 0);
    assert.ok((await removeFinished(0)) > 0);
    assert.deepEqual(await statuses(), [{ id: "waiting", status: "DELAYED" }]);
  });
});
