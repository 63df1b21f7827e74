import { randomUUID } from "node:crypto";
import type { Action } from "../action/action.ts";
import type { Proposal } from "../action/proposal.ts";
import { insertAction, updateAction } from "../action/store.ts";
import { settleApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { taintOf } from "../policy/guards/taint.ts";
import { judge } from "../policy/judge.ts";
import type { Step, Verdict } from "../policy/step.ts";
import type { Tx } from "../store/pool.ts";
import { auditAction } from "./action-evidence.ts";
import { askPeople } from "./ask-people.ts";
import { crossing, follow, readySteps, wantsSuperstep } from "./decide.ts";
import { auditDenied } from "./denied.ts";
import type { PlanStep, WriteStep } from "./plan.ts";
import { type RunAgent, type RunPorts, workflowNames } from "./ports.ts";
import type { Run, RunEvent } from "./run.ts";
import { budgetOf, ONE_CALL, readForPolicy, writeForPolicy } from "./step-for-policy.ts";
import { proposalOf, scopeOf } from "./step-proposal.ts";
import { apply, type OpenRun } from "./store.ts";

/**
 * Brings a run as far as it comes by itself: what can no longer come about is skipped, what is ready is judged, people are
 * asked, and where something may begin a superstep is queued, all in the caller's transaction.
 */
export async function moveOn(tx: Tx, ports: RunPorts, open: OpenRun): Promise<void> {
  for (;;) {
    const events = follow(open.run);
    for (const event of events)
      if (event.type === "step-skipped") await callOff(tx, ports, open.run, event.data.stepId);
    apply(open, events);
    const ready = readySteps(open.run);
    if (events.length === 0 && ready.length === 0) break;
    for (const step of ready) if (open.run.state.hold === null) await judgeStep(tx, ports, open, step);
  }
  if (wantsSuperstep(open.run)) {
    const superstep = open.run.state.superstep + 1;
    apply(open, [{ type: "superstep-queued", data: { superstep } }]);
    await ports.engine.enqueue(tx, {
      workflow: workflowNames.superstep,
      id: `superstep:${open.run.runId}:${superstep}`,
      queue: "actions",
      args: [open.run.runId, String(superstep)],
    });
  }
}

/** A question that nobody needs to answer any more, and an action that will not be. */
async function callOff(tx: Tx, ports: RunPorts, run: Run, stepId: string): Promise<void> {
  const step = run.state.steps[stepId];
  if (step?.is === "asking")
    await settleApproval(tx, ports.tenantId, step.approvalId, { status: "cancelled", by: null, reason: null });
  if ((step?.is === "asking" || step?.is === "cleared") && step.actionId !== null)
    await updateAction(tx, ports.tenantId, step.actionId, { state: "void" });
}

/** Who works on a step: the run's agent, or the one to whom it was handed over. */
export async function agentOf(ports: RunPorts, run: Run, step: PlanStep): Promise<RunAgent | undefined> {
  const by = step.kind === "write" ? step.by : undefined;
  return ports.agentAt(by?.agentId ?? run.agentId, by?.agentVersion ?? run.agentVersion);
}

async function judgeStep(tx: Tx, ports: RunPorts, open: OpenRun, step: PlanStep): Promise<void> {
  const fail = (why: string): void => apply(open, [{ type: "step-failed", data: { stepId: step.id, why } }]);
  const agent = await agentOf(ports, open.run, step);
  if (agent === undefined) return fail("The agent is gone.");
  if (step.kind === "hand-over" || step.kind === "discuss")
    return apply(open, [cleared(step.id, null, "the agents judge what they read")]);
  const tools = ports.connectors.tools();
  const policies = await ports.policiesInForce(tx);
  const principal = ports.directory.byId(open.run.requesterId);
  const judged = (asked: Step): Verdict => judge(policies, principal, agent.actor, asked);
  // A run that has used up its budget is held: whoever answers for it raises it, or ends it with what is there.
  const hold = (): void => apply(open, crossing(open.run.state, ONE_CALL));
  if (step.kind === "read") {
    const asked = readForPolicy(step, scopeOf(open.run), tools, budgetOf(open.run));
    const verdict = judged(asked);
    if (verdict.verdict === "allow") return apply(open, [cleared(step.id, null, verdict.policyId)]);
    const { runId, turnId, requesterId: onBehalfOf, agentVersion } = open.run;
    const to = { agentId: agent.actor.agentId, agentVersion, onBehalfOf, turnId, runId };
    await auditDenied(tx, ports.tenantId, { tool: asked.tool, args: asked.args, verdict }, to);
    return verdict.guard === "budget" ? hold() : fail(verdict.reason);
  }
  const proposal = proposalOf(step, scopeOf(open.run), tools);
  if ("wrong" in proposal) return fail(proposal.wrong);
  const asked = writeForPolicy(step, proposal, tools, budgetOf(open.run));
  const verdict = judged(asked);
  const actionId = randomUUID();
  const approvalId = verdict.verdict === "ask" ? randomUUID() : null;
  const registered = { step, proposal, actionId, approvalId };
  await auditProposal(tx, ports, open.run, actionOf(open.run, registered), verdict);
  await auditTaint(tx, ports, open.run, agent, asked);
  if (verdict.verdict === "deny") return verdict.guard === "budget" ? hold() : fail(verdict.reason);
  await registerAction(tx, ports, open.run, registered);
  if (verdict.verdict === "allow" || approvalId === null)
    return apply(open, [cleared(step.id, actionId, verdict.policyId)]);
  await askPeople(tx, ports, open, { step, proposal, verdict, actionId, approvalId });
}

function cleared(stepId: string, actionId: string | null, policyId: string): RunEvent {
  return { type: "step-cleared", data: { stepId, actionId, by: "policy", policyId } };
}

type Registered = { step: WriteStep; proposal: Proposal; actionId: string; approvalId: string | null };

/** Puts down the write as it would run, before anybody is asked. */
export async function registerAction(
  tx: Tx,
  { tenantId }: Pick<RunPorts, "tenantId">,
  run: Run,
  one: Registered,
): Promise<void> {
  await insertAction(tx, tenantId, actionOf(run, one));
}

/** The write as it would run, with what it takes to undo it. */
export function actionOf(run: Run, { step, proposal, actionId, approvalId }: Registered): Action {
  const { summary, target, inputs, changes, impact, undo, otherwise, done, sources, untrusted } = proposal;
  return {
    actionId,
    runId: run.runId,
    stepId: step.id,
    tool: proposal.tool,
    args: proposal.args,
    digest: proposal.digest,
    risk: proposal.risk,
    reversal: proposal.reversal,
    compensation: proposal.compensation ?? null,
    proposal: { summary, target, inputs, changes, impact, undo, otherwise, done, sources, untrusted },
    idempotencyKey: effectKey(run, step.id, proposal.digest),
    state: "proposed",
    result: null,
    failure: null,
    approvalId,
    agentId: step.by?.agentId ?? run.agentId,
    agentVersion: step.by?.agentVersion ?? run.agentVersion,
    undoes: step.undoes?.actionId ?? null,
    replays: step.undoes?.replay ?? false,
    undoneBy: null,
  };
}

/** The same call of the same step is the same effect, however often it is begun; only after an undo it is another one. */
export function effectKey({ runId, state }: Run, stepId: string, digest: string): string {
  const generation = state.generations[stepId] ?? 0;
  return `${runId}:${stepId}:${digest.slice(0, 16)}${generation === 0 ? "" : `:${generation}`}`;
}

export async function auditProposal(
  tx: Tx,
  ports: RunPorts,
  run: Run,
  action: Action,
  verdict: Verdict,
): Promise<void> {
  const isDenied = verdict.verdict === "deny";
  await auditAction(tx, ports, run, isDenied ? { ...action, actionId: null } : action, {
    kind: isDenied ? "action.denied" : "action.proposed",
    policyVersion: verdict.policyVersion,
    verdict,
  });
}

/** What untrusted content had a say in is kept from happening by itself, and that it tried is evidence. */
export async function auditTaint(tx: Tx, ports: RunPorts, run: Run, agent: RunAgent, step: Step): Promise<void> {
  const reasonCode = taintOf(step);
  if (reasonCode === undefined) return;
  const { tool, untrustedArguments } = step;
  const { runId, turnId, requesterId: onBehalfOf } = run;
  await appendAudit(tx, {
    ...{ tenantId: ports.tenantId, kind: "trust.blocked", actor: agent.actor.agentId, turnId, runId },
    data: { reasonCode, tool, untrustedArguments, onBehalfOf },
  });
}
