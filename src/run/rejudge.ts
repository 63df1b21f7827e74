import { updateAction } from "../action/store.ts";
import type { Approval } from "../approval/approval.ts";
import { pendingUnderOthers, restamp } from "../approval/rejudged/store.ts";
import { loadApproval, lockApproval, settleApproval } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { POLICY_ERROR, type Policies } from "../policy/cedar.ts";
import { judge } from "../policy/judge.ts";
import type { Verdict } from "../policy/step.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { askForTheWhole } from "./ask-for-the-whole.ts";
import { askWhoMayDecide } from "./ask-people.ts";
import { decidedOtherwise } from "./decided-otherwise.ts";
import { agentOf, moveOn } from "./move-on.ts";
import type { RunPorts } from "./ports.ts";
import { stepsUnder } from "./run.ts";
import { budgetOf, writeForPolicy } from "./step-for-policy.ts";
import { proposalOf, scopeOf, stepOf } from "./step-proposal.ts";
import { apply, lockRun, type OpenRun, saveRun } from "./store.ts";

/** What became of a question: unclear where the policies could not be asked, and then nothing was changed. */
export type Rejudged = "stands" | "voided" | "unclear";

/**
 * After other policies were put in force: every open question that they would not put the same way ends, and its cards say
 * so; its step is judged anew. All processes do this at once, and each question is dealt with once.
 */
export async function rejudgeOpen(ports: RunPorts): Promise<void> {
  const { pool, tenantId, policies } = ports;
  for (const approvalId of await pendingUnderOthers(pool, tenantId, policies.version))
    await transaction(pool, async (tx) => {
      const known = await loadApproval(tx, tenantId, approvalId);
      const open = known && (await lockRun(tx, tenantId, known.runId));
      const locked = open && (await lockApproval(tx, tenantId, approvalId));
      if (open === undefined || locked === undefined) return;
      await rejudge(tx, ports, open, locked.approval);
    });
}

/** The same for one question, with its run and itself locked. What is not open, or was judged by these policies, stands. */
export async function rejudge(tx: Tx, ports: RunPorts, open: OpenRun, approval: Approval): Promise<Rejudged> {
  const { tenantId } = ports;
  const policies = await ports.policiesInForce(tx);
  if (approval.status !== "pending" || approval.policyVersion === policies.version) return "stands";
  const verdicts = await verdictsOn(ports, policies, open, approval);
  if (verdicts.some(({ policyId }) => policyId === POLICY_ERROR)) return "unclear";
  const isWhole = open.run.plan.approval === "whole" && stepsUnder(open.run, approval.approvalId).length > 1;
  const why = decidedOtherwise(approval, verdicts, isWhole);
  if (why === undefined) {
    await restamp(tx, tenantId, approval.approvalId, policies.version);
    // Who may decide may have changed as well.
    await askWhoMayDecide(tx, ports, { ...approval, policyVersion: policies.version });
    return "stands";
  }
  await voidQuestion(tx, ports, open, approval, why, { policies: policies.version, verdicts });
  const steps = stepsUnder(open.run, approval.approvalId);
  const denied = verdicts.find(({ verdict }) => verdict === "deny");
  const follows = steps.map((stepId) =>
    isWhole && denied !== undefined
      ? ({ type: "step-failed", data: { stepId, why } } as const)
      : ({ type: "step-superseded", data: { stepId, why } } as const),
  );
  apply(open, follows);
  if (isWhole && denied === undefined) await askForTheWhole(tx, ports, open);
  await moveOn(tx, ports, open);
  await saveRun(tx, tenantId, open);
  await ports.announce(tx, { kind: "run", id: open.run.runId });
  return "voided";
}

/** Its answer would count for nothing: the question ends, and what it was about is not done under it. */
export async function voidQuestion(
  tx: Tx,
  { tenantId }: Pick<RunPorts, "tenantId">,
  { run }: OpenRun,
  { approvalId, code, policyVersion, runId }: Approval,
  why: string,
  evidence: Record<string, unknown>,
): Promise<void> {
  await settleApproval(tx, tenantId, approvalId, { status: "void", by: null, reason: why });
  for (const stepId of stepsUnder(run, approvalId)) {
    const step = run.state.steps[stepId];
    if (step?.is === "asking") await updateAction(tx, tenantId, step.actionId, { state: "void", failure: why });
  }
  await appendAudit(tx, {
    ...{ tenantId, kind: "approval.voided", actor: "signalbox", runId, turnId: run.turnId },
    data: { approvalId, code, why, policyVersion, ...evidence },
  });
}

async function verdictsOn(ports: RunPorts, policies: Policies, { run }: OpenRun, approval: Approval) {
  const principal = ports.directory.byId(run.requesterId);
  const verdicts: Verdict[] = [];
  for (const stepId of stepsUnder(run, approval.approvalId)) {
    const step = stepOf(run, stepId);
    const agent = step === undefined ? undefined : await agentOf(ports, run, step);
    const proposal = step?.kind === "write" ? proposalOf(step, scopeOf(run), ports.connectors.tools()) : undefined;
    // A step that is gone, or does not hold any more, is not a matter of policies: it fails when it is begun.
    if (step?.kind !== "write" || agent === undefined || proposal === undefined || "wrong" in proposal) continue;
    const asked = writeForPolicy(step, proposal, ports.connectors.tools(), budgetOf(run));
    verdicts.push(judge(policies, principal, agent.actor, asked));
  }
  return verdicts;
}
