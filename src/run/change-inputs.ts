import type { Shown } from "../action/action.ts";
import { loadActions, replaceProposal, updateAction } from "../action/store.ts";
import type { Approval } from "../approval/approval.ts";
import { loadApproval, settleApproval, changeInputs as writeInputs } from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import type { Person } from "../identity/directory.ts";
import { judge } from "../policy/judge.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { askWhoMayDecide, editableOf } from "./ask-people.ts";
import { agentOf, effectKey, moveOn } from "./move-on.ts";
import type { Plan } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import { budgetOf, writeForPolicy } from "./step-for-policy.ts";
import { proposalOf, scopeOf, stepOf } from "./step-proposal.ts";
import { apply, loadRun, lockRun, type OpenRun, saveRun } from "./store.ts";

/** The plan of an approval with other values, made before anything is locked: it looks things up. */
export async function planWith(
  ports: RunPorts,
  approvalId: string,
  changes: Record<string, string>,
): Promise<Plan | { refused: string } | undefined> {
  const approval = await loadApproval(ports.pool, ports.tenantId, approvalId);
  const run = approval === undefined ? undefined : await loadRun(ports.pool, ports.tenantId, approval.runId);
  if (approval === undefined || run === undefined) return undefined;
  const fixed = Object.keys(changes).find((slot) => !approval.editable.some((one) => one.slot === slot));
  if (fixed !== undefined) return { refused: `${fixed} cannot be changed here.` };
  const { agentId, agentVersion, requesterId, runId, turnId, state } = run;
  const plan = state.replanned ?? run.plan;
  return ports.replan({ agentId, agentVersion, plan, requesterId, runId, turnId, changes });
}

/**
 * What would run becomes something else, with a digest of its own: earlier says and clicks on the earlier inputs count no
 * more, and policy says again who has to agree. Both values stay in the audit.
 * Where they need another kind of question, a review in place of a confirmation, the question is superseded and asked anew.
 */
export async function changeInputs(
  tx: Tx,
  ports: RunPorts,
  open: OpenRun,
  { approval, plan, by }: { approval: Approval; plan: Plan; by: string },
): Promise<Changed> {
  const { tenantId } = ports;
  const changed: OpenRun = { run: open.run, events: [...open.events] };
  apply(changed, [{ type: "replanned", data: { by, plan } }]);
  const step = stepOf(changed.run, approval.stepId);
  if (step?.kind !== "write") return { wrong: "The plan has no such step any more." };
  const tools = ports.connectors.tools();
  const proposal = proposalOf(step, scopeOf(changed.run), tools);
  if ("wrong" in proposal) return proposal;
  const agent = await agentOf(ports, changed.run, step);
  if (agent === undefined) return { wrong: "The agent is gone." };
  const policies = await ports.policiesInForce(tx);
  const principal = ports.directory.byId(changed.run.requesterId);
  const asked = writeForPolicy(step, proposal, tools, budgetOf(changed.run));
  const verdict = judge(policies, principal, agent.actor, asked);
  if (verdict.verdict === "deny") return { wrong: verdict.reason };
  const [before] = await loadActions(tx, tenantId, [approval.actionId]);
  open.run = changed.run;
  open.events = changed.events;
  await appendAudit(tx, {
    ...{ tenantId, kind: "approval.changed", actor: by, runId: open.run.runId, turnId: open.run.turnId },
    data: {
      approvalId: approval.approvalId,
      before: { args: before?.args, digest: approval.digest },
      after: { args: proposal.args, digest: proposal.digest },
    },
  });
  if (verdict.verdict === "ask" && verdict.kind === "review" && approval.kind === "confirmation") {
    await supersede(tx, ports, open, {
      approval,
      by,
      reason: "The inputs were changed to what others have to review.",
    });
    await moveOn(tx, ports, open);
    return { isAskedAnew: true, policyId: verdict.policyId, why: verdict.reason };
  }
  await replaceProposal(tx, tenantId, approval.actionId, {
    ...{ args: proposal.args, digest: proposal.digest, compensation: proposal.compensation ?? null },
    proposal: shownOf(proposal),
    idempotencyKey: effectKey(changed.run, step.id, proposal.digest),
  });
  await writeInputs(tx, tenantId, approval.approvalId, {
    digest: proposal.digest,
    amount: proposal.amount ?? null,
    // Where the changed inputs need fewer people, those who were asked are still the ones to say so.
    stages: verdict.verdict === "ask" && verdict.kind === "review" ? verdict.stages : approval.stages,
    editable: editableOf(changed.run, step),
    policyId: verdict.policyId,
    policyReason: verdict.reason,
  });
  const now = await loadApproval(tx, tenantId, approval.approvalId);
  if (now !== undefined) await askWhoMayDecide(tx, ports, now);
  return { isAskedAnew: false };
}

