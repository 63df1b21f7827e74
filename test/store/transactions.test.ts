import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDatabaseAway } from "../../src/store/database-errors.ts";
import {
  alongside,
  createSharedConnection,
  inOneGo,
  openPool,
  type Queryable,
  type Tx,
  transaction,
  write,
} from "../../src/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

describe("transactions", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    await database.pool.query("create table thing (id int primary key)");
  });
  beforeEach(() => database.pool.query("truncate thing"));
  after(() => database.drop());
  const count = async () => (await database.pool.query("select count(*)::int as n from thing")).rows[0].n;

  it("in one go: all statements take effect", async () => {
    await inOneGo(database.pool, (tx) => [1, 2, 3].map((id) => tx.query("insert into thing values ($1)", [id])));
    assert.equal(await count(), 3);
  });

  it("in one go: when one fails none takes effect, its error is thrown, and the connection serves on", async () => {
    await assert.rejects(
      inOneGo(database.pool, (tx) => [1, 1, 2].map((id) => tx.query("insert into thing values ($1)", [id]))),
      /duplicate key/,
    );
    assert.equal(await count(), 0);
    await inOneGo(database.pool, (tx) => [tx.query("insert into thing values (7)")]);
    assert.equal(await count(), 1);
    assert.equal(database.pool.waitingCount, 0);
  });

  it("step by step: an error rolls back what came before it", async () => {
    await assert.rejects(
      transaction(database.pool, async (tx) => {
        await tx.query("insert into thing values (1)");
        throw new Error("stop");
      }),
      /stop/,
    );
    assert.equal(await count(), 0);
  });

  it("a statement that nobody waits for: its error is that of the transaction, and nothing of it takes effect", async () => {
    const insert = (tx: Queryable, id: number) => write(tx, { text: "insert into thing values ($1)", values: [id] });
    await assert.rejects(
      transaction(database.pool, async (tx) => {
        await insert(tx, 1);
        await insert(tx, 1);
        // Fails too, because the one before it did: that is not what is told.
        await tx.query("select 1");
      }),
      /duplicate key/,
    );
    assert.equal(await count(), 0);
    await assert.rejects(
      transaction(database.pool, async (tx) => {
        await insert(tx, 1);
        await insert(tx, 1);
      }),
      /duplicate key/,
    );
    assert.equal(await count(), 0);
    await transaction(database.pool, async (tx) => {
      await insert(tx, 1);
      assert.equal((await tx.query("select 1 from thing")).rowCount, 1, "what follows sees it");
    });
    assert.equal(await count(), 1);
    assert.equal(database.pool.waitingCount, 0);
  });

  it("work alongside: the commit waits for it, and falls with it", async () => {
    const twice = async (tx: Tx, ids: number[]): Promise<void> => {
      for (const id of ids) await tx.query("insert into thing values ($1)", [id]);
    };
    await transaction(database.pool, (tx) => alongside(tx, twice(tx, [1, 2, 3])));
    assert.equal(await count(), 3);
    await assert.rejects(
      transaction(database.pool, (tx) => alongside(tx, twice(tx, [4, 4, 5]))),
      /duplicate key/,
    );
    assert.equal(await count(), 3);
  });

  it("shared: statements of one moment stand alone, a faulty one fails by itself", async () => {
    const shared = createSharedConnection(database.pool);
    const ended = await Promise.allSettled([1, 1, 2].map((id) => shared.query("insert into thing values ($1)", [id])));
    await shared.close();
    assert.deepEqual(
      ended.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.equal(await count(), 2);
  });

  it("shared: a connection that the database cuts is replaced", async () => {
    const shared = createSharedConnection(database.pool);
    const pid = "select pg_backend_pid() as pid";
    const before = (await shared.query(pid)).rows[0].pid;
    const cut = assert.rejects(shared.query("select pg_sleep(10)"), /terminat|reset/i);
    await database.pool.query("select pg_terminate_backend($1)", [before]);
    await cut;
    assert.notEqual((await shared.query(pid)).rows[0].pid, before);
    await shared.close();
    assert.equal(database.pool.waitingCount, 0);
  });

  it("a process that stands still within one loses it, and what it had locked is free", async () => {
    const slow = openPool(database.url, { name: "slow", idleInTransactionMs: 300 });
    await database.pool.query("insert into thing values (1)");
    const stands = assert.rejects(
      transaction(slow, async (tx) => {
        await tx.query("select * from thing where id = 1 for update");
        await sleep(1_000);
        await tx.query("update thing set id = 2");
      }),
      // As an outage, so that durable work does it again.
      (error) => isDatabaseAway(error),
    );
    await sleep(400);
    await database.pool.query("update thing set id = 3 where id = 1");
    await stands;
    assert.equal((await slow.query("select id from thing")).rows[0].id, 3, "the pool serves on");
    await slow.end();
  });
});
