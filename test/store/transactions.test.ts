import assert from "node:assert/strict";
import { inOneGo, transaction } from "../../src/store/pool.ts";
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
});
