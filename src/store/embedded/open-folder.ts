import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder name that any account can reach and that survives a restart; the same `wanted` gives the same name. */
export function openFolderName(purpose: string, wanted: string): string {
  const hash = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  const base = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  return join(base, `signalbox-${purpose}-${hash}`);
}
