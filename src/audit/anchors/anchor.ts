import { createHmac, hash } from "node:crypto";
import { z } from "zod";
import { GENESIS, jcs } from "../link.ts";

/** Where a chain ended at a moment, kept where whoever can change the database cannot change it. */
export type Anchor = { tenant: string; seq: number; hash: string; at: string };

const Hash = z.string().regex(/^([0-9a-f]{64}|genesis)$/);
const Line = z.strictObject({
  v: z.literal(1),
  tenant: z.string().min(1),
  seq: z.int().positive(),
  hash: Hash,
  at: z.iso.datetime({ precision: 6 }),
  /** SHA-256 of the line before it, in this file or the last one of the file before: lines cannot be changed, taken out or moved one by one */
  prev: Hash,
  /** HMAC-SHA-256 over the line without it, where a key is configured: the file cannot be written anew by whoever has no key */
  mac: z.string().length(64).optional(),
});

/** One line of an anchor file, without its end. */
export function lineOf({ tenant, seq, hash, at }: Anchor, before: string | undefined, key: string | undefined): string {
  const bare = { v: 1, tenant, seq, hash, at, prev: before === undefined ? GENESIS : digest(before) };
  return jcs(key === undefined ? bare : { ...bare, mac: macOf(bare, key) });
}

export type Anchors = { anchors: Anchor[]; last: string | undefined; faults: string[] };

/**
 * Reads lines of anchors. Pieces of lines, which a process leaves that dies as it writes, are no lines and carry nothing; lines
 * must follow from each other without them.
 */
export function readLines(text: string, key: string | undefined): Anchors {
  const read: Anchors = { anchors: [], last: undefined, faults: [] };
  for (const line of text.split("\n")) {
    const parsed = parse(line);
    if (parsed === undefined) continue;
    const { prev, mac, v, ...anchor } = parsed;
    const which = `the anchor of ${anchor.at}`;
    if (prev !== (read.last === undefined ? GENESIS : digest(read.last)))
      read.faults.push(`${which} does not follow from the one before it`);
    if (key !== undefined && mac !== macOf({ v, ...anchor, prev }, key))
      read.faults.push(`${which} is not signed with SIGNALBOX_AUDIT_KEY`);
    read.anchors.push(anchor);
    read.last = line;
  }
  return read;
}

function parse(line: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const digest = (line: string): string => hash("sha256", line, "hex");
const macOf = (bare: object, key: string): string => createHmac("sha256", key).update(jcs(bare)).digest("hex");
