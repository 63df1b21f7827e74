import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SignalboxError } from "../../errors.ts";
import { type Pool, type Tx, transaction } from "../../store/pool.ts";
import { linksBehind } from "../chain/store.ts";
import { checkLinks, type Fault } from "../check-links.ts";
import { jcs, type Link } from "../link.ts";
import { lineOfLink } from "./line.ts";
import { digestOfText, endOf, type Manifest, manifestName, manifestsIn, tenantFolder } from "./manifest.ts";

export type Exported = { segments: number; links: number; upTo: number; broken: Fault | undefined };

/**
 * Writes what was appended since the last export into new files below `folder`, a segment with its manifest for each day:
 * tenant=…/yyyy/mm/dd/first-last.ndjson. No file is ever written twice, so that the folder may be on WORM storage; an export that
 * was interrupted goes on behind its last manifest. Links are verified on the way: nothing behind a broken one is exported.
 */
export async function writeExport(pool: Pool, tenantId: string, folder: string): Promise<Exported> {
  const from = endOf(await manifestsIn(folder, tenantId));
  return transaction(pool, async (tx: Tx) => {
    await tx.query("set transaction isolation level repeatable read, read only");
    const check = checkLinks(from);
    const done: Exported = { segments: 0, links: 0, upTo: from.seq, broken: undefined };
    let { hash: prev, before } = from;
    for await (const page of linksBehind(tx, tenantId, from.seq)) {
      const sound: Link[] = [];
      for (const link of page) {
        done.broken = check.next(link);
        if (done.broken !== undefined) break;
        sound.push(link);
      }
      for (const links of byDay(sound)) {
        before = await writeSegment(tenantFolder(folder, tenantId), tenantId, links, { prev, before });
        prev = links.at(-1)?.hash ?? prev;
        done.segments += 1;
        done.links += links.length;
        done.upTo = links.at(-1)?.seq ?? done.upTo;
      }
      if (done.broken !== undefined) break;
    }
    return done;
  });
}

/** Runs of links of one day; should the database's clock be set back, a day has several. */
function byDay(links: readonly Link[]): Link[][] {
  const days: Link[][] = [];
  for (const link of links) {
    const run = days.at(-1);
    if (run?.[0] !== undefined && dayOf(run[0]) === dayOf(link)) run.push(link);
    else days.push([link]);
  }
  return days;
}

const dayOf = ({ at }: Link): string => at.slice(0, 10);
const padded = (seq: number): string => String(seq).padStart(12, "0");

/** @returns the digest of its manifest */
async function writeSegment(
  root: string,
  tenant: string,
  links: readonly Link[],
  { prev, before }: { prev: string; before: string },
): Promise<string> {
  const [first] = links;
  const last = links.at(-1);
  if (first === undefined || last === undefined) return before;
  const text = links.map((link) => `${lineOfLink(link)}\n`).join("");
  const folder = join(root, ...dayOf(first).split("-"));
  const range = { first: first.seq, last: last.seq, prev, head: last.hash };
  try {
    await mkdir(folder, { recursive: true });
    const file = await writeNew(folder, `${padded(first.seq)}-${padded(last.seq)}`, text);
    const bytes = Buffer.byteLength(text);
    const manifest: Manifest = {
      v: 1,
      tenant,
      file,
      bytes,
      sha256: digestOfText(text),
      links: links.length,
      ...range,
      before,
    };
    const manifestText = `${jcs(manifest)}\n`;
    await writeOnce(join(folder, manifestName(file)), manifestText);
    return digestOfText(manifestText);
  } catch (cause) {
    const cure = "Name a folder that this account may add files to: --to.";
    throw new SignalboxError("export-unwritable", `${messageOf(cause)}. ${cure}`, { cause });
  }
}

/** Where an interrupted export has left another beginning of this segment, it gets a name of its own. */
async function writeNew(folder: string, name: string, text: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const file = n === 1 ? `${name}.ndjson` : `${name}.${n}.ndjson`;
    try {
      await writeOnce(join(folder, file), text);
      return file;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      if ((await readFile(join(folder, file), "utf8")) === text) return file;
    }
  }
}

async function writeOnce(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o440);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
