import type { Principal, Rule } from "../policy/cedar.ts";
import { judgeAloud } from "../policy/judge.ts";
import { actionTasks, builtInRules } from "./built-in-rules.ts";
import type { MapLine } from "./map-line.ts";
import type { Manifest } from "./read-manifest.ts";
import { stepAt, type Task } from "./task.ts";

/** Steps with an amount are asked about at each of these: one below every limit of the rules, and one above each. */
const AMOUNTS_CENTS = [45_000, 1_000_000, 1_250_000];
/** Somebody without a role, whom no clearance keeps from anything: what is asked is what the step needs. */
const EMPLOYEE: Principal = {
  ...{ aadObjectId: "employee", upn: "employee@signalbox.invalid", roles: [] },
  clearance: "restricted",
};

/**
 * For each rule what it lets agents do, or keeps them from, under which preconditions, and how that is taken back. Which tasks a
 * rule decides on is not read from its text: every task is judged, and the rule that decided is asked for its name.
 */
export function policyMap(manifest: Manifest, tasks: readonly Task[]): MapLine[] {
  const { policies } = manifest;
  const decided = new Map<string, Set<Task>>();
  const note = (rule: string, task: Task): void => void decided.set(rule, (decided.get(rule) ?? new Set()).add(task));
  for (const task of tasks)
    for (const amountCents of task.hasAmount ? AMOUNTS_CENTS : [0]) {
      const { trail } = judgeAloud(policies, EMPLOYEE, task.actor, stepAt(manifest, task, { amountCents }));
      const finding = trail.at(-1)?.finding;
      for (const rule of finding?.rules ?? [finding?.policyId ?? ""]) note(rule, task);
    }
  // A rule about somebody's own data does not decide where nobody's data is meant: it is named by the tools that it names.
  for (const { id, text } of policies.rules)
    for (const task of tasks) if (text.includes(`Tool::"${task.tool}"`)) note(id, task);
  const lines = policies.rules.map((rule) => ({ ...lineOf(rule), tasks: tasksIn(decided.get(rule.id)) }));
  return [...builtInRules.map((rule) => ({ ...rule, tasks: [] })), ...lines];
}

function lineOf({ id, file, effect, actions, reason, text, stages }: Rule): Omit<MapLine, "tasks"> {
  const condition = /\b(?:when|unless)\s*\{[\s\S]*$/.exec(text)?.[0] ?? "";
  const scope = /^\s*(?:permit|forbid)\s*\(([^)]*)\)/m.exec(text)?.[1] ?? "";
  const who = /principal in (Role::"[^"]+")/.exec(scope)?.[1];
  const what = /resource == (\w+::"[^"]+")/.exec(scope)?.[1];
  const preconditions = [
    ...(actions.length === 0 ? [] : [`action ${actions.join(", ")}`]),
    ...[who, what].filter((one) => one !== undefined),
    ...(stages === undefined ? [] : [`agreed by ${stages}`]),
    ...(condition === "" ? [] : [condition.replaceAll(/\s+/g, " ").replace(/;\s*$/, "")]),
  ];
  const does = actions.flatMap((action) => actionTasks[action] ?? []).join("; ");
  return { rule: id, from: file, effect, reason, does, preconditions: preconditions.join("; ") };
}

/** Writes one by one; of reads the tools, since nothing is to be taken back. */
function tasksIn(found: ReadonlySet<Task> | undefined): MapLine["tasks"] {
  return [...(found ?? [])].map(({ agent, plan, step, tool, access, reversal, compensation }) => ({
    ...{ agent, plan, step, tool },
    compensation:
      access === "read"
        ? "none: it only reads"
        : reversal === "non-reversible"
          ? "none"
          : (compensation ?? "set the state again"),
  }));
}

/** As a table for people. */
export function asMarkdown(version: string, lines: readonly MapLine[]): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const rows = lines.map(({ rule, from, effect, reason, does, preconditions, tasks }) => {
    const writes = tasks.filter(({ compensation }) => !compensation.startsWith("none: "));
    const reads = [...new Set(tasks.filter((one) => !writes.includes(one)).map(({ tool }) => tool))].sort();
    const done = [
      ...(does === "" ? [] : [does]),
      ...writes.map(({ agent, plan, step, tool }) => `${agent}: ${plan}, ${step}: \`${tool}\``),
      ...(reads.length > 0 ? [`reads \`${reads.join("`, `")}\``] : []),
    ];
    const undone = [...new Set(writes.map(({ tool, compensation }) => `\`${tool}\` ← ${compensation}`))];
    const cells = [`\`${rule}\` (${from})`, effect, reason, done.join("<br>"), preconditions, undone.join("<br>")];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  return [
    `# Policy-to-action map, policies ${version}`,
    "",
    "| Rule | Effect | What people read | Executable tasks | Preconditions | Compensation |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
