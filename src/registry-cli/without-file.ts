import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Listed } from "../registry/listing/store.ts";

const Named = z.object({ agent_id: z.string() });

/**
 * Agents of the running registry that no file has any more and that nobody has retired: the next start leaves them out without
 * a word to their owners. Files are only looked at for their ids; what is wrong in them is for `validate` to say.
 * @returns their ids; undefined where this machine has no such folder
 */
export function withoutFile(agents: readonly Listed[], manifest: string): Set<string> | undefined {
  const folder = join(manifest, "agents");
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const filed = new Set(names.flatMap((name) => idIn(readFileSync(join(folder, name), "utf8"))));
  const left = agents.filter(({ agentId, status }) => status !== "deprecated" && !filed.has(agentId));
  return new Set(left.map(({ agentId }) => agentId));
}

function idIn(text: string): string[] {
  try {
    return [Named.parse(JSON.parse(text)).agent_id];
  } catch {
    return [];
  }
}
