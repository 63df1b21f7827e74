import { randomUUID } from "node:crypto";
import { openModel } from "../../src/agent/model/endpoint.ts";
import type { PlanTemplate } from "../../src/agent/plan-template.ts";
import { work } from "../../src/agent/planner.ts";
import type { PlannerInput, PlannerPorts } from "../../src/agent/planner-input.ts";
import type { AgentReply } from "../../src/agent/reply.ts";
import { appendAudit } from "../../src/audit/store.ts";
import type { Connectors } from "../../src/connector/client.ts";
import { startRun } from "../../src/run/start-run.ts";
import { transaction } from "../../src/store/pool.ts";
import type { Origin } from "../../src/trust/label.ts";
import type { Planted } from "./channels.ts";
import { AGENT_VERSION, type Company } from "./company.ts";
import type { Double, Line } from "./double.ts";
import { actor, withModel, withoutModel } from "./plans.ts";

/** What came of one piece of work, and the run that it became. */
export type Trial = { reply: AgentReply; runId: string | undefined };

const KEPT: Origin = { label: "untrusted", channel: "memory", source: "an earlier conversation" };
const budgets = {
  ...{ maxTurns: 8, maxToolCalls: 20, maxRuntimeSeconds: 300, maxTokens: 20_000, maxCostCents: 100 },
  onCrossing: "ask" as const,
};

/** The obedient model works out an answer or a wish; what it wishes for becomes a run, if it comes that far. */
export async function tryModel(
  company: Company,
  double: Double,
  planted: Planted,
  { text, attack, says }: { text: string | undefined; attack: Line[] | undefined; says: string },
): Promise<Trial> {
  const url = double.play({ text, read: planted.read, attack });
  const model = openModel({ url, model: "double", key: undefined, signIn: "none" });
  return tryPlan(company, withModel, planted, { says, known: {}, model });
}

/** The embedded planner looks the planted text up, and writes what the person has said. */
export async function tryPlanner(
  company: Company,
  planted: Planted,
  known: { customer: string; note: string },
): Promise<Trial> {
  return tryPlan(company, withoutModel(planted.lookup), planted, { says: "Log a note.", known });
}

type Wish = { says: string; known: Record<string, string>; model?: PlannerPorts["model"] };

async function tryPlan(company: Company, plan: PlanTemplate, planted: Planted, wish: Wish): Promise<Trial> {
  const { ports, policies } = company;
  const connectors = poisoned(company.connectors, planted);
  const requester = ports.directory.byUpn("maya.lindqvist@contoso.example");
  const input: PlannerInput = {
    ...{ plan, risk: "low", confirm: false, budgets, actor, requester, today: "2026-11-22" },
    ...{ text: wish.says, known: wish.known, asked: undefined, approverRole: undefined, agentVersion: AGENT_VERSION },
    kept: planted.remembered === undefined ? [] : [{ text: planted.remembered, origin: KEPT }],
  };
  const vocabulary = { customers: [], departments: [], directory: ports.directory, names: new Map() };
  const nothingKnown = { contextOf: () => ({ known: {}, read: {} }), recall: () => Promise.resolve([]) };
  const reply = await work(input, { connectors, policies, vocabulary, ...nothingKnown, model: wish.model });
  const turnId = randomUUID();
  if (reply.kind === "refused" && reply.blocked !== undefined)
    await appendAudit(ports.pool, {
      ...{ tenantId: ports.tenantId, kind: "trust.blocked", actor: actor.agentId, turnId },
      data: { reasonCode: reply.blocked.code },
    });
  if (reply.kind !== "proposal") return { reply, runId: undefined };
  const runId = await transaction(ports.pool, (tx) =>
    startRun(tx, ports, {
      ...{ plan: reply.plan, code: turnId.slice(0, 13), turnId, conversationId: "redteam" },
      requesterId: requester?.aadObjectId ?? "",
      agent: { agentId: actor.agentId, version: AGENT_VERSION, clusterId: actor.clusterId },
    }),
  );
  return { reply, runId };
}

/** The text in the description of the tool, where the connectors hand descriptions to the rest. */
function poisoned(connectors: Connectors, { description, lookup }: Planted): Connectors {
  if (description === undefined) return connectors;
  const tools = () => connectors.tools().map((one) => (one.name === lookup.tool ? { ...one, description } : one));
  return { ...connectors, tools };
}
