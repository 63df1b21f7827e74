import { type Approval, type ApprovalOutcome, type ApprovalVerb, decide, type Vote } from "../approval/approval.ts";
import { askedFor, noteAsked } from "../approval/asked/store.ts";
import { authorityOf } from "../approval/authority.ts";
import { openDelegations } from "../approval/delegations/store.ts";
import { insertQuestion } from "../approval/questions/store.ts";
import {
  appendApprovalEvent,
  insertVote,
  loadApproval,
  lockApproval,
  nextStage,
  settleApproval,
  touchApproval,
} from "../approval/store.ts";
import { appendAudit } from "../audit/store.ts";
import { SignalboxError } from "../errors.ts";
import type { Person } from "../identity/directory.ts";
import { mayStandIn } from "../policy/may-decide.ts";
import { type Tx, transaction } from "../store/pool.ts";
import { askWhoMayDecide } from "./ask-people.ts";
import { changeInputs } from "./change-inputs.ts";
import { matterOf } from "./matter.ts";
import { agentOf, moveOn } from "./move-on.ts";
import type { Plan } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import { rejudge, voidQuestion } from "./rejudge.ts";
import { type Run, type RunEvent, stepsUnder } from "./run.ts";
import { stepOf } from "./step-proposal.ts";
import { apply, lockRun, type OpenRun, saveRun } from "./store.ts";

/** A wish to decide, whatever the path. `actor` is the authenticated person; undefined when the directory does not know them. */
export type Wish = {
  approvalId: string;
  seenInputs: number | undefined;
  actor: Person | undefined;
  /** the channel's id of the actor, for the audit of strangers */
  actorId: string;
  via: "card" | "message" | "command" | "batch";
} /** `changed`: the plan made again with the values that the approver typed, or why there is none (planWith) */ & (
  | { verb: "approve"; changed?: Plan | { refused: string } }
  | { verb: "reject"; reason: string | undefined }
  | { verb: "ask"; question: string | undefined }
  | { verb: "delegate"; to: Person | undefined }
);

export type Resolution = (ApprovalOutcome | { outcome: "cannot-change" | "not-now"; why: string }) & {
  approval: Approval;
};

/**
 * The one place where approvals are decided: card, message with value, typed command and batch all end here. The decision, the
 * run's event, the start of the effect and the evidence are one transaction; a refused attempt is evidence too.
 * @returns undefined when there is no such approval
 */
export async function resolveApproval(ports: RunPorts, wish: Wish): Promise<Resolution | undefined> {
  return transaction(ports.pool, (tx) => resolveIn(tx, ports, wish));
}

/** The same in the caller's transaction: several that are decided together stand and fall together. */
export async function resolveIn(tx: Tx, ports: RunPorts, wish: Wish): Promise<Resolution | undefined> {
  const { tenantId } = ports;
  const known = await loadApproval(tx, tenantId, wish.approvalId);
  if (known === undefined) return undefined;
  // In this order on one connection: the run first, always (see lockApproval), and what else is read after both locks.
  const [open, locked, { delegations }, asked] = await Promise.all([
    lockRun(tx, tenantId, known.runId),
    lockApproval(tx, tenantId, wish.approvalId),
    openDelegations(tx, tenantId),
    askedFor(tx, tenantId, wish.approvalId),
  ]);
  if (open === undefined || locked === undefined) return undefined;
  const { approval, votes, now } = locked;
  const rejudged = await rejudge(tx, ports, open, approval);
  if (rejudged !== "stands") return outdated(tx, ports, approval, wish, rejudged);
  const matter = matterOf(approval, ports);
  const policies = await ports.policiesInForce(tx);
  const authority = authorityOf(wish.actor, matter, { policies, directory: ports.directory, delegations, asked, now });
  const command = commandOf(ports, policies, { approval, votes }, wish);
  const outcome = decide(approval, votes, {
    actorId: wish.actorId,
    authority,
    seenInputs: wish.seenInputs,
    now,
    ...command,
  });
  const isSay = outcome.outcome === "approved" || outcome.outcome === "counted";
  if (isSay && !(await mayStillAct(ports, open.run, approval))) return outOfService(tx, ports, open, approval, wish);
  if (isSay && wish.verb === "approve" && wish.changed !== undefined) {
    const changed =
      "refused" in wish.changed
        ? { wrong: wish.changed.refused }
        : await changeInputs(tx, ports, open, { approval, plan: wish.changed, by: wish.actorId });
    if ("wrong" in changed) {
      await auditAttempt(tx, ports, approval, wish, changed.wrong);
      return { outcome: "cannot-change", why: changed.wrong, approval };
    }
    await saveRun(tx, tenantId, open);
    if (changed.isAskedAnew) {
      await ports.announce(tx, { kind: "run", id: approval.runId });
      return { outcome: "not-yours", policyId: changed.policyId, why: changed.why, approval };
    }
    const { changed: _, ...approve } = wish;
    const resolution = await resolveIn(tx, ports, { ...approve, seenInputs: undefined });
    // The changed inputs may need somebody else: then the change stands, and they are asked.
    if (resolution?.outcome === "not-yours") await ports.announce(tx, { kind: "run", id: approval.runId });
    return resolution;
  }
  await appendAudit(tx, {
    tenantId,
    kind: auditKind[outcome.outcome] ?? "approval.attempt-refused",
    actor: wish.actorId,
    runId: approval.runId,
    turnId: open.run.turnId,
    data: {
      ...{ ...outcome, approvalId: approval.approvalId, wish: wish.verb, via: wish.via, digest: approval.digest },
      may: authority,
    },
  });
  await follow(tx, ports, open, { approval, wish, outcome });
  return { ...outcome, approval };
}

