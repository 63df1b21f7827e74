import pg from "pg";
import { SignalboxError } from "../errors.ts";
import { readMigrations } from "./migrate.ts";
import type { Queryable } from "./pool.ts";

/**
 * Is the schema what this version knows? For those who only read: changes nothing, and needs no more than to read what has landed.
 * @param folder of the migrations; undefined: this version's
 * @throws SignalboxError "schema-differs" or "schema-unreadable", with what to do
 */
export async function checkSchema(db: Queryable, folder?: string): Promise<void> {
  const landed = await readLanded(db);
  const known = await readMigrations(folder);
  const missing = known.find(({ name }) => !landed.has(name));
  if (missing !== undefined)
    throw differs(
      `does not have ${missing.name} yet`,
      "Start the bot of this version once, which brings its database up to date, or use the command line of the version that runs.",
    );
  const changed = known.find(({ name, sha256 }) => landed.get(name) !== sha256);
  if (changed !== undefined)
    throw differs(`got ${changed.name} as another text`, "Use the command line of the version that runs.");
  const names = new Set(known.map(({ name }) => name));
  const newer = [...landed.keys()].find((name) => !names.has(name));
  if (newer !== undefined)
    throw differs(`has ${newer}, which this version does not know`, "Use the command line of the version that runs.");
}

async function readLanded(db: Queryable): Promise<Map<string, string>> {
  try {
    const { rows } = await db.query<{ name: string; sha256: string }>(
      "select name, sha256 from schema_migration order by name",
    );
    return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError)) throw cause;
    if (cause.code === "42P01")
      throw differs("has none of its tables", "Name the bot's database in DATABASE_URL, or start the bot once.", cause);
    if (cause.code !== "42501") throw cause;
    throw new SignalboxError(
      "schema-unreadable",
      "This login may not read the log. Whoever made the tables lets it: grant signalbox_auditor to its role.",
      { cause },
    );
  }
}

function differs(how: string, cure: string, cause?: unknown): SignalboxError {
  return new SignalboxError(
    "schema-differs",
    `The schema of this database is not the one of this version: it ${how}. Nothing was read. ${cure}`,
    { cause },
  );
}
