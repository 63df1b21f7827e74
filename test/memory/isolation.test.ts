import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { agentsUrl, openAgentsPool } from "../../src/memory/account/open.ts";
import { allowReading, openReading, readFacts, readOrganisation } from "../../src/memory/readings/store.ts";
import { recall, recallOrganisation } from "../../src/memory/recall.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPool, type Pool, transaction } from "../../src/store/pool.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const [ours, theirs] = ["tenant-a", "tenant-b"];
const [maya, jonas] = ["maya", "jonas"];
const agentId = "agent";

describe("with the agents' credentials (R10.3)", () => {
  let database: TestDatabase;
  let agents: Pool;
  before(async function () {
    this.timeout(60_000);
    database = await createTestDatabase();
    await (await openAgentsPool({ owner: database.pool, databaseUrl: database.url, configured: undefined })).end();
    // One connection: whatever a transaction leaves behind, the next one finds.
    agents = openPool(await agentsUrl(database.url), { name: "astray", max: 1 });
    for (const [tenant, person, cluster] of [
      [ours, maya, "finance"],
      [ours, maya, "sales"],
      [ours, jonas, "finance"],
      [theirs, maya, "finance"],
    ]) {
      await database.pool.query("insert into memory.consent values ($1, $2, $3)", [tenant, person, cluster]);
      await database.pool.query(
        `insert into memory.fact (tenant_id, fact_id, person_id, cluster_id, kind, name, value, source, trust, state)
         values ($1, gen_random_uuid(), $2, $3, 'preference', 'my customer', $4, 'own-words', 0.9, 'kept')`,
        [tenant, person, cluster, `${tenant} ${person} ${cluster}`],
      );
    }
    for (const tenant of [ours, theirs])
      await database.pool.query("insert into memory.organisation values ($1, 'policies', 'hris', '[]', now())", [
        tenant,
      ]);
  });
  after(async () => {
    await agents.end();
    await database.drop();
  });

  const of = { personId: maya, clusterId: "finance" };
  const tokenFor = async (seconds = 60, reach = { tenantId: ours, agentId, of }): Promise<string> => {
    const token = randomBytes(32).toString("base64url");
    assert.ok(await allowReading(database.pool, token, reach, seconds));
    return token;
  };
  const seen = async (sql = "select value from memory.fact"): Promise<string[]> =>
    (await agents.query<{ value: string }>(sql)).rows.map(({ value }) => value);

  it("an agent reads what was kept for it, and nothing of another person, cluster or tenant", async () => {
    const ports = { tenantId: ours, db: database.pool, agents };
    const values = (await recall(ports, { ...of, agentId })).map(({ value }) => value);
    assert.deepEqual(values, ["tenant-a maya finance"]);
    assert.deepEqual(
      await recall(ports, { personId: jonas, clusterId: "sales", agentId }),
      [],
      "no consent, no memory",
    );
    assert.equal((await recallOrganisation(ports)).length, 1, "the organisation's memory of one tenant");
  });

  it("without a token nothing is seen, whatever settings are set", async () => {
    assert.deepEqual(await seen(), []);
    await agents.query("select set_config('signalbox.tenant', $1, false), set_config('signalbox.user', $2, false)", [
      ours,
      maya,
    ]);
    assert.deepEqual(await seen(), []);
    assert.deepEqual(await seen("select collection as value from memory.organisation"), []);
    for (const asked of [theirs, ours])
      assert.deepEqual(await seen(`select value from memory.fact where tenant_id = '${asked}'`), []);
  });

  it("a token shows its own rows alone, also where others are asked for by name", async () => {
    const token = await tokenFor();
    await transaction(agents, async (tx) => {
      assert.ok(await openReading(tx, token));
      for (const where of [`tenant_id = '${theirs}'`, `person_id = '${jonas}'`, "cluster_id = 'sales'"])
        assert.equal((await tx.query(`select from memory.fact where ${where}`)).rowCount, 0, where);
      assert.equal((await readFacts(tx)).length, 1);
      assert.equal((await readOrganisation(tx)).length, 1);
    });
    assert.deepEqual(await seen(), [], "the next transaction on the same connection");
  });

  it("on a pooled connection an error, a rollback or a lost commit leaves nothing behind", async () => {
    for (const end of ["error", "rollback", "savepoint"]) {
      const token = await tokenFor();
      const client = await agents.connect();
      await client.query("begin");
      assert.ok(await openReading(client, token));
      if (end === "savepoint") await client.query("savepoint s");
      if (end !== "rollback") await assert.rejects(client.query("select 1 / 0"), /division by zero/);
      if (end === "savepoint") await client.query("rollback to s");
      await client.query(end === "savepoint" ? "commit" : "rollback");
      client.release();
      assert.deepEqual(await seen(), [], end);
    }
  });

  it("a token is good once, for its time, for one transaction, and cannot be guessed or made", async () => {
    const token = await tokenFor();
    await transaction(agents, (tx) => openReading(tx, token));
    assert.equal(await transaction(agents, (tx) => openReading(tx, token)), false, "used");
    const late = await tokenFor(-1);
    assert.equal(await transaction(agents, (tx) => openReading(tx, late)), false, "too old");
    assert.equal(await transaction(agents, (tx) => openReading(tx, "")), false);
    const [one, two] = [await tokenFor(), await tokenFor()];
    await assert.rejects(
      transaction(agents, async (tx) => {
        await openReading(tx, one);
        await openReading(tx, two);
      }),
      /unique constraint/,
      "two tokens are not added up",
    );
    for (const sql of [
      "insert into memory.reading (token_hash, tenant_id, expires_at) values ('x', 'tenant-a', now())",
      "select * from memory.reading",
      "select * from memory.consent",
    ])
      await assert.rejects(agents.query(sql), /permission denied/, sql);
  });

  it("consent that is taken back is taken back at once, tokens or not", async () => {
    const token = await tokenFor();
    await transaction(agents, async (tx) => {
      assert.ok(await openReading(tx, token));
      await database.pool.query(
        "delete from memory.consent where tenant_id = $1 and person_id = $2 and cluster_id = $3",
        [ours, maya, "finance"],
      );
      assert.equal((await readFacts(tx)).length, 0);
    });
    const { rowCount } = await database.pool.query("select from memory.fact where value = 'tenant-a maya finance'");
    assert.equal(rowCount, 0, "and what was kept under it is gone");
  });

  it("no other account can be taken on, and security is not switched off", async () => {
    const { rows } = await database.pool.query<{ owner: string }>("select current_user as owner");
    for (const sql of [
      `set role "${rows[0]?.owner}"`,
      `set session authorization "${rows[0]?.owner}"`,
      "alter table memory.fact disable row level security",
      "drop policy own_kept_facts on memory.fact",
      "alter role signalbox_agent bypassrls",
      "create function memory.reach() returns text language sql as 'select 1'",
      "select pg_read_file('/etc/passwd')",
    ])
      await assert.rejects(agents.query(sql), /permission denied|must be owner|must be superuser|already exists/, sql);
    await agents.query("set row_security = off");
    await assert.rejects(seen(), /row-level security/);
    await agents.query("set row_security = on");
  });

  it("objects of its own in the way of ours change nothing", async () => {
    await agents.query("create temp table if not exists reading as select 1").catch(() => undefined);
    await agents.query("set search_path = pg_temp, memory");
    assert.deepEqual(await seen(), []);
    await agents.query("reset search_path");
  });

  it("there is no table to write and none to read but these two", async () => {
    const { rows } = await agents.query<{ name: string }>(
      `select c.oid::regclass::text as name, n.nspname from pg_class c join pg_namespace n on n.oid = relnamespace
        where relkind in ('r', 'p', 'v', 'm', 'f') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
          and nspname not like 'pg_temp%' and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`,
    );
    assert.deepEqual(rows.map(({ name }) => name).sort(), ["memory.fact", "memory.organisation"]);
    for (const sql of [
      "update memory.fact set value = 'x'",
      "delete from memory.fact",
      "insert into memory.fact default values",
    ])
      await assert.rejects(agents.query(sql), /permission denied/, sql);
  });
});

