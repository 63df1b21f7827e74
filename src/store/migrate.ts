import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { messageOf, SignalboxError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { withAdvisoryLock } from "./advisory-lock.ts";
import type { Pool, Tx } from "./pool.ts";

const FOLDER = join(import.meta.dirname, "migrations");

/** Hours, for whoever has years of evidence; whoever starts the bot sees which migration goes on. */
const LONGEST_MS = 6 * 3_600_000;

type Migration = { name: string; sql: string; sha256: string };

/**
 * Applies the numbered files of `folder` that this database has not seen, in order, each in its own transaction. Several
 * processes may start at once: they take turns.
 */
export async function migrate(pool: Pool, log: Log, folder: string = FOLDER): Promise<void> {
  const migrations = await readMigrations(folder);
  await withAdvisoryLock(pool, "migrations", async (holder) => {
    await holder.query(
      "create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await holder.query<{ name: string; sha256: string }>("select name, sha256 from schema_migration");
    const applied = new Map(rows.map((row) => [row.name, row.sha256]));
    for (const migration of migrations) {
      const landed = applied.get(migration.name);
      if (landed === migration.sha256) continue;
      if (landed !== undefined) throw changed(migration.name);
      log.debug({ migration: migration.name }, "migration begins");
      await apply(holder, migration);
      log.info({ migration: migration.name }, "migration applied");
    }
  });
}

/** In their order. @throws SignalboxError "migration-name" */
export async function readMigrations(folder: string = FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      if (!/^\d{3}-[a-z0-9-]+\.sql$/.test(name)) throw misnamed(name);
      // One checksum for one text, whatever line ends a checkout wrote.
      const sql = (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function apply(holder: Tx, migration: Migration): Promise<void> {
  try {
    await holder.query("begin");
    // A long table takes longer than any statement of a turn may.
    await holder.query({ text: migration.sql, query_timeout: LONGEST_MS } as pg.QueryConfig);
    await holder.query("insert into schema_migration (name, sha256) values ($1, $2)", [
      migration.name,
      migration.sha256,
    ]);
    await holder.query("commit");
  } catch (cause) {
    throw new SignalboxError("migration-failed", `Migration ${migration.name} failed: ${messageOf(cause)}`, { cause });
  }
}

function changed(name: string): SignalboxError {
  const cure = "Restore the file, and put the change into a new one with the next number.";
  return new SignalboxError(
    "migration-changed",
    `Migration ${name} was changed after it landed in this database. ${cure}`,
  );
}

function misnamed(name: string): SignalboxError {
  return new SignalboxError("migration-name", `Migration ${name} must be named like 001-core.sql.`);
}
