import type { PlanTemplate } from "../agent/plan-template.ts";
import { type PlannerPorts, work } from "../agent/planner.ts";
import type { AgentReply, Answer } from "../agent/reply.ts";
import type { Person } from "../identity/directory.ts";
import type { Risk } from "../policy/judge.ts";
import type { AgentRecord } from "../registry/agent-record.ts";

/** A leaf agent and the intent that it would serve. */
export type Assignment = { agent: AgentRecord; version: string; intent: string; risk: Risk; plan: PlanTemplate };

export type Request = {
  text: string;
  requester: Person | undefined;
  today: string;
  known: Record<string, unknown>;
  asked: string | undefined;
};

export type Coordinated = { by: Assignment; reply: AgentReply; also: { by: Assignment; answer: Answer }[] };

/**
 * The coordinator of a cluster: the first assignment is the best candidate, the others (two at most) read in parallel where
 * the intent was ambiguous. The first agent that answers speaks; further answers are shown beside it, in the router's order.
 * Only one that changes nothing has company: a proposal is never made by several agents at once.
 */
export async function coordinate(
  assignments: readonly Assignment[],
  request: Request,
  ports: PlannerPorts,
): Promise<Coordinated> {
  const [first, ...others] = assignments;
  if (first === undefined) throw new RangeError("a coordinator needs at least one assignment");
  const companions =
    first.plan.action === undefined ? others.filter(({ plan }) => plan.action === undefined).slice(0, 2) : [];
  const [own, ...rest] = await Promise.allSettled([first, ...companions].map((by) => askAgent(by, request, ports)));
  if (own?.status !== "fulfilled") throw own?.reason ?? new RangeError("no agent was asked");

  const answers = rest.flatMap((result, i) => {
    const by = companions[i];
    return result.status === "fulfilled" && by !== undefined && result.value.kind === "answer"
      ? [{ by, answer: result.value.answer }]
      : [];
  });
  const [standIn, ...remaining] = answers;
  // The best candidate misses a detail or must refuse, but a companion knows: the companion speaks.
  if (own.value.kind !== "answer" && standIn !== undefined && own.value.kind !== "proposal")
    return { by: standIn.by, reply: { kind: "answer", answer: standIn.answer }, also: remaining };
  return { by: first, reply: own.value, also: own.value.kind === "answer" ? answers : [] };
}

function askAgent(by: Assignment, request: Request, ports: PlannerPorts): Promise<AgentReply> {
  const { agent_id: agentId, cluster_id: clusterId, capability_mode: mode, tools } = by.agent;
  return work({ ...request, plan: by.plan, risk: by.risk, actor: { agentId, clusterId, mode, tools } }, ports);
}