/** The question was put by policies that are no more in force, and would not be put like that now; or nobody can say. */
async function outdated(
  tx: Tx,
  ports: RunPorts,
  approval: Approval,
  wish: Wish,
  rejudged: "voided" | "unclear",
): Promise<Resolution> {
  await auditAttempt(tx, ports, approval, wish, `The policies have changed since it was asked: ${rejudged}.`);
  if (rejudged === "voided") return { outcome: "already", status: "void", approval };
  const why = "The policies have changed, and cannot be asked at the moment whether they want it decided like this.";
  return { outcome: "not-now", why, approval };
}

/** May the agent act on an approval at this moment? What takes something back may be approved whatever became of its agent. */
async function mayStillAct(ports: RunPorts, run: Run, { stepId }: Approval): Promise<boolean> {
  const step = stepOf(run, stepId);
  if (step?.kind !== "write" || step.undoes !== undefined) return true;
  return (await agentOf(ports, run, step))?.mayAct === true;
}

/** The agent was taken out of service since it asked: nobody can let it act by a click, and it has to be asked anew. */
async function outOfService(
  tx: Tx,
  ports: RunPorts,
  open: OpenRun,
  approval: Approval,
  wish: Wish,
): Promise<Resolution> {
  const why = "The agent is no longer allowed to act: it was taken out of service after it asked.";
  await auditAttempt(tx, ports, approval, wish, why);
  await voidQuestion(tx, ports, open, approval, why, {});
  const events = stepsUnder(open.run, approval.approvalId).map(
    (stepId): RunEvent => ({ type: "step-failed", data: { stepId, why } }),
  );
  await proceed(tx, ports, open, events);
  return { outcome: "already", status: "void", approval };
}

async function auditAttempt(
  tx: Tx,
  { tenantId }: RunPorts,
  { approvalId, digest, runId }: Approval,
  { actorId, verb, via }: Wish,
  why: string,
): Promise<void> {
  await appendAudit(tx, {
    ...{ tenantId, kind: "approval.attempt-refused", actor: actorId, runId },
    data: { approvalId, wish: verb, via, digest, why },
  });
}

/** Outcomes that change something; all others are attempts that change nothing. */
const auditKind: Partial<Record<ApprovalOutcome["outcome"], string>> = {
  approved: "approval.approved",
  counted: "approval.counted",
  rejected: "approval.rejected",
  expired: "approval.expired",
  asked: "approval.asked",
  delegated: "approval.delegated",
};

function commandOf(
  ports: RunPorts,
  policies: RunPorts["policies"],
  { approval, votes }: { approval: Approval; votes: readonly Vote[] },
  wish: Wish,
): ApprovalVerb {
  if (wish.verb === "approve") return { verb: "approve" };
  if (wish.verb === "reject") return { verb: "reject", reason: wish.reason };
  if (wish.verb === "ask") return { verb: "ask", question: wish.question };
  const { to } = wish;
  if (to === undefined) return { verb: "delegate", to: "", refusal: "Nobody of that name is in the directory." };
  const matter = matterOf(approval, ports);
  const may = mayStandIn(policies, to, matter);
  const refusal =
    to.aadObjectId === wish.actorId
      ? "You cannot stand in for yourself."
      : to.upn === matter.requester
        ? `${to.name} asked for it, and nobody decides on their own request.`
        : votes.some(({ actorId }) => actorId === to.aadObjectId)
          ? `${to.name} has approved it already, and nobody has two says.`
          : may.permitted
            ? undefined
            : may.reason;
  return { verb: "delegate", to: to.aadObjectId, refusal };
}

