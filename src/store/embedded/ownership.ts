import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "../../errors.ts";
import { birthOf, isAlive } from "./process-facts.ts";

type Owner = { pid: number; birth?: string | undefined };

/**
 * One process owns a data folder at a time. Files `owner.<n>` name the owners; the highest number counts, and taking
 * over means making the next one, which only one process can. The highest file is never removed, not even by its
 * owner: a free number would let two processes take different ones.
 * @returns gives the folder up
 */
export async function takeOwnership(folder: string): Promise<() => Promise<void>> {
  const draft = join(folder, `draft.${randomUUID()}`);
  const self: Owner = { pid: process.pid, birth: await birthOf(process.pid) };
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    for (;;) {
      const taken = await numbers(folder);
      const last = Math.max(0, ...taken);
      const owner = last > 0 ? await readOwner(join(folder, `owner.${last}`)) : undefined;
      if (owner && (await isStillThere(owner))) throw ownedBy(owner, folder);
      const mine = join(folder, `owner.${last + 1}`);
      if (!(await linked(draft, mine))) continue;
      for (const number of taken) await rm(join(folder, `owner.${number}`), { force: true });
      return () => writeFile(mine, "{}");
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => (/^owner\.\d+$/.test(name) ? [Number(name.slice(6))] : []));
}

async function readOwner(file: string): Promise<Owner | undefined> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const owner: Partial<Owner> = JSON.parse(text);
  return owner.pid === undefined ? undefined : { pid: owner.pid, birth: owner.birth };
}

async function isStillThere(owner: Owner): Promise<boolean> {
  return isAlive(owner.pid) && (owner.birth === undefined || owner.birth === (await birthOf(owner.pid)));
}

/** False when another process made `name` first. */
async function linked(draft: string, name: string): Promise<boolean> {
  try {
    await link(draft, name);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function ownedBy(owner: Owner, folder: string): SignalboxError {
  const cure = `Stop process ${owner.pid}, or set SIGNALBOX_DATA to another folder.`;
  return new SignalboxError("data-owned", `The database in ${folder} belongs to running process ${owner.pid}. ${cure}`);
}
