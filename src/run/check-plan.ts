import type { ToolInfo } from "../connector/client.ts";
import { SignalboxError } from "../errors.ts";
import { isAmount } from "./check-arguments.ts";
import { aboutBoundary } from "./deterministic-boundary.ts";
import { ancestorsOf, MAX_STEPS, outputsUsedBy, Plan, type PlanStep } from "./plan.ts";

/** What is wrong with a plan, and where. */
export type PlanFinding = { step: string; wrong: string };

/**
 * Reads what a planner has made. Anything may come: a model is a planner too.
 * @throws SignalboxError "plan-refused" naming every finding
 */
export function readPlan(given: unknown, tools: readonly ToolInfo[]): Plan {
  const many = typeof given === "object" && given !== null && "steps" in given && Array.isArray(given.steps);
  // Said before the steps are read: ten thousand of them are one fault, not ten thousand.
  if (many && (given.steps as unknown[]).length > MAX_STEPS)
    throw refusal([
      { step: "", wrong: `it has ${(given.steps as unknown[]).length} steps, and ${MAX_STEPS} are the most` },
    ]);
  const parsed = Plan.safeParse(given);
  if (!parsed.success)
    throw refusal(
      parsed.error.issues.slice(0, 10).map(({ path, message }) => ({ step: path.join("."), wrong: message })),
    );
  const findings = findingsIn(parsed.data, tools);
  if (findings.length > 0) throw refusal(findings);
  return parsed.data;
}

function refusal(findings: readonly PlanFinding[]): SignalboxError {
  const lines = findings.map(({ step, wrong }) => (step === "" ? wrong : `${step}: ${wrong}`));
  return new SignalboxError("plan-refused", `The plan was refused: ${lines.join("; ")}.`);
}

/** Contradictions that a single field cannot show: pure, all at once. */
export function findingsIn(plan: Plan, tools: readonly ToolInfo[]): PlanFinding[] {
  const structure = aboutStructure(plan);
  // Without a sound structure nothing can be said about what follows what.
  if (structure.length > 0) return structure;
  return [
    ...plan.steps.flatMap((step) => [
      ...aboutTools(step, tools),
      ...aboutInputs(plan, step),
      ...aboutBoundary(plan, step, tools).map((wrong) => ({ step: step.id, wrong })),
    ]),
    ...aboutPattern(plan),
  ];
}

/** Steps that wait for what does not exist, or for themselves. */
export function aboutStructure({ steps }: { steps: readonly { id: string; after: string[] }[] }): PlanFinding[] {
  const found: PlanFinding[] = [];
  const ids = new Set<string>();
  for (const { id } of steps) {
    if (ids.has(id)) found.push({ step: id, wrong: "two steps have this name" });
    ids.add(id);
  }
  for (const { id, after } of steps)
    for (const before of after)
      if (!ids.has(before)) found.push({ step: id, wrong: `waits for ${before}, which is no step of this plan` });
  for (const { id } of steps)
    if (ancestorsOf({ steps }, id).has(id))
      found.push({ step: id, wrong: "waits for itself: the steps form a circle" });
  return found;
}

function aboutTools(step: PlanStep, tools: readonly ToolInfo[]): PlanFinding[] {
  if (step.kind !== "read" && step.kind !== "write") return [];
  const of = (name: string) => tools.find((tool) => tool.name === name);
  const info = of(step.tool);
  const wrong = (text: string): PlanFinding[] => [{ step: step.id, wrong: text }];
  if (info === undefined) return wrong(`calls ${step.tool}, which no system offers`);
  if (step.kind === "read") return info.access === "read" ? [] : wrong(`reads with ${step.tool}, which writes`);
  if (info.access === "read") return wrong(`writes with ${step.tool}, which only reads`);
  if (info.reversal === undefined) return wrong(`${step.tool} does not say how it is undone, so it is not registered`);
  if (info.reversal !== step.undo.reversal)
    return wrong(`says that ${step.tool} is ${step.undo.reversal}, but its system says ${info.reversal}`);
  if (step.undo.reversal === "non-reversible" || step.undo.tool === undefined)
    return info.compensation === undefined
      ? []
      : wrong(`does not say that ${step.tool} is undone by ${info.compensation}`);
  const undo = of(step.undo.tool);
  if (undo?.access !== "write") return wrong(`would be undone by ${step.undo.tool}, which no system offers as a write`);
  if (info.compensation !== undefined && info.compensation !== step.undo.tool)
    return wrong(`would be undone by ${step.undo.tool}, but ${step.tool} is undone by ${info.compensation}`);
  return [];
}

function aboutInputs(plan: Plan, step: PlanStep): PlanFinding[] {
  const found: PlanFinding[] = [];
  const before = ancestorsOf(plan, step.id);
  for (const id of outputsUsedBy(step)) {
    const known = before.has(id) || Object.hasOwn(plan.scope.steps, id);
    if (!known) found.push({ step: step.id, wrong: `uses what ${id} gives, but does not wait for it` });
  }
  if (step.kind !== "write") return found;
  if (step.amount !== undefined && !String(step.amount).startsWith("$") && !isAmount(step.amount))
    found.push({ step: step.id, wrong: `has the amount ${String(step.amount)}, which is not a number` });
  for (const name of step.editable)
    if (!Object.hasOwn(plan.scope.slots, name))
      found.push({ step: step.id, wrong: `lets ${name} be edited, which is no slot` });
  return found;
}

/** Each pattern promises something that its steps must keep. */
function aboutPattern(plan: Plan): PlanFinding[] {
  const { steps, pattern } = plan;
  const wrong = (text: string, step = ""): PlanFinding => ({ step, wrong: text });
  const consulting = steps.filter(({ kind }) => kind === "hand-over" || kind === "discuss");
  switch (pattern) {
    case "sequential": {
      const branching = steps.find((a, i) => steps.slice(i + 1).some((b) => areParallel(plan, a, b)));
      return [
        ...(branching === undefined ? [] : [wrong("is sequential, but runs beside another step", branching.id)]),
        ...consulting.map(({ id, kind }) => wrong(`is a ${kind} in a sequential plan`, id)),
      ];
    }
    case "concurrent":
      return consulting.map(({ id, kind }) => wrong(`is a ${kind} in a concurrent plan`, id));
    case "handoff": {
      const last = steps.at(-1);
      const isOne = consulting.length === 1 && consulting[0]?.kind === "hand-over" && last?.kind === "hand-over";
      return isOne ? [] : [wrong("a handoff plan ends with one hand-over, and has no other")];
    }
    case "group-chat":
      return [
        ...steps
          .filter(({ kind }) => kind === "write" || kind === "hand-over")
          .map(({ id }) => wrong("would change something in a group chat, which only explores", id)),
        ...(steps.some(({ kind }) => kind === "discuss") ? [] : [wrong("a group chat without a discussion")]),
      ];
  }
}

function areParallel(plan: Plan, a: PlanStep, b: PlanStep): boolean {
  return !ancestorsOf(plan, a.id).has(b.id) && !ancestorsOf(plan, b.id).has(a.id);
}
