import { randomUUID } from "node:crypto";
import { digestOfAll } from "../connector/digest.ts";
import { SignalboxError } from "../errors.ts";
import { judge } from "../policy/judge.ts";
import { strictest } from "../policy/stages.ts";
import type { Tx } from "../store/pool.ts";
import { approvalFor, putQuestion, type Question } from "./ask-people.ts";
import { actionOf, agentOf, auditProposal, moveOn, registerAction } from "./move-on.ts";
import type { Plan, WriteStep } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import { evolve, type Run, type RunEvent, statusOf } from "./run.ts";
import { centsOf, proposalOf, scopeOf, stepForPolicy } from "./step-proposal.ts";
import { apply, insertRun, type OpenRun } from "./store.ts";

/** A plan that was found sound, with the turn from which it came. */
export type NewRun = {
  plan: Plan;
  code: string;
  turnId: string;
  conversationId: string;
  requesterId: string;
  /** how sure the router was; absent where nobody routed */
  confidence?: number | null;
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
      confidence: begun.confidence ?? null,
    },
    ...{ agentId: agent.agentId, agentVersion: agent.version, clusterId: agent.clusterId, plan },
    ...{ policyVersion: ports.policies.version, status: statusOf(state), state, version: 1, createdAt: new Date(0) },
  };
  const open: OpenRun = { run, events: [planned] };
  if (plan.approval === "whole") await askForTheWhole(tx, ports, open);
  await moveOn(tx, ports, open);
  await insertRun(tx, ports.tenantId, open);
  await ports.announce(tx, { kind: "run", id: runId });
  return runId;
}

/** One question for all steps, bound to the digest over all their calls: nothing of it runs before somebody has passed it. */
async function askForTheWhole(tx: Tx, ports: RunPorts, open: OpenRun): Promise<void> {
  const steps = open.run.plan.steps.filter((step): step is WriteStep => step.kind === "write");
  const approvalId = randomUUID();
  const policies = await ports.policiesAt(open.run.policyVersion);
  const questions: Question[] = [];
  for (const step of steps) {
    const proposal = proposalOf(step, scopeOf(open.run));
    if ("wrong" in proposal) throw new SignalboxError("plan-refused", `${step.id}: ${proposal.wrong}`);
    const agent = await agentOf(ports, open.run, step);
    if (agent === undefined) throw new SignalboxError("plan-refused", `${step.id}: its agent is gone.`);
    const asked = stepForPolicy(step, ports.connectors.tools(), proposal.amount);
    const verdict = judge(policies, ports.directory.byId(open.run.requesterId), agent.actor, asked);
    if (verdict.verdict === "deny") throw new SignalboxError("plan-refused", `${step.id}: ${verdict.reason}`);
    const actionId = randomUUID();
    await auditProposal(tx, ports, open.run, actionOf(open.run, { step, proposal, actionId, approvalId }), verdict);
    // As a whole it is always somebody else's to pass, whatever each step would need.
    const needed = verdict.verdict === "ask" ? verdict : { ...verdict, verdict: "ask" as const, stages: strictest([]) };
    const question: Question = { step, proposal, verdict: { ...needed, kind: "review" }, actionId, approvalId };
    questions.push(question);
    await registerAction(tx, ports, open.run, question);
  }
  const first = questions[0];
  if (first === undefined) return;
  const texts = questions.flatMap(({ verdict }) => verdict.stages.map(({ who, quorum }) => `${who} ${quorum}`));
  const total = questions.reduce((sum, { proposal }) => sum + centsOf(proposal.amount ?? "0"), 0);
  const approval = approvalFor(
    open.run,
    {
      ...first,
      proposal: { ...first.proposal, risk: "high", amount: total === 0 ? undefined : (total / 100).toFixed(2) },
    },
    digestOfAll(questions.map(({ proposal }) => proposal)),
  );
  const approverRoles = [...new Set(steps.flatMap(({ approverRole }) => approverRole ?? []))];
  await putQuestion(tx, ports, { ...approval, stages: strictest(texts), approverRoles, editable: [] });
  for (const { step, actionId, verdict } of questions)
    apply(open, [
      {
        type: "step-asked",
        data: { stepId: step.id, approvalId, actionId, kind: "review", policyId: verdict.policyId },
      },
    ]);
}
