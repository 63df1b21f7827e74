import { Decimal } from "decimal.js";
import type { Proposal } from "../action/proposal.ts";
import { ConnectorError, type Connectors } from "../connector/client.ts";
import { SignalboxError } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import { type Actor, judge, type Risk, type Step, type Verdict } from "../policy/judge.ts";
import { answerOf } from "./answer.ts";
import { compare, compute } from "./compute.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { AgentReply, Source } from "./reply.ts";
import { extractSlots, type Vocabulary } from "./slots.ts";
import { fill, resolve, resolveAll, type Scope } from "./values.ts";

/** What the embedded planner works with; `actor` is the agent on whose behalf it works. */
export type PlannerInput = {
  plan: PlanTemplate;
  risk: Risk;
  actor: Actor;
  requester: Person | undefined;
  text: string;
  /** slots from earlier turns of the same intent */
  known: Record<string, unknown>;
  asked: string | undefined;
  today: string;
};
export type PlannerPorts = { connectors: Connectors; policies: Policies; vocabulary: Vocabulary };

/**
 * The embedded planner: slots, look-ups, computation, checks, and then an answer or a proposal. It reads through the
 * connectors and changes nothing; the proposal it returns is data until policy and people have passed it (R4.1).
 */
export async function work(input: PlannerInput, ports: PlannerPorts): Promise<AgentReply> {
  const { plan, requester, today } = input;
  const context = { today, requester, vocabulary: ports.vocabulary };
  const slots = extractSlots(plan, input.text, context, input.known, input.asked);
  const [missing] = slots.missing;
  if (missing !== undefined) {
    const question = plan.slots[missing]?.ask ?? `Which ${missing}?`;
    return { kind: "ask-detail", slot: missing, question, choices: slots.choices[missing] ?? [], known: slots.values };
  }
  const scope = startScope(input, slots.values);
  const sources: Source[] = [];
  try {
    for (const lookup of plan.lookups) {
      const step = stepOf(ports, lookup.tool, input.risk, "0", subjectOf(lookup.subject, scope, ports));
      const verdict = judge(ports.policies, requester, input.actor, step);
      if (verdict.verdict !== "allow") return refusal(verdict);
      const result = await ports.connectors.call({ tool: lookup.tool, args: resolveAll(lookup.args, scope) });
      scope.steps[lookup.id] = result.data;
      sources.push(result.source);
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

  if (plan.answer !== undefined) return { kind: "answer", answer: answerOf(plan.answer, scope, sources) };
  return propose(input, ports, scope, sources);
}

function propose(input: PlannerInput, ports: PlannerPorts, scope: Scope, sources: Source[]): AgentReply {
  const { action, slots } = input.plan;
  if (action === undefined)
    throw new SignalboxError("plan-without-end", `${input.plan.plan} neither answers nor acts.`);
  const amount = resolve(action.amount, scope);
  const step = stepOf(ports, action.tool, input.risk, amount === undefined ? "0" : String(amount), nobody);
  const verdict = judge(ports.policies, input.requester, input.actor, step);
  if (verdict.verdict === "deny" || step.reversal === "none") return refusal(verdict);
  const proposal: Proposal = {
    stepId: "act",
    tool: action.tool,
    args: resolveAll(action.args, scope),
    risk: input.risk,
    reversal: step.reversal,
    amount: amount === undefined ? undefined : new Decimal(String(amount)).toFixed(2),
    summary: fill(action.summary, scope),
    target: fill(action.target, scope),
    inputs: Object.keys(slots).map((slot) => ({ label: titleOf(slot), value: fill(`{slots.${slot}}`, scope) })),
    changes: action.changes.map(({ label, from, to }) => ({
      label: fill(label, scope),
      from: fill(from, scope),
      to: fill(to, scope),
    })),
    impact: fill(action.impact, scope),
    undo: fill(action.undo, scope),
    otherwise: fill(action.otherwise, scope),
    done: action.done,
    compensation:
      action.compensation === undefined
        ? undefined
        : { tool: action.compensation.tool, args: keepResults(action.compensation.args, scope) },
    sources,
  };
  return { kind: "proposal", proposal, verdict, known: scope.slots };
}

/** "due_date" → "Due date" */
function titleOf(slot: string): string {
  const words = slot.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function startScope(input: PlannerInput, values: Record<string, unknown>): Scope {
  const requester = { upn: input.requester?.upn ?? "", name: input.requester?.name ?? "" };
  const scope: Scope = { slots: values, steps: {}, computed: {}, requester, today: input.today };
  for (const [name, slot] of Object.entries(input.plan.slots))
    if (!(name in values) && slot.default !== undefined) values[name] = resolve(slot.default, scope);
  return scope;
}

/** References to the effect's result stay as they are: they are filled when the effect is recorded. */
function keepResults(args: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" && value.startsWith("$result.") ? value : resolve(value, scope),
    ]),
  );
}

type Subject = { upn: string; manager: string };
const nobody: Subject = { upn: "", manager: "" };

/** Whose data a look-up touches, with the manager whom policy may let read it. */
function subjectOf(reference: unknown, scope: Scope, ports: PlannerPorts): Subject {
  const upn = resolve(reference, scope);
  if (typeof upn !== "string") return nobody;
  return { upn, manager: ports.vocabulary.directory.byUpn(upn)?.manager ?? "" };
}

function stepOf(ports: PlannerPorts, tool: string, risk: Risk, amount: string, subject: Subject): Step {
  const info = ports.connectors.tools().find((one) => one.name === tool);
  return {
    tool,
    // A tool that nobody describes is treated as one that writes and cannot be undone: policy will say no.
    access: info?.access ?? "write",
    risk,
    reversal: info?.access === "write" ? (info.reversal ?? "none") : "none",
    amountCents: new Decimal(amount).times(100).round().toNumber(),
    subject: subject.upn,
    subjectManager: subject.manager,
  };
}

function refusal(verdict: Verdict): AgentReply {
  return { kind: "refused", told: verdict.reason, policyId: verdict.policyId };
}
