import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a tool and its arguments, as hex. It is stored when people are asked, shown
 * short on their card, and computed again from what is about to run: what is shown is what runs.
 */
export function digestOf(tool: string, args: Record<string, unknown>): string {
  return createHash("sha256")
    .update(canonicalize({ tool, args }) ?? "")
    .digest("hex");
}

/** The same over several calls in their order: what people pass as a whole. */
export function digestOfAll(calls: readonly { tool: string; args: Record<string, unknown> }[]): string {
  return createHash("sha256")
    .update(canonicalize(calls.map(({ tool, args }) => ({ tool, args }))) ?? "")
    .digest("hex");
}