type Decided = { approval: Approval; wish: Wish; outcome: ApprovalOutcome };

async function follow(tx: Tx, ports: RunPorts, open: OpenRun, { approval, wish, outcome }: Decided): Promise<void> {
  const { tenantId } = ports;
  const { approvalId } = approval;
  const { actorId: by } = wish;
  switch (outcome.outcome) {
    case "approved":
      await insertVote(tx, tenantId, approval, { actorId: by, holderId: outcome.holderId, via: wish.via });
      await settle(tx, ports, approval, { status: "approved", by, forId: outcome.holderId, reason: null });
      return proceed(tx, ports, open, clearedBy(open.run, approval, by));
    case "counted":
      await insertVote(tx, tenantId, approval, { actorId: by, holderId: outcome.holderId, via: wish.via });
      await appendApprovalEvent(tx, tenantId, approvalId, "counted", {
        by,
        for: outcome.holderId,
        missing: outcome.missing,
      });
      if (outcome.isStageOver) {
        await nextStage(tx, tenantId, approvalId);
        await askWhoMayDecide(tx, ports, { ...approval, stage: approval.stage + 1, escalatedTo: [] });
      } else await touchApproval(tx, tenantId, approvalId);
      return ports.announce(tx, { kind: "run", id: approval.runId });
    case "rejected": {
      const { reason, holderId } = outcome;
      await settle(tx, ports, approval, { status: "rejected", by, forId: holderId, reason });
      const events = stepsUnder(open.run, approvalId).map(
        (stepId): RunEvent => ({ type: "step-rejected", data: { stepId, by, reason } }),
      );
      return proceed(tx, ports, open, events);
    }
    case "expired":
      return expire(tx, ports, open, approval);
    case "asked":
      await insertQuestion(tx, tenantId, approvalId, { askedBy: by, question: outcome.question });
      await appendApprovalEvent(tx, tenantId, approvalId, "asked", { by, question: outcome.question });
      await touchApproval(tx, tenantId, approvalId);
      return ports.announce(tx, { kind: "run", id: approval.runId });
    case "delegated": {
      const { to, holderId } = outcome;
      await noteAsked(tx, tenantId, approval, [{ personId: to, because: "delegated", holderId }]);
      await appendApprovalEvent(tx, tenantId, approvalId, "delegated", { by, for: holderId, to });
      await touchApproval(tx, tenantId, approvalId);
      return ports.announce(tx, { kind: "run", id: approval.runId });
    }
    default:
      return undefined;
  }
}

function clearedBy(run: Run, { approvalId, policyId }: Approval, by: string): RunEvent[] {
  return stepsUnder(run, approvalId).map((stepId) => {
    const step = run.state.steps[stepId];
    const actionId = step?.is === "asking" ? step.actionId : null;
    return { type: "step-cleared", data: { stepId, actionId, by, policyId } };
  });
}

async function proceed(tx: Tx, ports: RunPorts, open: OpenRun, events: RunEvent[]): Promise<void> {
  apply(open, events);
  await moveOn(tx, ports, open);
  await saveRun(tx, ports.tenantId, open);
  await ports.announce(tx, { kind: "run", id: open.run.runId });
}

/** Ends a question that nobody answered in time; used by its timer, and by a click that comes too late. */
export async function expire(tx: Tx, ports: RunPorts, open: OpenRun, approval: Approval): Promise<void> {
  await settle(tx, ports, approval, { status: "expired", by: null, reason: null });
  const { approvalId } = approval;
  const events = stepsUnder(open.run, approvalId).map(
    (stepId): RunEvent => ({ type: "step-expired", data: { stepId, approvalId } }),
  );
  await proceed(tx, ports, open, events);
}

async function settle(
  tx: Tx,
  ports: RunPorts,
  approval: Approval,
  to: Parameters<typeof settleApproval>[3],
): Promise<void> {
  // The row is locked and was pending: anything else is a fault of ours, and must undo the transaction.
  if (!(await settleApproval(tx, ports.tenantId, approval.approvalId, to)))
    throw new SignalboxError("approval-lost", `Approval ${approval.approvalId} changed while it was locked.`);
}
