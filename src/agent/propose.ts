import { originsOf, originsOfText } from "../action/origins.ts";
import { fill, resolveAll, type Scope } from "../action/values.ts";
import type { ToolInfo } from "../connector/client.ts";
import { SignalboxError } from "../errors.ts";
import { judge } from "../policy/judge.ts";
import type { Step, Verdict } from "../policy/step.ts";
import { readPlan } from "../run/check-plan.ts";
import type { Plan, PlanStep } from "../run/plan.ts";
import { writeForPolicy } from "../run/step-for-policy.ts";
import { proposalOf } from "../run/step-proposal.ts";
import { merged, type Origin } from "../trust/label.ts";
import type { ScopeOrigins } from "../trust/scope-origins.ts";
import { graphOf, type TemplateStep } from "./plan-template.ts";
import type { PlannerInput, PlannerPorts } from "./planner-input.ts";
import type { AgentReply, Source } from "./reply.ts";

/** A scope that knows where all of it comes from. */
export type LabelledScope = Scope & { origins: ScopeOrigins };

/**
 * The declared steps become a plan; what policy would refuse of its first steps is said at once.
 * @param chosen the one step that a model has chosen, and what it had before it then
 */
export function propose(
  input: PlannerInput,
  ports: PlannerPorts,
  scope: LabelledScope,
  sources: Source[],
  chosen?: { stepId: string; by: Origin[] },
): AgentReply {
  const tools = ports.connectors.tools();
  const { plan: name, version, pattern, onFailure = "stop" } = input.plan;
  const declared = (graphOf(input.plan) ?? []).map((step) => planStep(step, input, scope, sources, tools));
  const steps = chosen === undefined ? declared : declared.flatMap((step) => chosenStep(step, chosen));
  const { slots, steps: looked, computed, requester, today, model, origins } = scope;
  let plan: Plan;
  try {
    plan = readPlan(
      {
        plan: name,
        version,
        pattern,
        onFailure,
        ...(chosen !== undefined && { madeBy: "model" }),
        scope: { slots, steps: looked, computed, requester, today, model, origins },
        budgets: input.budgets,
        steps,
      },
      tools,
    );
  } catch (error) {
    if (error instanceof SignalboxError && error.code === "plan-refused")
      return { kind: "refused", told: error.message };
    throw error;
  }
  for (const step of plan.steps) {
    if (step.kind !== "write" || step.after.length > 0) continue;
    const proposal = proposalOf(step, scope, tools);
    if ("wrong" in proposal) return { kind: "refused", told: proposal.wrong };
    // What the run may spend is looked at when it is there.
    const asked = writeForPolicy(step, proposal, tools, "reserved");
    const verdict = judge(ports.policies, input.requester, input.actor, asked);
    if (verdict.verdict === "deny") return refusal(verdict, asked);
  }
  return { kind: "proposal", plan };
}

/** A model's wish is one step by itself: what else the plan declares is not part of it. */
function chosenStep(step: PlanStep, { stepId, by }: { stepId: string; by: Origin[] }): PlanStep[] {
  return step.kind === "write" && step.id === stepId ? [{ ...step, after: [], chosenBy: by }] : [];
}

function planStep(
  step: TemplateStep & { after: string[] },
  { plan, risk, confirm, approverRole }: PlannerInput,
  scope: Scope,
  sources: Source[],
  tools: readonly ToolInfo[],
): PlanStep {
  if (step.kind === "read") return step;
  if (step.kind === "discuss") return { ...step, question: fill(step.question, scope) };
  if (step.kind === "hand-over") {
    const known = Object.values(step.known ?? {}).map((value) => originsOf(value, scope, tools));
    const origins = merged(originsOfText(step.text, scope, tools), ...known);
    return { ...step, text: fill(step.text, scope), known: resolveAll(step.known ?? {}, scope), origins };
  }
  return {
    ...step,
    risk: step.risk ?? risk,
    confirm,
    ...(approverRole !== undefined && { approverRole }),
    editable: step.editable ?? [],
    inputs: Object.keys(plan.slots).map((slot) => ({ label: titleOf(slot), value: `{slots.${slot}}` })),
    sources,
  };
}

/** "due_date" → "Due date" */
function titleOf(slot: string): string {
  const words = slot.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is said of a call that policy does not let pass, with the evidence of it. */
export function refusal(
  verdict: Verdict,
  { tool, args }: Pick<Step, "tool" | "args">,
): Extract<AgentReply, { kind: "refused" }> {
  return { kind: "refused", told: verdict.reason, policyId: verdict.policyId, denied: { tool, args, verdict } };
}