describe("the agents' account", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it("an address without a password, or with another account, is refused with the cure", async () => {
    const bare = new URL(database.url);
    bare.password = "";
    await assert.rejects(agentsUrl(bare.href), { code: "memory-account", message: /SIGNALBOX_MEMORY_DATABASE_URL/ });
    const open = (configured: string) =>
      openAgentsPool({ owner: database.pool, databaseUrl: database.url, configured });
    await assert.rejects(open(database.url), { code: "memory-account", message: /Use signalbox_agent/ });
    const wrong = new URL(await agentsUrl(database.url));
    wrong.password = "wrong";
    await assert.rejects(open(wrong.href), { code: "memory-account", message: /wrong account or password/ });
  });

  it("is opened by processes that start at the same moment, all of them", async () => {
    const opened = await Promise.allSettled(
      Array.from({ length: 12 }, () =>
        openAgentsPool({ owner: database.pool, databaseUrl: database.url, configured: undefined }),
      ),
    );
    for (const one of opened) if (one.status === "fulfilled") await one.value.end();
    assert.deepEqual(
      opened.filter(({ status }) => status === "rejected"),
      [],
    );
  });

  it("where the bot's own account may not make accounts, it is made beforehand, and the error says how", async () => {
    const limited = new URL(database.url);
    [limited.username, limited.password, limited.pathname] = ["limited", "a-password", "/of_limited"];
    await database.pool.query("create role limited login password 'a-password'");
    await database.pool.query("create database of_limited owner limited");
    const pool = openPool(limited.href, { name: "limited" });
    try {
      await database.pool.query("alter role signalbox_agent rename to elsewhere");
      try {
        await assert.rejects(migrate(pool, createLog("silent")), {
          code: "migration-failed",
          message: /Have an administrator run: create role signalbox_agent/,
        });
      } finally {
        await database.pool.query("alter role elsewhere rename to signalbox_agent");
      }
      await migrate(pool, createLog("silent"));
      await assert.rejects(openAgentsPool({ owner: pool, databaseUrl: limited.href, configured: undefined }), {
        code: "memory-account",
        message: /Have an administrator set one, and SIGNALBOX_MEMORY_DATABASE_URL/,
      });
      const configured = new URL(await agentsUrl(database.url));
      configured.pathname = limited.pathname;
      await (await openAgentsPool({ owner: database.pool, databaseUrl: database.url, configured: undefined })).end();
      const agents = await openAgentsPool({ owner: pool, databaseUrl: limited.href, configured: configured.href });
      assert.deepEqual(await recallOrganisation({ tenantId: ours, db: pool, agents }), []);
      await agents.end();
    } finally {
      await pool.end();
      await database.pool.query("drop database of_limited with (force)");
      await database.pool.query("drop role limited");
    }
  });

  it("one that may do more than read is refused", async () => {
    await database.pool.query("alter role signalbox_agent bypassrls");
    try {
      await assert.rejects(openAgentsPool({ owner: database.pool, databaseUrl: database.url, configured: undefined }), {
        code: "memory-account",
        message: /BYPASSRLS/,
      });
    } finally {
      await database.pool.query("alter role signalbox_agent nobypassrls");
    }
  });
});
