import { inWords } from "../agent/consult.ts";
import { work } from "../agent/planner.ts";
import { replan } from "../agent/replan.ts";
import { type Assignment, plannerInput } from "../cluster/coordinate.ts";
import type { Consultation, RunPorts } from "../run/ports.ts";
import { settledSteps } from "../run/step-proposal.ts";
import { assign } from "./assign.ts";
import type { TurnPorts } from "./ports.ts";

type Ports = Pick<TurnPorts, "registry" | "plans" | "planner" | "directory" | "pool">;

/** How runs reach agents: to hear what they say, to have something planned, and to have a plan made again. */
export function runAgents(ports: () => Ports): Pick<RunPorts, "consult" | "planFor" | "replan" | "agentAt"> {
  return {
    agentAt: async (agentId) => {
      const agent = ports().registry.byId.get(agentId);
      if (agent === undefined) return undefined;
      const {
        cluster_id: clusterId,
        capability_mode: mode,
        tools,
        display_name: name,
        owner_upn: owner,
        status,
      } = agent;
      return {
        actor: { agentId, clusterId, mode, tools },
        name,
        owner,
        mayAct: status === "active" || status === "degraded",
      };
    },
    consult: async (wish) => {
      const by = assign(ports(), wish.agentId, wish.intent);
      if (by === undefined) return undefined;
      const reply = await work({ ...plannerInput(by), ...(await requestOf(ports(), wish)) }, ports().planner);
      if (reply.kind === "refused") return { text: reply.told, tokens: 0, costCents: 0 };
      return reply.kind === "answer" ? { text: inWords(reply.answer), tokens: 0, costCents: 0 } : undefined;
    },
    planFor: async (wish) => {
      const by = assign(ports(), wish.agentId, wish.intent);
      if (by === undefined) return { refused: "The agent to whom it was handed over is not in service." };
      const reply = await work({ ...plannerInput(by), ...(await requestOf(ports(), wish)) }, ports().planner);
      const name = by.agent.display_name;
      if (reply.kind === "refused") return { refused: `${name}: ${reply.told}` };
      if (reply.kind !== "proposal") return { refused: `${name} needs more than it was given.` };
      const { agent_id: agentId, cluster_id: clusterId } = by.agent;
      // Who acts is who was handed over to, under its own rights; its references are settled here, since its scope is its own.
      const acting = { agentId, agentVersion: by.version, clusterId };
      return {
        name,
        steps: settledSteps(reply.plan).map((step) => (step.kind === "write" ? { ...step, by: acting } : step)),
      };
    },
    replan: async ({ agentId, plan, requesterId, changes }) => {
      const by = assignmentOf(ports(), agentId, plan.plan);
      if (by === undefined) return { refused: "The agent is not in service any more." };
      const { requester, today } = await requestOf(ports(), { text: "", known: {}, requesterId });
      return replan({ ...plannerInput(by), requester, today, known: plan.scope.slots }, changes, ports().planner);
    },
  };
}

async function requestOf(
  ports: Ports,
  { text, known, requesterId }: Pick<Consultation, "text" | "known" | "requesterId">,
) {
  const { rows } = await ports.pool.query<{ today: string }>("select current_date::text as today");
  return { text, known, requester: ports.directory.byId(requesterId), today: rows[0]?.today ?? "", asked: undefined };
}

function assignmentOf(ports: Ports, agentId: string, planName: string): Assignment | undefined {
  const intent = ports.registry.byId.get(agentId)?.intent_patterns.find(({ plan }) => plan === planName)?.intent_label;
  return intent === undefined ? undefined : assign(ports, agentId, intent);
}
