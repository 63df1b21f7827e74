import { fill, resolve, resolveAll, type Scope } from "../action/values.ts";
import { ConnectorError, type ToolResult } from "../connector/client.ts";
import type { Caller } from "../connector/credentials.ts";
import type { Remembered } from "../memory/fact.ts";
import { judge } from "../policy/judge.ts";
import type { Step } from "../policy/step.ts";
import { callForPolicy } from "../run/step-for-policy.ts";
import { originsOfArguments, untrustedIn } from "../run/step-origins.ts";
import { merged, type Origin } from "../trust/label.ts";
import { nothingRead } from "../trust/scope-origins.ts";
import { answerOf } from "./answer.ts";
import { compare, compute } from "./compute.ts";
import { originsOfComputed } from "./compute-origins.ts";
import { asFact, type Grounding, keptFor, memorySources } from "./from-memory.ts";
import { workWithModel } from "./model/work.ts";
import type { PlanTemplate } from "./plan-template.ts";
import type { PlannerInput, PlannerPorts } from "./planner-input.ts";
import { type LabelledScope, propose, refusal } from "./propose.ts";
import type { AgentReply, Source } from "./reply.ts";
import { filledFromMemory, withRemembered } from "./slots/remembered.ts";
import { extractSlots } from "./slots.ts";
import { unverifiedIn } from "./unverified.ts";

/**
 * The embedded planner: slots, look-ups, computation, checks, and then an answer or a plan. It reads through the
 * connectors and changes nothing; the plan it returns is data until policy and people have passed it (R4.1).
 */
export async function work(input: PlannerInput, ports: PlannerPorts): Promise<AgentReply> {
  const { plan, requester, today } = input;
  const context = { today, requester, vocabulary: ports.vocabulary };
  const facts = await recalled(input, ports);
  const { text, used } = withRemembered(plan, input.text, context, facts);
  const remembered = [...(input.remembered ?? []), ...used];
  const slots = extractSlots(plan, text, context, input.known, input.asked);
  const [missing] = slots.missing;
  if (missing !== undefined) {
    const question = plan.slots[missing]?.ask ?? `Which ${missing}?`;
    const choices = slots.choices[missing] ?? [];
    return { kind: "ask-detail", slot: missing, question, choices, known: slots.values, remembered };
  }
  const grounding = ports.contextOf(input.actor.clusterId);
  const fromMemory = filledFromMemory(plan, slots.values, context, remembered);
  const scope = startScope(input, slots.values, grounding, fromMemory);
  const { origins } = scope;
  const sources = memorySources(plan, grounding, remembered);
  const reads = new Map<string, Source>();
  try {
    for (const [made, wanted] of plan.lookups.entries()) {
      const args = resolveAll(wanted.args, scope);
      const step = lookupForPolicy(input, ports, { wanted, args, made }, scope);
      const verdict = judge(ports.policies, requester, input.actor, step);
      if (verdict.verdict !== "allow") return refusal(verdict, step);
      const by = { agentId: input.actor.agentId, version: input.agentVersion };
      const result = await read(ports, wanted, args, { by, personId: requester?.aadObjectId });
      if (result === undefined) continue;
      scope.steps[wanted.id] = result.data;
      origins.steps[wanted.id] = { tool: wanted.tool, at: result.source.at };
      reads.set(wanted.id, result.source);
    }
  } catch (error) {
    if (error instanceof ConnectorError && error.outcome === "refused")
      return { kind: "refused", told: error.told ?? error.message, needsSignIn: error.needsSignIn };
    throw error;
  }
  const tools = ports.connectors.tools();
  for (const rule of plan.compute ?? []) {
    scope.computed[rule.as] = compute(rule, scope);
    origins.computed[rule.as] = originsOfComputed(rule, scope, tools, plan.compute ?? []);
  }
  for (const check of plan.checks ?? [])
    if (!compare(resolve(check.left, scope), check.is, resolve(check.right, scope)))
      return { kind: "refused", told: fill(check.otherwise, scope) };

  if (plan.model !== undefined) {
    const kept = [...(input.kept ?? []), ...facts.map(keptFor)];
    return workWithModel({ ...input, kept }, ports, scope, plan.model, [...reads.values(), ...sources]);
  }
  if (plan.answer !== undefined) {
    const answer = answerOf(plan.answer, scope, reads);
    const told = { facts: [...answer.facts, ...remembered.map(asFact)], sources: [...answer.sources, ...sources] };
    return { kind: "answer", answer: { ...answer, ...told, unverified: unverifiedIn(plan, scope, tools) } };
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
  { tool, optional }: PlanTemplate["lookups"][number],
  args: Record<string, unknown>,
  asker: { by: Caller; personId: string | undefined },
): Promise<ToolResult | undefined> {
  try {
    return await connectors.call({ tool, args, ...asker });
  } catch (error) {
    if (optional === true && error instanceof ConnectorError) return undefined;
    throw error;
  }
}

function startScope(
  input: PlannerInput,
  values: Record<string, unknown>,
  { known: cluster, read }: Grounding,
  fromMemory: Record<string, Origin[]>,
): LabelledScope {
  const requester = { upn: input.requester?.upn ?? "", name: input.requester?.name ?? "" };
  const { today, wordsFrom, slotOrigins } = input;
  const origins = { ...nothingRead(), cluster: read };
  for (const name of Object.keys(values)) {
    const from = slotOrigins?.[name] ?? merged(fromMemory[name] ?? [], wordsFrom ?? []);
    if (from.length > 0) origins.slots[name] = from;
  }
  const scope = { slots: values, steps: {}, computed: {}, requester, today, cluster, origins };
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

/** `args`: with every reference resolved; `made`: how many this turn has made before it */
type Lookup = { wanted: PlanTemplate["lookups"][number]; args: Record<string, unknown>; made: number };

/** A look-up as policy sees it. */
function lookupForPolicy(
  { risk, budgets }: PlannerInput,
  ports: PlannerPorts,
  { wanted: { tool, args: declared, subject }, args, made }: Lookup,
  scope: Scope,
): Step {
  const { upn, manager } = subjectOf(subject, scope, ports);
  const budget = {
    spent: { ...{ turns: 0, seconds: 0, tokens: 0, costCents: 0 }, toolCalls: made },
    limits: budgets,
    wanted: { toolCalls: 1, turns: 0 },
  };
  const tools = ports.connectors.tools();
  const untrustedArguments = untrustedIn(originsOfArguments(declared, scope, tools));
  return callForPolicy({ tool, args, risk, subject: upn, subjectManager: manager, untrustedArguments, budget }, tools);
}
