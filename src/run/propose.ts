import { randomUUID } from "node:crypto";
import { digestOf } from "../action/digest.ts";
import type { Proposal } from "../action/proposal.ts";
import { insertAction } from "../action/store.ts";
import { insertApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import type { Verdict } from "../policy/judge.ts";
import type { Tx } from "../store/pool.ts";
import { type RunPorts, workflowNames } from "./ports.ts";
import type { RunEvent } from "./run.ts";
import { appendRunEvents, insertRun } from "./store.ts";

/** A proposal that policy has judged, with the turn from which it came. */
export type JudgedProposal = {
  proposal: Proposal;
  verdict: Exclude<Verdict, { verdict: "deny" }>;
  /** the slots that the plan was filled with */
  known: Record<string, unknown>;
  code: string;
  turnId: string;
  conversationId: string;
  requesterId: string;
  agent: { agentId: string; version: string; clusterId: string };
  plan: { plan: string; version: number };
};

/**
 * Turns a judged proposal into a run: the run, its action and the question to people are one transaction with the timer that
 * ends the question. What policy allows without a question starts at once.
 */
export async function proposeRun(tx: Tx, ports: RunPorts, judged: JudgedProposal): Promise<string> {
  const { tenantId } = ports;
  const { proposal, verdict, agent } = judged;
  const [runId, actionId, approvalId] = [randomUUID(), randomUUID(), randomUUID()];
  const digest = digestOf(proposal.tool, proposal.args);
  const { summary, target, inputs, changes, impact, undo, otherwise, done, sources } = proposal;

  await insertRun(tx, tenantId, {
    runId,
    code: judged.code,
    turnId: judged.turnId,
    conversationId: judged.conversationId,
    requesterId: judged.requesterId,
    agentId: agent.agentId,
    agentVersion: agent.version,
    plan: {
      ...judged.plan,
      pattern: "sequential",
      known: judged.known,
      steps: [{ id: proposal.stepId, actionId, after: [] }],
    },
    policyVersion: verdict.policyVersion,
  });
  await insertAction(tx, tenantId, {
    actionId,
    runId,
    stepId: proposal.stepId,
    tool: proposal.tool,
    args: proposal.args,
    digest,
    risk: proposal.risk,
    reversal: proposal.reversal,
    compensation: proposal.compensation ?? null,
    proposal: { summary, target, inputs, changes, impact, undo, otherwise, done, sources },
    idempotencyKey: `${runId}:${proposal.stepId}`,
    state: "proposed",
    result: null,
    failure: null,
  });
  const events: RunEvent[] = [{ type: "proposed", data: { actionId, digest } }];
  if (verdict.verdict === "ask") {
    events.push({ type: "approval-requested", data: { approvalId, kind: verdict.kind, policyId: verdict.policyId } });
    await insertApproval(
      tx,
      tenantId,
      {
        approvalId,
        code: judged.code,
        runId,
        actionId,
        kind: verdict.kind,
        digest,
        clusterId: agent.clusterId,
        risk: proposal.risk,
        amount: proposal.amount ?? null,
        requesterId: judged.requesterId,
        policyId: verdict.policyId,
        policyVersion: verdict.policyVersion,
        policyReason: verdict.reason,
      },
      ports.approvalHours,
    );
    await ports.engine.enqueue(tx, {
      workflow: workflowNames.expire,
      id: `expire:${approvalId}`,
      queue: "timers",
      args: [approvalId],
      delaySeconds: Math.ceil(ports.approvalHours * 3600) + 1,
    });
  } else {
    events.push({ type: "cleared", data: { by: "policy", policyId: verdict.policyId } });
    await ports.engine.enqueue(tx, {
      workflow: workflowNames.advance,
      id: `advance:${actionId}`,
      queue: "actions",
      args: [actionId],
    });
  }
  await appendRunEvents(tx, tenantId, runId, events);
  await appendAudit(tx, {
    tenantId,
    kind: "action.proposed",
    actor: agent.agentId,
    turnId: judged.turnId,
    runId,
    data: {
      onBehalfOf: judged.requesterId,
      agentVersion: agent.version,
      tool: proposal.tool,
      args: proposal.args,
      digest,
      risk: proposal.risk,
      verdict,
    },
  });
  await ports.announce(tx, { kind: "run", id: runId });
  return runId;
}
