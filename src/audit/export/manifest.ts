import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, SignalboxError } from "../../errors.ts";
import { GENESIS } from "../link.ts";

/** What stands beside each segment: written last, so that a segment with one is whole. */
export const Manifest = z.strictObject({
  v: z.literal(1),
  tenant: z.string(),
  /** name of the segment, in the same folder */
  file: z.string().regex(/^[0-9.-]+\.ndjson$/),
  bytes: z.int(),
  sha256: z.string(),
  links: z.int(),
  first: z.int(),
  last: z.int(),
  /** hash of the link before the first, and of the last */
  prev: z.string(),
  head: z.string(),
  /** SHA-256 of the manifest of the segment before it; "genesis" for the first */
  before: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;
/** `path`: of the manifest; `text`: its bytes, which the next one vouches for */
export type FoundManifest = Manifest & { path: string; text: string };

const SUFFIX = ".manifest.json";
export const manifestName = (segment: string): string => segment.replace(/\.ndjson$/, SUFFIX);
export const digestOfText = (text: string): string => hash("sha256", text, "hex");

/** Where the segments of a tenant are, by the day of their links. */
export function tenantFolder(folder: string, tenant: string): string {
  return join(folder, `tenant=${encodeURIComponent(tenant)}`);
}

/** All manifests of a tenant in the order of their links. @throws SignalboxError "export-unreadable" */
export async function manifestsIn(folder: string, tenant: string): Promise<FoundManifest[]> {
  const root = tenantFolder(folder, tenant);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw unreadable(root, messageOf(error));
    },
  );
  const paths = entries
    .filter(({ name }) => name.endsWith(SUFFIX))
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(paths.map(readManifest));
  return found.sort((a, b) => a.first - b.first);
}

/** The end of what is exported: where the next export goes on. */
export function endOf(manifests: readonly FoundManifest[]): { seq: number; hash: string; before: string } {
  const last = manifests.at(-1);
  return last === undefined
    ? { seq: 0, hash: GENESIS, before: GENESIS }
    : { seq: last.last, hash: last.head, before: digestOfText(last.text) };
}

async function readManifest(path: string): Promise<FoundManifest> {
  try {
    const text = await readFile(path, "utf8");
    return { ...Manifest.parse(JSON.parse(text)), path, text };
  } catch (cause) {
    throw unreadable(path, messageOf(cause));
  }
}

function unreadable(path: string, why: string): SignalboxError {
  const cure = "Name a folder that `audit -- export` has made; it may not be changed since.";
  return new SignalboxError("export-unreadable", `${path}: ${why}. ${cure}`);
}
