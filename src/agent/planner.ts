import { fill, resolve, resolveAll, type Scope } from "../action/values.ts";
import { ConnectorError, type Connectors, type ToolResult } from "../connector/client.ts";
import type { Caller } from "../connector/credentials.ts";
import { SignalboxError } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import type { Remembered } from "../memory/fact.ts";
import type { Policies } from "../policy/cedar.ts";
import { type Actor, judge, type Risk, type Step, type Verdict } from "../policy/judge.ts";
import { readPlan } from "../run/check-plan.ts";
import type { Budgets, Plan, PlanStep } from "../run/plan.ts";
import { proposalOf, stepForPolicy } from "../run/step-proposal.ts";
import { answerOf } from "./answer.ts";
import { compare, compute } from "./compute.ts";
import { asFact, type Grounding, memorySources } from "./from-memory.ts";
import { graphOf, type PlanTemplate, type TemplateStep } from "./plan-template.ts";
import type { AgentReply, Source } from "./reply.ts";
import { withRemembered } from "./slots/remembered.ts";
import type { Vocabulary } from "./slots/utterance.ts";
import { extractSlots } from "./slots.ts";

/** What the embedded planner works with; `actor` is the agent on whose behalf it works. */
export type PlannerInput = {
  plan: PlanTemplate;
  risk: Risk;
  /** the record wants the requester to confirm it, whatever its risk */
  confirm: boolean;
  /** the role that the record names for who approves it */
  approverRole: string | undefined;
  budgets: Budgets;
  actor: Actor;
  /** of the agent's record: its tokens grant what that version lists */
  agentVersion: string;
  requester: Person | undefined;
  text: string;
  /** slots from earlier turns of the same intent */
  known: Record<string, unknown>;
  asked: string | undefined;
  today: string;
  /** what those earlier turns took from the requester's memory */
  remembered?: readonly Remembered[];
};
export type PlannerPorts = {
  connectors: Connectors;
  policies: Policies;
  vocabulary: Vocabulary;
  /** what the coordinator of a cluster hands to its agents (R3.1) */
  contextOf(clusterId: string): Grounding;
  /** what the requester had kept for the agents of that cluster (R10.3) */
  recall(who: { personId: string; clusterId: string; agentId: string }): Promise<readonly Remembered[]>;
};

/**
 * The embedded planner: slots, look-ups, computation, checks, and then an answer or a plan. It reads through the
 * connectors and changes nothing; the plan it returns is data until policy and people have passed it (R4.1).
 */
export async function work(input: PlannerInput, ports: PlannerPorts): Promise<AgentReply> {
  const { plan, requester, today } = input;
  const context = { today, requester, vocabulary: ports.vocabulary };
  const { text, used } = withRemembered(plan, input.text, context, await recalled(input, ports));
  const remembered = [...(input.remembered ?? []), ...used];
  const slots = extractSlots(plan, text, context, input.known, input.asked);
  const [missing] = slots.missing;
  if (missing !== undefined) {
    const question = plan.slots[missing]?.ask ?? `Which ${missing}?`;
    return {
      kind: "ask-detail",
      slot: missing,
      question,
      choices: slots.choices[missing] ?? [],
      known: slots.values,
      remembered,
    };
  }
  const grounding = ports.contextOf(input.actor.clusterId);
  const scope = startScope(input, slots.values, grounding.known);
  const sources = memorySources(plan, grounding, remembered);
  const reads = new Map<string, Source>();
  try {
    for (const wanted of plan.lookups) {
      const step = lookupForPolicy(ports, wanted.tool, input.risk, subjectOf(wanted.subject, scope, ports));
      const verdict = judge(ports.policies, requester, input.actor, step);
      if (verdict.verdict !== "allow") return refusal(verdict);
      const by = { agentId: input.actor.agentId, version: input.agentVersion };
      const result = await read(ports, wanted, scope, by);
      if (result === undefined) continue;
      scope.steps[wanted.id] = result.data;
      reads.set(wanted.id, result.source);
    }
  } catch (error) {
    if (error instanceof ConnectorError && error.outcome === "refused")
      return { kind: "refused", told: error.told ?? error.message };
    throw error;
  }
  for (const rule of plan.compute ?? []) scope.computed[rule.as] = compute(rule, scope);
  for (const check of plan.checks ?? [])
    if (!compare(resolve(check.left, scope), check.is, resolve(check.right, scope)))
      return { kind: "refused", told: fill(check.otherwise, scope) };

  if (plan.answer !== undefined) {
    const answer = answerOf(plan.answer, scope, reads);
    const facts = [...answer.facts, ...remembered.map(asFact)];
    return { kind: "answer", answer: { ...answer, facts, sources: [...answer.sources, ...sources] } };
  }
  // What rests on something that was only read somewhere is asked about, whatever its risk.
  const confirm = input.confirm || remembered.some(({ trust }) => trust === "low");
  return propose({ ...input, confirm }, ports, scope, [...reads.values(), ...sources]);
}

