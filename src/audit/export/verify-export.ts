import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Anchor } from "../anchors/anchor.ts";
import { checkLinks, type Fault } from "../check-links.ts";
import { GENESIS } from "../link.ts";
import { checkPruned } from "../retention/pruned.ts";
import { linkOfLine } from "./line.ts";
import { digestOfText, type FoundManifest, manifestsIn } from "./manifest.ts";

export type ExportReport = {
  tenantId: string;
  segments: number;
  links: number;
  head: string;
  /** links that were anchored and that it does not hold: written since, or cut off */
  behind: number;
  broken: Fault | undefined;
};

/**
 * Verifies an export without any database: manifests follow from each other, files are what their manifests say, links follow
 * from each other across files, and are those that were anchored. What lies there without a manifest was left by an export that
 * was interrupted, and counts for nothing.
 */
export async function verifyExport(
  folder: string,
  tenantId: string,
  anchors: readonly Anchor[] = [],
): Promise<ExportReport> {
  const manifests = await manifestsIn(folder, tenantId);
  const anchored = new Map(anchors.filter(({ tenant }) => tenant === tenantId).map(({ seq, hash }) => [seq, hash]));
  const check = checkLinks();
  const pruned = checkPruned();
  let before = GENESIS;
  let broken: Fault | undefined;
  for (const manifest of manifests) {
    const fault = (why: string): Fault => ({ seq: check.seq + 1, why: `${manifest.path}: ${why}` });
    if (manifest.before !== before)
      broken = fault("it does not follow from the manifest before it, or that one is missing");
    const text = broken === undefined ? await segmentOf(manifest) : undefined;
    if (text === undefined) {
      broken ??= fault("its segment is missing, or not what was exported");
      break;
    }
    for (const line of text.split("\n").slice(0, -1)) {
      const link = linkOfLine(line);
      broken = link === undefined ? fault("a line is no link") : (check.next(link) ?? pruned.next(link));
      if (link !== undefined && (anchored.get(link.seq) ?? link.hash) !== link.hash)
        broken ??= { seq: link.seq, why: "it is not the link that was anchored" };
      if (broken !== undefined) break;
    }
    if (check.seq !== manifest.last || check.hash !== manifest.head)
      broken ??= fault("its segment does not end where it says");
    if (broken !== undefined) break;
    before = digestOfText(manifest.text);
  }
  broken ??= pruned.end();
  const anchoredUpTo = [...anchored.keys()].at(-1) ?? 0;
  const behind = Math.max(0, anchoredUpTo - check.seq);
  return { tenantId, segments: manifests.length, links: check.seq, head: check.hash, behind, broken };
}

async function segmentOf({ path, file, bytes, sha256 }: FoundManifest): Promise<string | undefined> {
  const text = await readFile(join(dirname(path), file), "utf8").catch(() => undefined);
  if (text === undefined || Buffer.byteLength(text) !== bytes || digestOfText(text) !== sha256) return undefined;
  return text;
}
