import { inWords } from "../agent/consult.ts";
import { work } from "../agent/planner.ts";
import type { PlannerInput } from "../agent/planner-input.ts";
import { replan } from "../agent/replan.ts";
import type { AgentReply } from "../agent/reply.ts";
import { type Assignment, plannerInput } from "../cluster/coordinate.ts";
import { actorOf } from "../policy/actor.ts";
import { auditDenied, type Denied } from "../run/denied.ts";
import type { Consultation, RunPorts } from "../run/ports.ts";
import { settledSteps } from "../run/step-proposal.ts";
import { assign, assignmentOf } from "./assign.ts";
import type { TurnPorts } from "./ports.ts";

type Ports = Pick<TurnPorts, "fleet" | "planner" | "directory" | "pool" | "tenantId">;
/** The run that asks, and for whom. */
type Asking = Pick<Consultation, "runId" | "turnId" | "requesterId">;

/** How runs reach agents: to hear what they say, to have something planned, and to have a plan made again. */
export function runAgents(
  ports: () => Ports,
): Pick<RunPorts, "consult" | "planFor" | "replan" | "agentAt" | "servingVersion"> {
  /** There is no turn to commit it with: what policy denies is kept at once. */
  const keep = async (denied: Denied | undefined, by: Assignment, { runId, turnId, requesterId }: Asking) => {
    if (denied === undefined) return;
    const who = { agentId: by.agent.agent_id, agentVersion: by.version, onBehalfOf: requesterId };
    await auditDenied(ports().pool, ports().tenantId, denied, { ...who, turnId, runId });
  };
  const workFor = async (asking: Asking, by: Assignment, request: Request): Promise<AgentReply> => {
    const reply = await work({ ...plannerInput(by), ...request }, ports().planner);
    if (reply.kind === "refused") await keep(reply.denied, by, asking);
    return reply;
  };
  return {
    servingVersion: (agentId) => ports().fleet.registry.versionOf(agentId),
    agentAt: async (agentId, version) => {
      const serving = await ports().fleet.at(agentId, version);
      if (serving === undefined) return undefined;
      const { display_name: name, owner_upn: owner } = serving.record;
      // What it may call is a matter of its version; whether it may act at all, and who answers for it, is decided now.
      const now = ports().fleet.registry.byId.get(agentId);
      const status = now?.status;
      const mayAct = status === "active" || status === "degraded";
      return { actor: actorOf(serving.record), name, owner: now?.owner_upn ?? owner, mayAct };
    },
    consult: async (wish) => {
      const by = assign(ports(), { ...wish, conversationId: "" });
      if (by === undefined) return undefined;
      const reply = await workFor(wish, by, await requestOf(ports(), wish));
      if (reply.kind === "refused") return { text: reply.told, tokens: 0, costCents: 0 };
      return reply.kind === "answer" ? { text: inWords(reply.answer), tokens: 0, costCents: 0 } : undefined;
    },
    planFor: async (wish) => {
      const by = assign(ports(), { ...wish, conversationId: "" });
      if (by === undefined) return { refused: "The agent to whom it was handed over is not in service." };
      const request = { ...(await requestOf(ports(), wish)), wordsFrom: wish.origins };
      const reply = await workFor(wish, by, request);
      const name = by.agent.display_name;
      if (reply.kind === "refused") return { refused: `${name}: ${reply.told}` };
      if (reply.kind !== "proposal") return { refused: `${name} needs more than it was given.` };
      const { agent_id: agentId, cluster_id: clusterId } = by.agent;
      // Who acts is who was handed over to, under its own rights; its references are settled here, since its scope is its own.
      const acting = { agentId, agentVersion: by.version, clusterId };
      const steps = settledSteps(reply.plan, wish.prefix, ports().planner.connectors.tools()).map((step) =>
        step.kind === "write" ? { ...step, by: acting } : step,
      );
      return { name, steps };
    },
    replan: async ({ plan, changes, ...wish }) => {
      const { agentId, agentVersion, requesterId } = wish;
      const serving = await ports().fleet.at(agentId, agentVersion);
      const intent = serving?.record.intent_patterns.find((one) => one.plan === plan.plan)?.intent_label;
      const by = serving === undefined || intent === undefined ? undefined : assignmentOf(serving, intent);
      if (by === undefined) return { refused: "The agent has no such plan any more." };
      const { requester, today } = await requestOf(ports(), { text: "", known: {}, requesterId });
      const known = { known: plan.scope.slots, slotOrigins: plan.scope.origins?.slots };
      const planned = await replan({ ...plannerInput(by), requester, today, ...known }, changes, ports().planner);
      if ("refused" in planned) await keep(planned.denied, by, wish);
      return planned;
    },
  };
}

type Wish = Pick<Consultation, "text" | "known" | "requesterId">;
type Request = Pick<PlannerInput, "text" | "known" | "requester" | "today" | "asked" | "wordsFrom">;

async function requestOf(ports: Ports, { text, known, requesterId }: Wish): Promise<Request> {
  const { rows } = await ports.pool.query<{ today: string }>("select current_date::text as today");
  return { text, known, requester: ports.directory.byId(requesterId), today: rows[0]?.today ?? "", asked: undefined };
}
