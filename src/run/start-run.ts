import { randomUUID } from "node:crypto";
import type { Tx } from "../store/pool.ts";
import { askForTheWhole } from "./ask-for-the-whole.ts";
import { moveOn } from "./move-on.ts";
import type { Plan } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import { evolve, type Run, type RunEvent, statusOf } from "./run.ts";
import { insertRun, type OpenRun } from "./store.ts";

/** A plan that was found sound, with the turn from which it came. */
export type NewRun = {
  plan: Plan;
  code: string;
  turnId: string;
  conversationId: string;
  requesterId: string;
  agent: { agentId: string; version: string; clusterId: string };
};

/**
 * Begins a run: its plan, the judgement of its first steps and the questions to people are one transaction. What policy
 * allows without a question is queued at once.
 */
export async function startRun(tx: Tx, ports: RunPorts, begun: NewRun): Promise<string> {
  const { plan, agent } = begun;
  const runId = randomUUID();
  const planned: RunEvent = {
    type: "planned",
    data: {
      plan: plan.plan,
      version: plan.version,
      pattern: plan.pattern,
      steps: plan.steps.map(({ id }) => id),
      budgets: plan.budgets,
    },
  };
  const state = evolve(undefined, planned, 1);
  const run: Run = {
    ...{
      runId,
      code: begun.code,
      turnId: begun.turnId,
      conversationId: begun.conversationId,
      requesterId: begun.requesterId,
    },
    ...{ agentId: agent.agentId, agentVersion: agent.version, clusterId: agent.clusterId, plan },
    ...{
      policyVersion: (await ports.policiesInForce(tx)).version,
      status: statusOf(state),
      state,
      version: 1,
      createdAt: new Date(0),
    },
  };
  const open: OpenRun = { run, events: [planned] };
  if (plan.approval === "whole") await askForTheWhole(tx, ports, open);
  await moveOn(tx, ports, open);
  await insertRun(tx, ports.tenantId, open);
  await ports.announce(tx, { kind: "run", id: runId });
  return runId;
}