async function recalled({ requester, actor }: PlannerInput, ports: PlannerPorts): Promise<readonly Remembered[]> {
  if (requester === undefined) return [];
  const { agentId, clusterId } = actor;
  return ports.recall({ personId: requester.aadObjectId, clusterId, agentId });
}

/** @returns undefined where the system does not answer and the plan can do without */
async function read(
  { connectors }: PlannerPorts,
  { tool, args, optional }: PlanTemplate["lookups"][number],
  scope: Scope,
  by: Caller,
): Promise<ToolResult | undefined> {
  try {
    return await connectors.call({ tool, args: resolveAll(args, scope), by });
  } catch (error) {
    if (optional === true && error instanceof ConnectorError) return undefined;
    throw error;
  }
}

/** The declared steps become a plan; what policy would refuse of its first steps is said at once. */
function propose(input: PlannerInput, ports: PlannerPorts, scope: Scope, sources: Source[]): AgentReply {
  const tools = ports.connectors.tools();
  const { plan: name, version, pattern, onFailure = "stop" } = input.plan;
  const steps = (graphOf(input.plan) ?? []).map((step) => planStep(step, input, scope, sources));
  const { slots, steps: looked, computed, requester, today } = scope;
  let plan: Plan;
  try {
    plan = readPlan(
      {
        plan: name,
        version,
        pattern,
        onFailure,
        scope: { slots, steps: looked, computed, requester, today },
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
    const proposal = proposalOf(step, scope);
    if ("wrong" in proposal) return { kind: "refused", told: proposal.wrong };
    const verdict = judge(ports.policies, input.requester, input.actor, stepForPolicy(step, tools, proposal.amount));
    if (verdict.verdict === "deny") return refusal(verdict);
  }
  return { kind: "proposal", plan };
}

function planStep(
  step: TemplateStep & { after: string[] },
  { plan, risk, confirm, approverRole }: PlannerInput,
  scope: Scope,
  sources: Source[],
): PlanStep {
  if (step.kind === "read") return step;
  if (step.kind === "discuss") return { ...step, question: fill(step.question, scope) };
  if (step.kind === "hand-over")
    return { ...step, text: fill(step.text, scope), known: resolveAll(step.known ?? {}, scope) };
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

function startScope(input: PlannerInput, values: Record<string, unknown>, cluster: Record<string, unknown>): Scope {
  const requester = { upn: input.requester?.upn ?? "", name: input.requester?.name ?? "" };
  const scope: Scope = { slots: values, steps: {}, computed: {}, requester, today: input.today, cluster };
  for (const [name, slot] of Object.entries(input.plan.slots))
    if (!(name in values) && slot.default !== undefined) values[name] = resolve(slot.default, scope);
  return scope;
}

type Subject = { upn: string; manager: string };
const nobody: Subject = { upn: "", manager: "" };

/** Whose data a look-up touches, with the manager whom policy may let read it. */
function subjectOf(reference: unknown, scope: Scope, ports: PlannerPorts): Subject {
  const upn = resolve(reference, scope);
  if (typeof upn !== "string") return nobody;
  return { upn, manager: ports.vocabulary.directory.byUpn(upn)?.manager ?? "" };
}

/** A look-up as policy sees it. */
function lookupForPolicy(ports: PlannerPorts, tool: string, risk: Risk, subject: Subject): Step {
  const info = ports.connectors.tools().find((one) => one.name === tool);
  return {
    tool,
    // A tool that nobody describes is treated as one that writes and cannot be undone: policy will say no.
    access: info?.access ?? "write",
    risk,
    reversal: info?.access === "write" ? (info.reversal ?? "none") : "none",
    amountCents: 0,
    subject: subject.upn,
    subjectManager: subject.manager,
    confirm: false,
  };
}

function refusal(verdict: Verdict): AgentReply {
  return { kind: "refused", told: verdict.reason, policyId: verdict.policyId };
}