type Changed = { wrong: string } | { isAskedAnew: false } | { isAskedAnew: true; policyId: string; why: string };

/** The question ends, and its step waits to be judged again. @returns whether it was still open */
async function supersede(
  tx: Tx,
  { tenantId }: RunPorts,
  open: OpenRun,
  { approval, by, reason }: { approval: Approval; by: string; reason: string },
): Promise<boolean> {
  const { approvalId, actionId, stepId } = approval;
  if (!(await settleApproval(tx, tenantId, approvalId, { status: "superseded", by, reason }))) return false;
  await updateAction(tx, tenantId, actionId, { state: "void", failure: reason });
  apply(open, [{ type: "step-superseded", data: { stepId, why: reason } }]);
  return true;
}

function shownOf({
  summary,
  target,
  inputs,
  changes,
  impact,
  undo,
  otherwise,
  done,
  sources,
  untrusted,
}: Shown): Shown {
  return { summary, target, inputs, changes, impact, undo, otherwise, done, sources, untrusted };
}

export type Amended = { outcome: "done" } | { outcome: "not-yours" | "refused"; why: string } | { outcome: "unknown" };

/** The requester says that they meant something else: the question is superseded, and asked again with the new inputs. */
export async function amend(
  ports: RunPorts,
  wish: { approvalId: string; changes: Record<string, string>; actor: Person | undefined; actorId: string },
): Promise<Amended> {
  const { tenantId } = ports;
  const known = await loadApproval(ports.pool, tenantId, wish.approvalId);
  if (known === undefined) return { outcome: "unknown" };
  const refuse = async (outcome: "not-yours" | "refused", why: string): Promise<Amended> => {
    const data = { approvalId: known.approvalId, wish: "change", why };
    await appendAudit(ports.pool, {
      tenantId,
      kind: "approval.attempt-refused",
      actor: wish.actorId,
      runId: known.runId,
      data,
    });
    return { outcome, why };
  };
  if (known.requesterId !== wish.actorId) return refuse("not-yours", "Only the person who asked can change it.");
  if (known.status !== "pending") return refuse("refused", `It is ${known.status} already.`);
  const plan = await planWith(ports, wish.approvalId, wish.changes);
  if (plan === undefined) return { outcome: "unknown" };
  if ("refused" in plan) return refuse("refused", plan.refused);
  return transaction(ports.pool, async (tx) => {
    const open = await lockRun(tx, tenantId, known.runId);
    const by = wish.actorId;
    if (open === undefined) return { outcome: "refused", why: "Somebody has decided in the meantime." };
    apply(open, [{ type: "replanned", data: { by, plan } }]);
    const reason = "The requester has changed the inputs.";
    if (!(await supersede(tx, ports, open, { approval: known, by, reason })))
      return { outcome: "refused", why: "Somebody has decided in the meantime." };
    await appendAudit(tx, {
      ...{ tenantId, kind: "approval.superseded", actor: by, runId: known.runId, turnId: open.run.turnId },
      data: { approvalId: known.approvalId, changes: wish.changes, digest: known.digest },
    });
    await moveOn(tx, ports, open);
    await saveRun(tx, tenantId, open);
    await ports.announce(tx, { kind: "run", id: known.runId });
    return { outcome: "done" };
  });
}
