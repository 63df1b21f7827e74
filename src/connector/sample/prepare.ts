import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { openPool, type Pool, type Tx, transaction } from "../../store/pool.ts";
import type { Log } from "../../telemetry/log.ts";
import { type SystemName, systemNames } from "../system-names.ts";
import { seedSystem } from "./seed.ts";

/** Raised when tables or data of the sample company change: an older copy is then built anew. */
const VERSION = 4;
const LOCK = 7_305_001;

type Login = { system: SystemName; role: string; password: string };

/**
 * Makes sure that each system has its schema, its data and its own login, which reaches nothing else. Safe to call from
 * several processes at once.
 * @param databaseUrl of a role that may create schemas and roles
 * @returns the database URL of each system, with its own login
 */
export async function prepareSystems(databaseUrl: string, log: Log): Promise<Record<SystemName, string>> {
  const pool = openPool(databaseUrl, { name: "signalbox-sample", max: 1 });
  try {
    const known = await knownLogins(pool);
    const logins = known ?? (await transaction(pool, (tx) => build(tx, log)));
    const urls = logins.map(({ system, role, password }) => [system, loginUrl(databaseUrl, role, password)]);
    return Object.fromEntries(urls) as Record<SystemName, string>;
  } finally {
    await pool.end();
  }
}

async function knownLogins(db: Pick<Pool, "query">): Promise<Login[] | undefined> {
  const table = await db.query<{ exists: boolean }>("select to_regclass('sample_company.login') is not null as exists");
  if (table.rows[0]?.exists !== true) return undefined;
  const logins = await db.query<Login>(
    "select system, role, password from sample_company.login where version >= $1 and system = any($2)",
    [VERSION, systemNames],
  );
  return logins.rows.length === systemNames.length ? logins.rows : undefined;
}

async function build(tx: Tx, log: Log): Promise<Login[]> {
  await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
  const built = await knownLogins(tx);
  if (built !== undefined) return built;
  await tx.query(`
    create schema if not exists sample_company;
    revoke all on schema sample_company from public;
    create table if not exists sample_company.login (
      system text primary key, role text not null, password text not null, version integer not null)`);
  const database = await tx.query<{ name: string; oid: string }>(
    "select quote_ident(datname) as name, oid::text from pg_database where datname = current_database()",
  );
  const { name = "", oid = "" } = database.rows[0] ?? {};
  const logins: Login[] = [];
  for (const system of systemNames) {
    const login = { system, role: `signalbox_${system}_${oid}`, password: randomBytes(24).toString("hex") };
    await buildSystem(tx, system);
    await buildLogin(tx, login, name);
    logins.push(login);
  }
  await tx.query("set local search_path to default");
  log.info({ systems: systemNames, version: VERSION }, "the sample company was set up");
  return logins;
}

async function buildSystem(tx: Tx, system: SystemName): Promise<void> {
  // Only what we made ourselves is built anew: somebody else's schema of that name makes the next statement fail.
  const ours = await tx.query("select 1 from sample_company.login where system = $1", [system]);
  if (ours.rowCount === 1) await tx.query(`drop schema if exists ${system} cascade`);
  await tx.query(`create schema ${system}; set local search_path to ${system}`);
  for (const file of ["ledger.sql", `${system}/tables.sql`])
    await tx.query(readFileSync(new URL(`../servers/${file}`, import.meta.url), "utf8"));
  await seedSystem(tx, system);
}

/** The role may read, add and change in its own schema; it deletes nothing, and the ledger it can only add to. */
async function buildLogin(tx: Tx, { system, role, password }: Login, database: string): Promise<void> {
  const exists = await tx.query("select 1 from pg_roles where rolname = $1", [role]);
  await tx.query(`
    ${exists.rowCount === 0 ? "create" : "alter"} role ${role} login password '${password}' connection limit 20;
    grant connect on database ${database} to ${role};
    grant usage on schema ${system} to ${role};
    grant select, insert, update on all tables in schema ${system} to ${role};
    grant usage on all sequences in schema ${system} to ${role};
    revoke update on ${system}.effect, ${system}.used_right from ${role};
    alter role ${role} in database ${database} set search_path = ${system};
    alter role ${role} in database ${database} set statement_timeout = '8s'`);
  await tx.query(
    `insert into sample_company.login (system, role, password, version) values ($1, $2, $3, $4)
     on conflict (system) do update set role = excluded.role, password = excluded.password, version = excluded.version`,
    [system, role, password, VERSION],
  );
}

function loginUrl(databaseUrl: string, role: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = password;
  return url.href;
}
