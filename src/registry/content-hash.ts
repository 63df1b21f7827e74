import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** Names what an agent is at a version: the same record with the same plans is the same version. */
export function contentHash(content: { record: unknown; plans: unknown }): string {
  return createHash("sha256")
    .update(canonicalize(JSON.parse(JSON.stringify(content))) ?? "")
    .digest("hex");
}
