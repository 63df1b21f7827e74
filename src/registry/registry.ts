import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { SignalboxError } from "../errors.ts";
import type { AgentRecord } from "./agent-record.ts";
import type { Filed, Finding } from "./finding.ts";
import { readRecords } from "./read-records.ts";
import { findingsIn, type PlanInBrief, type Surroundings } from "./rules.ts";

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
  /** what a language model may read for it */
  model?: { reads: Readonly<Record<string, { tool: string }>> } | undefined;
  steps?:
    | readonly { kind: string; tool?: string; undo?: { reversal: string; tool?: string | undefined } }[]
    | undefined;
};

type Options = {
  folder: string;
  directory: Surroundings["directory"];
  plans: ReadonlyMap<string, Plan>;
} & Pick<Surroundings, "unreadable" | "today">;

/**
 * Reads and checks every record below `folder`.
 * @throws SignalboxError "registry-invalid": all that is wrong at once, each with file, field, rule and cure
 */
export function loadRegistry(options: Options): Registry {
  const { filed, findings } = checkRecords(options);
  if (findings.length > 0) throw invalid(findings);
  return createRegistry(filed.map(({ record }) => record));
}

/** The same without an error: what could be read, and what is wrong with it and with the rest. */
export function checkRecords({ folder, plans, ...around }: Options): { filed: Filed[]; findings: Finding[] } {
  const { filed, findings } = readRecords(folder);
  const known = new Map([...plans].map(([name, plan]) => [name, whatItDoes(plan)]));
  return { filed, findings: [...findings, ...findingsIn(filed, { ...around, plans: known })] };
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

function whatItDoes({ lookups, steps = [], model }: Plan): PlanInBrief {
  const asked = Object.values(model?.reads ?? {}).map(({ tool }) => tool);
  const called = steps.flatMap(({ tool, undo }) => [tool ?? [], undo?.tool ?? []].flat());
  return {
    acts: steps.some(({ kind }) => kind === "write"),
    tools: [...new Set([...lookups.map(({ tool }) => tool), ...asked, ...called])],
    irreversible: steps.flatMap(({ tool, undo }) => (undo?.reversal === "non-reversible" ? (tool ?? []) : [])),
  };
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(canonicalize(value) ?? "")
    .digest("hex");
}

/** @returns SignalboxError "registry-invalid" */
export function invalid(findings: readonly Finding[]): SignalboxError {
  return new SignalboxError("registry-invalid", `Agent records have errors:\n${findings.map(lineOf).join("\n")}`);
}

function lineOf({ file, field, wrong, cure }: Finding): string {
  return `  ${file}: ${field}: ${wrong}. Cure: ${cure}.`;
}
