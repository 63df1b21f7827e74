import { hash } from "node:crypto";
import canonicalize from "canonicalize";

/** One line of evidence. `actor` is an aadObjectId, an agent id or "signalbox"; `data` holds no more of people than ids. */
export type AuditEntry = {
  tenantId: string;
  kind: string;
  actor: string;
  turnId?: string | undefined;
  runId?: string | undefined;
  data: Record<string, unknown>;
};

/** What every link has, whether or not its data is still there. */
type Core = {
  tenant: string;
  /** 1, 2, 3 … without gaps */
  seq: number;
  /** UTC with microseconds: "2026-11-22T01:58:25.123456Z" */
  at: string;
  kind: string;
  /** hash of the link before it; "genesis" for the first */
  prev: string;
  hash: string;
};
/** What was recorded; `data` is the text of a JSON object, as it was hashed. */
type Recorded = { actor: string; turnId: string | null; runId: string | null; data: string };

/**
 * A link of a chain. Version 1 is hashed over its fields as text, version 2 over canonical JSON in two steps (migration 064).
 * `pruned`: the class under which its data was dropped; of version 2 `content` then stands for it.
 */
export type Link = Core &
  ({ v: 1; content: null } | { v: 2; content: string }) &
  (({ pruned: null } & Recorded) | { pruned: string; actor: null; turnId: null; runId: null; data: null });

export const GENESIS = "genesis";

/**
 * The canonical JSON (RFC 8785) of what an entry records. What no JSON text may hold (NUL, half a surrogate pair) is replaced by
 * U+FFFD: a link that cannot be written would stop what it is to record.
 */
export function bodyOf({ actor, data, kind, runId, turnId }: Omit<AuditEntry, "tenantId">): string {
  const body = { actor, data, kind, runId: runId ?? null, turnId: turnId ?? null };
  try {
    const text = jcs(body);
    if (!text.includes("\\u0000")) return text;
  } catch {
    // Half a letter, most likely: what is wrong with it beyond that is thrown below.
  }
  return jcs(cleaned(body));
}

/** Canonical JSON of a value that JSON can hold. */
export function jcs(value: unknown): string {
  return canonicalize(value) ?? "null";
}

/** What is wrong with a link by itself: its content or its hash do not follow from what it says. */
export function faultIn(link: Link): string | undefined {
  if (link.v === 1) {
    // All that was hashed is gone with the data: the link after it still vouches for the hash.
    return link.pruned !== null || link.hash === hashOfFirst(link) ? undefined : CHANGED;
  }
  if (link.pruned === null && contentOf(link) !== link.content) return CHANGED;
  return hashOf(link) === link.hash ? undefined : CHANGED;
}

const CHANGED = "its content was changed";

/** Put together, not parsed: `data` is canonical already, and where it is not, it is not what was hashed. */
function contentOf({ actor, data, kind, runId, turnId }: Recorded & Core): string {
  const body = `{"actor":${JSON.stringify(actor)},"data":${data},"kind":${JSON.stringify(kind)},"runId":${JSON.stringify(runId)},"turnId":${JSON.stringify(turnId)}}`;
  return hash("sha256", body, "hex");
}

/** Written out, since the members of a link are always the same: their order is the canonical one. */
function hashOf({ at, content, prev, seq, tenant }: Core & { content: string }): string {
  const link = `{"at":"${at}","content":"${content}","prev":"${prev}","seq":${seq},"tenant":${JSON.stringify(tenant)},"v":2}`;
  return hash("sha256", link, "hex");
}

/** audit_hash() of migration 001. */
function hashOfFirst({ prev, tenant, seq, at, kind, actor, turnId, runId, data }: Recorded & Core): string {
  const micros = `${Date.parse(`${at.slice(0, 23)}Z`)}${at.slice(23, 26)}`;
  const fields = [prev, tenant, seq, micros, kind, actor, turnId ?? "-", runId ?? "-", data];
  return hash("sha256", fields.join("\n"), "hex");
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (Array.isArray(value)) return value.map(cleaned);
  // Dates say themselves how they are written.
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleaned(name), cleaned(inner)]));
}
