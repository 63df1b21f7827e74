import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import canonicalize from "canonicalize";
import { SignalboxError } from "../errors.ts";
import type { Directory } from "../identity/directory.ts";
import { AgentRecord } from "./agent-record.ts";
import type { Filed, Finding } from "./finding.ts";
import { findingsIn } from "./rules.ts";

/** The fleet as it was registered. */
export type Registry = {
  agents: readonly AgentRecord[];
  byId: ReadonlyMap<string, AgentRecord>;
  /** SHA-256 over the canonical JSON of all records */
  version: string;
  /** changes with the content of the agent's record; empty for an unknown agent */
  versionOf(agentId: string): string;
};

/** What is asked of a plan: what it looks up, what it changes, and what would take that back. */
type Plan = {
  lookups: readonly { tool: string }[];
  steps?:
    | readonly { kind: string; tool?: string; undo?: { reversal: string; tool?: string | undefined } }[]
    | undefined;
};

/**
 * Reads and checks every record below `folder`.
 * @throws SignalboxError "registry-invalid": all that is wrong at once, each with file, field, rule and cure
 */
export function loadRegistry(options: {
  folder: string;
  directory: Pick<Directory, "byUpn">;
  plans: ReadonlyMap<string, Plan>;
}): Registry {
  const { folder, directory } = options;
  const plans = new Map(
    [...options.plans].map(([name, plan]) => [name, { acts: isActing(plan), tools: toolsOf(plan) }]),
  );
  const findings: Finding[] = [];
  const filed: Filed[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (!name.endsWith(".json")) continue;
    const file = join(folder, name);
    const read = readRecord(file);
    if (Array.isArray(read)) findings.push(...read);
    else filed.push({ file, record: read });
  }
  findings.push(...findingsIn(filed, { directory, plans }));
  if (findings.length > 0) throw invalid(findings);
  return createRegistry(filed.map(({ record }) => record));
}

export function createRegistry(agents: readonly AgentRecord[]): Registry {
  const versions = new Map(agents.map((agent) => [agent.agent_id, digest(agent).slice(0, 12)]));
  return {
    agents,
    byId: new Map(agents.map((agent) => [agent.agent_id, agent])),
    version: digest(agents),
    versionOf: (agentId) => versions.get(agentId) ?? "",
  };
}

function readRecord(file: string): AgentRecord | Finding[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return [{ file, field: "(whole file)", wrong: `is not valid JSON: ${cause.message}`, cure: "mend the syntax" }];
  }
  const parsed = AgentRecord.safeParse(json);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({
      ...{ file, field: path.join(".") || "(whole file)", wrong: message },
      cure: "manifest/agent.schema.json says what the field must hold",
    }));
  const cluster = basename(dirname(file));
  if (parsed.data.cluster_id === cluster) return parsed.data;
  const cure = `move the file to the folder ${parsed.data.cluster_id}, or correct the field`;
  return [{ file, field: "cluster_id", wrong: `is "${parsed.data.cluster_id}" in the folder ${cluster}`, cure }];
}

function isActing({ steps = [] }: Plan): boolean {
  return steps.some(({ kind }) => kind === "write");
}

function toolsOf({ lookups, steps = [] }: Plan): string[] {
  const called = steps.flatMap(({ tool, undo }) => [tool ?? [], undo?.tool ?? []].flat());
  return [...new Set([...lookups.map(({ tool }) => tool), ...called])];
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(canonicalize(value) ?? "")
    .digest("hex");
}

function invalid(findings: readonly Finding[]): SignalboxError {
  const lines = findings.map(({ file, field, wrong, cure }) => `  ${file}: ${field}: ${wrong}. Cure: ${cure}.`);
  return new SignalboxError("registry-invalid", `Agent records have errors:\n${lines.join("\n")}`);
}
