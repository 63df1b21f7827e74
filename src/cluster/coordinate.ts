import type { PlanTemplate } from "../agent/plan-template.ts";
import { work } from "../agent/planner.ts";
import type { PlannerInput, PlannerPorts } from "../agent/planner-input.ts";
import type { AgentReply, Answer, Figure } from "../agent/reply.ts";
import type { Person } from "../identity/directory.ts";
import type { Remembered } from "../memory/fact.ts";
import { actorOf } from "../policy/actor.ts";
import type { Risk } from "../policy/step.ts";
import type { AgentRecord } from "../registry/agent-record.ts";
import type { Denied } from "../run/denied.ts";
import type { Budgets } from "../run/plan.ts";
import { adjudicate, byWeight, type Conflict } from "./adjudicate.ts";

/** A leaf agent and the intent that it would serve. */
export type Assignment = {
  agent: AgentRecord;
  version: string;
  intent: string;
  risk: Risk;
  confirm: boolean;
  approverRole: string | undefined;
  plan: PlanTemplate;
};

export type Request = {
  text: string;
  requester: Person | undefined;
  today: string;
  known: Record<string, unknown>;
  asked: string | undefined;
  remembered?: readonly Remembered[];
};

/** What is told while agents are at work. */
export type Watcher = {
  /** one of several agents has answered, and others are still at work */
  heard(by: Assignment, answer: Answer, stillAsked: readonly Assignment[]): void;
  /** policy did not let one of them make a call, whoever speaks in the end */
  denied(by: Assignment, denied: Denied): void;
};

export type Coordinated = {
  by: Assignment;
  reply: AgentReply;
  also: { by: Assignment; answer: Answer }[];
  /** what was stated differently, by whomever it was read */
  conflicts: Conflict[];
};

/**
 * The coordinator of a cluster: the first assignment is the best candidate, the others (two at most) read in parallel where
 * the intent was ambiguous. The best candidate speaks; further answers are shown beside it, the weightier first (R2.4). Where
 * what they state differs, what counts is decided and told (R2.5).
 * Only one that changes nothing has company: a proposal is never made by several agents at once.
 */
export async function coordinate(
  assignments: readonly Assignment[],
  request: Request,
  ports: PlannerPorts,
  watcher: Watcher,
): Promise<Coordinated> {
  const [first, ...others] = assignments;
  if (first === undefined) throw new RangeError("a coordinator needs at least one assignment");
  const companions =
    first.plan.steps === undefined ? others.filter(({ plan }) => plan.steps === undefined).slice(0, 2) : [];
  const asked = new Set([first, ...companions]);
  const ask = async (by: Assignment): Promise<AgentReply> => {
    const reply = await askAgent(by, request, ports).finally(() => asked.delete(by));
    if (reply.kind === "answer" && asked.size > 0) watcher.heard(by, reply.answer, [...asked]);
    if (reply.kind === "refused" && reply.denied !== undefined) watcher.denied(by, reply.denied);
    return reply;
  };
  const [own, ...rest] = await Promise.allSettled([...asked].map(ask));
  if (own?.status !== "fulfilled") throw own?.reason ?? new RangeError("no agent was asked");

  const answers = rest.flatMap((result, i) => {
    const by = companions[i];
    return result.status === "fulfilled" && by !== undefined && result.value.kind === "answer"
      ? [{ by, answer: result.value.answer }]
      : [];
  });
  answers.sort((a, b) => weightOf(a.answer, b.answer));
  const [standIn, ...remaining] = answers;
  // The best candidate misses a detail or must refuse, but a companion knows: the companion speaks.
  if (own.value.kind !== "answer" && standIn !== undefined && own.value.kind !== "proposal")
    return judged({ by: standIn.by, reply: { kind: "answer", answer: standIn.answer }, also: remaining });
  return judged({ by: first, reply: own.value, also: own.value.kind === "answer" ? answers : [] });
}

function judged(told: Omit<Coordinated, "conflicts">): Coordinated {
  const spoken = told.reply.kind === "answer" ? [told.reply.answer] : [];
  return { ...told, conflicts: adjudicate([...spoken, ...told.also.map(({ answer }) => answer)].flatMap(figuresOf)) };
}

const figuresOf = ({ figures = [] }: Answer): Figure[] => figures;

/** Answers without figures keep the router's order. */
function weightOf(a: Answer, b: Answer): number {
  const [first] = figuresOf(a).toSorted(byWeight);
  const [second] = figuresOf(b).toSorted(byWeight);
  return first === undefined || second === undefined ? 0 : byWeight(first, second);
}

function askAgent(by: Assignment, request: Request, ports: PlannerPorts): Promise<AgentReply> {
  return work({ ...request, ...plannerInput(by) }, ports);
}

/** What an assignment tells the planner: the plan, and on whose behalf and within which limits it is made. */
export function plannerInput({
  agent,
  plan,
  risk,
  confirm,
  approverRole,
  version: agentVersion,
}: Assignment): Pick<
  PlannerInput,
  "plan" | "risk" | "confirm" | "approverRole" | "budgets" | "actor" | "agentVersion"
> {
  return { plan, risk, confirm, approverRole, budgets: budgetsOf(agent), actor: actorOf(agent), agentVersion };
}

/** The hard limits of one run of this agent. */
function budgetsOf({ budgets }: Pick<AgentRecord, "budgets">): Budgets {
  return {
    maxTurns: budgets?.max_turns ?? 20,
    maxToolCalls: budgets?.max_tool_calls ?? 40,
    maxRuntimeSeconds: budgets?.max_runtime_seconds ?? 300,
    maxTokens: budgets?.max_tokens ?? 20_000,
    maxCostCents: Math.round((budgets?.max_cost_eur ?? 1) * 100),
    onCrossing: budgets?.on_crossing ?? "ask",
  };
}
