import type { ToolInfo } from "../connector/client.ts";
import type { Plan, PlanStep } from "./plan.ts";

/**
 * What a model says is never a total, a tax, a fee or a decision on who is eligible (R11.3): arguments that the register of
 * tools calls computed come from code, from declared arithmetic or from a system, and so does the amount that policy looks at.
 * Pure. @returns why the step is refused
 */
export function aboutBoundary(plan: Plan, step: PlanStep, tools: readonly ToolInfo[]): string[] {
  if (step.kind !== "write") return [];
  const computed = tools.find(({ name }) => name === step.tool)?.computed ?? {};
  const fields: [name: string, kind: string, value: unknown][] = [
    ...Object.entries(computed).map(
      ([name, kind]) => [name, kind, step.args[name]] satisfies [string, string, unknown],
    ),
    ["amount that policy looks at", "totals", step.amount],
  ];
  return fields.flatMap(([name, kind, value]) => {
    const source = modelBehind(value, plan);
    return source === undefined
      ? []
      : [`takes its ${name} (${kind}) from ${source}: only code or declared arithmetic may compute it`];
  });
}

/** The model whose word the value is; undefined where it is nobody's word. */
function modelBehind(value: unknown, { madeBy, steps }: Plan): string | undefined {
  if (value === undefined || value === null) return undefined;
  const isReference = typeof value === "string" && value.startsWith("$") && !value.startsWith("$$");
  const [root, id] = isReference ? value.slice(1).split(".") : [];
  if (root === "steps") {
    const before = steps.find((one) => one.id === id);
    if (before?.kind === "discuss" || before?.kind === "hand-over") return `what is said in ${before.id}`;
    return undefined;
  }
  // A model fills slots and writes literals: what it computed in its head looks like either.
  return madeBy === "model" && root !== "computed" ? "the model that made the plan" : undefined;
}
