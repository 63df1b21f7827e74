import type { PlanTemplate } from "../agent/plan-template.ts";
import type { RegisteredTool, ToolRegister } from "../connector/tool-register.ts";
import { actorOf } from "../policy/actor.ts";
import type { Actor, Risk, Step } from "../policy/step.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import { callForPolicy } from "../run/step-for-policy.ts";
import type { Manifest } from "./read-manifest.ts";

/** Something that an agent may do: one step of one of its plans. */
export type Task = {
  agent: string;
  plan: string;
  step: string;
  tool: string;
  access: "read" | "write";
  risk: Risk;
  confirm: boolean;
  hasAmount: boolean;
  reversal: Step["reversal"];
  /** the tool that takes it back */
  compensation: string | undefined;
  actor: Actor;
};

/** Every step of every plan of these agents: what they look up, and what they do. */
export function tasksOf(
  agents: readonly AgentRecord[],
  plans: ReadonlyMap<string, PlanTemplate>,
  register: ToolRegister,
): Task[] {
  return agents.flatMap((record) =>
    record.intent_patterns.flatMap((intent) => {
      const plan = plans.get(intent.plan);
      const common = { agent: record.display_name, plan: intent.plan, actor: actorOf(record) };
      const confirm = intent.action_requires_confirmation ?? false;
      const reads = (plan?.lookups ?? []).map(
        ({ id, tool }): Task => ({
          ...{ ...common, step: id, tool, access: "read", risk: intent.risk, confirm: false, hasAmount: false },
          ...{ reversal: "none", compensation: undefined },
        }),
      );
      const steps = (plan?.steps ?? []).flatMap((step): Task[] => {
        if (step.kind === "read")
          return [
            {
              ...{ ...common, step: step.id, tool: step.tool, access: "read", risk: "low", confirm: false },
              ...{ hasAmount: false, reversal: "none", compensation: undefined },
            },
          ];
        if (step.kind !== "write") return [];
        const known = register[step.tool];
        return [
          {
            ...{ ...common, step: step.id, tool: step.tool, access: "write", risk: step.risk ?? intent.risk, confirm },
            ...{ hasAmount: step.amount !== undefined, reversal: step.undo.reversal },
            compensation: ("tool" in step.undo ? step.undo.tool : undefined) ?? compensationIn(known),
          },
        ];
      });
      return [...reads, ...steps];
    }),
  );
}

function compensationIn(known: RegisteredTool | undefined): string | undefined {
  return known?.access === "write" ? known.compensation : undefined;
}

/** A call as policy would see it, by the files alone: no system is asked. @param amountCents 0 where none is at stake */
export function stepAt(
  { register, inventory }: Pick<Manifest, "register" | "inventory">,
  { tool, risk, confirm }: Pick<Task, "tool" | "risk" | "confirm">,
  more: Partial<Pick<Step, "amountCents" | "args" | "subject" | "subjectManager" | "untrustedArguments">>,
): Step {
  const known = register[tool];
  const leaves = inventory.get(tool.slice(0, tool.indexOf(".")))?.inside !== true;
  const step = { ...callForPolicy({ ...{ tool, risk, confirm, args: {}, budget: "reserved" }, ...more }, []), leaves };
  if (known === undefined) return step;
  return known.access === "read"
    ? { ...step, access: "read", toolRisk: "low", classification: known.data }
    : { ...step, toolRisk: known.risk, reversal: known.reversal, classification: known.data };
}
