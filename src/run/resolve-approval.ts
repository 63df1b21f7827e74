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
import { moveOn } from "./move-on.ts";
import type { Plan } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import type { Run, RunEvent } from "./run.ts";
import { apply, lockRun, type OpenRun, saveRun } from "./store.ts";

/** A wish to decide, whatever the path. `actor` is the authenticated person; undefined when the directory does not know them. */
export type Wish = {
  approvalId: string;
  seenInputs: number | undefined;
  actor: Person | undefined;
  /** the channel's id of the actor, for the audit of strangers */
  actorId: string;
  via: "card" | "message" | "command" | "batch";
} /** `changed`: the plan made again with the values that the approver typed (planWith) */ & (
  | { verb: "approve"; changed?: Plan }
  | { verb: "reject"; reason: string | undefined }
  | { verb: "ask"; question: string | undefined }
  | { verb: "delegate"; to: Person | undefined }
);

export type Resolution = (ApprovalOutcome | { outcome: "cannot-change"; why: string }) & { approval: Approval };

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
  const matter = matterOf(approval, ports);
  const policies = await ports.policiesAt(approval.policyVersion);
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
  if (isSay && wish.verb === "approve" && wish.changed !== undefined) {
    const changed = await changeInputs(tx, ports, open, { approval, plan: wish.changed, by: wish.actorId });
    if ("wrong" in changed) return { outcome: "cannot-change", why: changed.wrong, approval };
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

/** The steps that wait for this approval: one, or all of a plan that is passed as a whole. */
function stepsUnder({ state }: Pick<Run, "state">, approvalId: string): string[] {
  return Object.entries(state.steps).flatMap(([stepId, step]) =>
    step.is === "asking" && step.approvalId === approvalId ? [stepId] : [],
  );
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
