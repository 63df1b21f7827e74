import type { Proposal } from "../action/proposal.ts";
import type { Approval } from "../approval/approval.ts";
import { askedFor, noteAsked } from "../approval/asked/store.ts";
import { nextInLine, whomToAsk } from "../approval/authority.ts";
import { openDelegations } from "../approval/delegations/store.ts";
import { appendApprovalEvent, escalate, insertApproval, type NewApproval, touchApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import type { Verdict } from "../policy/judge.ts";
import type { Tx } from "../store/pool.ts";
import { matterOf } from "./matter.ts";
import { firstTimer } from "./next-timer.ts";
import type { WriteStep } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import type { Run } from "./run.ts";
import { apply, type OpenRun } from "./store.ts";

export type Question = {
  step: WriteStep;
  proposal: Proposal;
  verdict: Extract<Verdict, { verdict: "ask" }>;
  actionId: string;
  approvalId: string;
};

/** Puts the question to people: the approval and the timer that reminds, escalates and ends it are one transaction. */
export async function askPeople(tx: Tx, ports: RunPorts, open: OpenRun, question: Question): Promise<void> {
  const { step, verdict, actionId, approvalId, proposal } = question;
  await putQuestion(tx, ports, approvalFor(open.run, question, proposal.digest));
  const { kind, policyId } = verdict;
  apply(open, [{ type: "step-asked", data: { stepId: step.id, approvalId, actionId, kind, policyId } }]);
}

export async function putQuestion(tx: Tx, ports: RunPorts, asked: NewApproval): Promise<void> {
  const approval = await insertApproval(tx, ports.tenantId, asked, ports.approvalHours);
  await firstTimer(tx, ports, approval.approvalId);
  await askWhoMayDecide(tx, ports, approval);
}

/**
 * Notes everybody who may decide at this moment, or stands in for them; their cards follow. Where nobody is left who may, it
 * goes to the next in line at once: a question to nobody would wait for ever.
 */
export async function askWhoMayDecide(tx: Tx, ports: RunPorts, approval: Approval): Promise<string[]> {
  const { tenantId, directory } = ports;
  const { requesterId, kind } = approval;
  if (kind === "confirmation")
    return noteAsked(tx, tenantId, approval, [{ personId: requesterId, because: "policy", holderId: requesterId }]);
  const policies = await ports.policiesAt(approval.policyVersion);
  const people = whomToAsk(matterOf(approval, ports), {
    policies,
    directory,
    ...(await openDelegations(tx, tenantId)),
  });
  const asked = await noteAsked(tx, tenantId, approval, people);
  if (people.length === 0) await goToNextInLine(tx, ports, approval);
  return asked;
}

/** Nobody answers, or nobody is left: it goes to the next in line, who may decide from now on as well. */
export async function goToNextInLine(tx: Tx, ports: RunPorts, approval: Approval): Promise<void> {
  if (approval.kind === "confirmation") return;
  const { tenantId, directory } = ports;
  const { approvalId, runId } = approval;
  const asked = await askedFor(tx, tenantId, approvalId);
  const people = nextInLine(
    matterOf(approval, ports),
    directory,
    asked.map(({ personId }) => personId),
  );
  const to = people.map(({ aadObjectId }) => aadObjectId);
  await escalate(tx, tenantId, approvalId, to);
  await noteAsked(
    tx,
    tenantId,
    approval,
    to.map((personId) => ({ personId, because: "escalated", holderId: personId })),
  );
  await appendApprovalEvent(tx, tenantId, approvalId, "escalated", { to });
  await appendAudit(tx, { tenantId, kind: "approval.escalated", actor: "signalbox", runId, data: { approvalId, to } });
  await touchApproval(tx, tenantId, approvalId);
}

export function approvalFor(
  run: Run,
  { step, proposal, verdict, actionId, approvalId }: Question,
  digest: string,
): NewApproval {
  return {
    approvalId,
    // A plan of several steps asks several times: each question has its own code.
    code: run.state.asked === 0 ? run.code : `${run.code}-${run.state.asked + 1}`,
    runId: run.runId,
    stepId: step.id,
    actionId,
    kind: verdict.kind,
    digest,
    clusterId: step.by?.clusterId ?? run.clusterId,
    risk: proposal.risk,
    amount: proposal.amount ?? null,
    requesterId: run.requesterId,
    policyId: verdict.policyId,
    policyVersion: verdict.policyVersion,
    policyReason: verdict.reason,
    stages: verdict.stages,
    approverRoles: step.approverRole === undefined ? [] : [step.approverRole],
    editable: editableOf(run, step),
  };
}

/** What an approver may change, as it stands now: the slots that the plan marks. */
export function editableOf({ plan, state }: Pick<Run, "plan" | "state">, step: WriteStep): NewApproval["editable"] {
  return step.editable.map((slot) => ({
    slot,
    label: `${slot.charAt(0).toUpperCase()}${slot.slice(1).replaceAll("_", " ")}`,
    value: String((state.replanned ?? plan).scope.slots[slot] ?? ""),
  }));
}
