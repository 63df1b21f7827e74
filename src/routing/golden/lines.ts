import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../../errors.ts";
import type { AgentRecord } from "../../registry/agent-record.ts";
import { nearNames } from "../../registry/near-names.ts";
import { keyOf } from "../intent-name.ts";

const SHAPE = 'a line is {"text": "…", "expect": {"cluster", "agent", "intent"} or "out-of-scope" or "vague"}';

const Line = z.strictObject({
  text: z.string().trim().min(1).max(1_000),
  expect: z.union(
    [
      z.strictObject({ cluster: z.string(), agent: z.string(), intent: z.string() }),
      z.literal("out-of-scope"),
      z.literal("vague"),
    ],
    { error: 'must be {"cluster", "agent", "intent"}, "out-of-scope" or "vague"' },
  ),
});

/** A sentence that is in no record, and what is to become of it. `line`: where it stands in its file, from 1. */
export type GoldenLine = z.infer<typeof Line> & { line: number };

/** "finance / Invoice Agent / overdue-invoices", "out-of-scope" or "vague". */
export function expectedKey(expect: GoldenLine["expect"]): string {
  return typeof expect === "string" ? expect : keyOf(expect);
}

type Finding = { line: number; wrong: string; cure: string };

/**
 * Reads the golden set: one JSON object a line.
 * @throws SignalboxError "golden-invalid": all that is wrong at once, each with file, line, what and cure
 */
export function readGolden(file: string, agents: readonly AgentRecord[]): GoldenLine[] {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (cause) {
    throw new SignalboxError("golden-invalid", `${file} cannot be read. Cure: name the folder with --manifest.`, {
      cause,
    });
  }
  const read = content.split("\n").flatMap((text, i) => (text.trim() === "" ? [] : [readLine(text, i + 1)]));
  const lines = read.filter((one) => "text" in one);
  const findings = [
    ...read.filter((one) => "wrong" in one),
    ...lines.flatMap((line) => aboutExpectation(line, agents)),
    ...aboutRepetition(lines),
  ].sort((a, b) => a.line - b.line);
  if (findings.length === 0) return lines;
  const list = findings.map(({ line, wrong, cure }) => `  ${file}, line ${line}: ${wrong}. Cure: ${cure}.`);
  throw new SignalboxError("golden-invalid", `The golden set has errors:\n${list.join("\n")}`);
}

function readLine(text: string, line: number): GoldenLine | Finding {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { line, wrong: "is not valid JSON", cure: SHAPE };
  }
  const parsed = Line.safeParse(json);
  if (parsed.success) return { ...parsed.data, line };
  const [issue] = parsed.error.issues;
  return { line, wrong: `${issue?.path.join(".") || "(whole line)"}: ${issue?.message}`, cure: SHAPE };
}

/** What is expected must exist: an agent that was renamed is found here, and not as a sentence that went astray. */
function aboutExpectation({ line, expect }: GoldenLine, agents: readonly AgentRecord[]): Finding[] {
  if (typeof expect === "string") return [];
  const names = agents.map(({ display_name }) => display_name);
  const agent = agents.find(({ display_name }) => display_name === expect.agent);
  if (agent === undefined)
    return [{ line, wrong: `no agent is called "${expect.agent}"`, cure: choose(expect.agent, names) }];
  const found: Finding[] = [];
  if (agent.cluster_id !== expect.cluster)
    found.push({
      line,
      wrong: `${expect.agent} is not of the cluster "${expect.cluster}"`,
      cure: `write "${agent.cluster_id}"`,
    });
  const labels = agent.intent_patterns.map(({ intent_label }) => intent_label);
  if (!labels.includes(expect.intent))
    found.push({
      line,
      wrong: `${expect.agent} has no intent "${expect.intent}"`,
      cure: choose(expect.intent, labels),
    });
  return found;
}

function choose(wanted: string, names: readonly string[]): string {
  const near = nearNames(wanted, names);
  return `choose ${(near.length > 0 ? near : names).map((name) => `"${name}"`).join(" or ")}`;
}

/** A sentence that stands twice counts twice, or contradicts itself. */
function aboutRepetition(lines: readonly GoldenLine[]): Finding[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ line, text }) => {
    const key = text.toLowerCase();
    const before = first.get(key);
    if (before !== undefined) return [{ line, wrong: `"${text}" stands in line ${before} already`, cure: "keep one" }];
    first.set(key, line);
    return [];
  });
}
