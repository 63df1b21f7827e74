import assert from "node:assert/strict";
import { createSharedConnection, inOneGo, transaction } from "../../src/store/pool.ts";
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
});
