import { z } from "zod";
import type { Link } from "../link.ts";

// One link is one line of JSON. What was hashed of it stands in it byte by byte, so that it is verified without being parsed.
const Text = z.string().nullable();
const AroundTheData = z.strictObject({
  ...{ actor: Text, at: z.string(), content: Text, hash: z.string(), kind: z.string(), prev: z.string(), pruned: Text },
  ...{ runId: Text, seq: z.int(), tenant: z.string(), turnId: Text, v: z.literal([1, 2]) },
});

/** Members in the canonical order (RFC 8785); of version 2 the whole line is canonical. */
export function lineOfLink(link: Link): string {
  const { actor, at, content, hash, kind, prev, pruned, runId, seq, tenant, turnId, v } = link;
  const before = JSON.stringify({ actor, at, content });
  const after = JSON.stringify({ hash, kind, prev, pruned, runId, seq, tenant, turnId, v });
  return `${before.slice(0, -1)},"data":${link.data ?? "null"},${after.slice(1)}`;
}

/** @returns undefined where the line is no link */
export function linkOfLine(line: string): Link | undefined {
  const from = line.indexOf(',"data":');
  // The last one: within the data there may be others, and behind it only quoted ones.
  const to = line.lastIndexOf(',"hash":"');
  if (from === -1 || to <= from) return undefined;
  const around = read(line.slice(0, from) + line.slice(to));
  if (around === undefined) return undefined;
  const data = line.slice(from + 8, to);
  return { ...around, data: data === "null" ? null : data } as Link;
}

function read(text: string): z.infer<typeof AroundTheData> | undefined {
  try {
    return AroundTheData.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
