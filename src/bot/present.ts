import type { Subject } from "../action/announce.ts";
import { actionsOfRun } from "../action/store.ts";
import { approvalOfRun, loadApproval } from "../approval/store.ts";
import { type ApprovalView, renderApproval } from "../card/approval.ts";
import { renderHandoff, renderHandoffWait } from "../card/handoff.ts";
import { renderNotice } from "../card/notice.ts";
import { type RunView, renderReceipt, renderRun } from "../card/run.ts";
import { loadHandoff } from "../handoff/store.ts";
import type { Directory } from "../identity/directory.ts";
import type { Policies } from "../policy/cedar.ts";
import { deciders } from "../policy/may-decide.ts";
import { matterOf } from "../run/resolve-approval.ts";
import { loadRun } from "../run/store.ts";
import type { Queryable, Tx } from "../store/pool.ts";
import { loadTurn } from "../turn/store.ts";
import { channelOfCluster, personalChatOf } from "./conversations.ts";
import { type CardCopy, copiesOf, post, type Target, update } from "./outbox.ts";

export type PresentPorts = {
  tenantId: string;
  policies: Policies;
  directory: Directory;
  agentName(agentId: string): string;
  /** who takes over for a cluster when it has no channel */
  respondersOf(clusterId: string): string[];
  /** something was queued */
  wake(): void;
};

/** Brings every card about a subject up to date, and sends those that are due: the bot's side of `Announce`. */
export async function present(tx: Tx, ports: PresentPorts, subject: Subject): Promise<void> {
  if (subject.kind === "approval") await presentApproval(tx, ports, subject.id);
  else if (subject.kind === "run") await presentRun(tx, ports, subject.id);
  else await presentHandoff(tx, ports, subject.id);
  ports.wake();
}

/** All that the cards about a run show; undefined when the run is unknown. */
export async function viewOfRun(db: Queryable, ports: PresentPorts, runId: string): Promise<RunView | undefined> {
  const run = await loadRun(db, ports.tenantId, runId);
  const [action] = run === undefined ? [] : await actionsOfRun(db, ports.tenantId, runId);
  if (run === undefined || action === undefined) return undefined;
  const approval = await approvalOfRun(db, ports.tenantId, runId);
  return {
    run,
    action,
    approval,
    agentName: ports.agentName(run.agentId),
    requesterName: nameOf(ports, run.requesterId) ?? "somebody",
    deciderName: nameOf(ports, approval?.decidedBy ?? undefined),
  };
}

export async function viewOfApproval(
  db: Queryable,
  ports: PresentPorts,
  approvalId: string,
): Promise<ApprovalView | undefined> {
  const approval = await loadApproval(db, ports.tenantId, approvalId);
  const view = approval === undefined ? undefined : await viewOfRun(db, ports, approval.runId);
  return view === undefined || approval === undefined ? undefined : { ...view, approval };
}

async function presentApproval(tx: Tx, ports: PresentPorts, approvalId: string): Promise<void> {
  const view = await viewOfApproval(tx, ports, approvalId);
  if (view === undefined) return;
  const copies = await copiesOf(tx, ports.tenantId, "approval", approvalId);
  // The card changes with the run too (approved, and done), so the version counts both.
  const version = view.approval.version * 1_000 + view.run.version;
  for (const copy of copies) await update(tx, ports.tenantId, copy, renderApproval(view), version);
}

async function presentRun(tx: Tx, ports: PresentPorts, runId: string): Promise<void> {
  const view = await viewOfRun(tx, ports, runId);
  if (view === undefined) return;
  const { run, approval } = view;
  const { tenantId } = ports;
  const here: Target = { conversationId: run.conversationId };
  if (approval?.status === "pending") await sendQuestions(tx, ports, { ...view, approval });
  // A confirmation is the requester's own card already.
  if (approval?.kind !== "confirmation") {
    const [own] = (await copiesOf(tx, tenantId, "run", runId)).filter(({ view: seen }) => seen === "requester");
    const card = renderRun(view);
    if (own !== undefined) await update(tx, tenantId, own, card, run.version);
    else {
      const about = { kind: "run", id: runId, view: "requester", version: run.version } as const;
      await post(tx, tenantId, here, { card, about }, `run:${runId}`, run.requesterId);
    }
  }
  // A card that changes in place rings no bell: what became of it is also said.
  if (run.status === "rejected" || run.status === "expired") {
    const title = run.status === "rejected" ? `${run.code} was rejected` : `${run.code} has expired`;
    const why =
      run.status === "rejected"
        ? `${view.deciderName ?? "Somebody"}: ${approval?.reason ?? ""}`
        : "Nobody decided in time.";
    const card = renderNotice("attention", title, `${why}\n\nNothing was done. ${view.action.proposal.otherwise}`);
    await post(tx, tenantId, here, { card }, `ended:${runId}`);
  }
  if (run.status === "completed" || run.status === "failed" || run.status === "needs-check") {
    const card = renderReceipt(view);
    await post(tx, tenantId, here, { card }, `receipt:${runId}:requester`);
    const decidedBy = approval?.decidedBy;
    if (decidedBy != null && decidedBy !== run.requesterId)
      await post(tx, tenantId, await chatWith(tx, tenantId, decidedBy), { card }, `receipt:${runId}:decider`);
  }
}

/** The question goes to everybody who may answer it, each in their own chat; a confirmation stays where it was asked. */
async function sendQuestions(tx: Tx, ports: PresentPorts, view: ApprovalView): Promise<void> {
  const { tenantId } = ports;
  const { approval, run } = view;
  if ((await copiesOf(tx, tenantId, "approval", approval.approvalId)).length > 0) return;
  const about = { kind: "approval", id: approval.approvalId, view: "approver", version: approval.version } as const;
  const card = renderApproval(view);
  const key = `approval:${approval.approvalId}`;
  if (approval.kind === "confirmation") {
    await post(
      tx,
      tenantId,
      { conversationId: run.conversationId },
      { card, about },
      `${key}:requester`,
      approval.requesterId,
    );
    return;
  }
  for (const person of deciders(ports.policies, ports.directory, matterOf(approval, ports))) {
    const target = await chatWith(tx, tenantId, person.aadObjectId);
    await post(tx, tenantId, target, { card, about }, `${key}:${person.aadObjectId}`, person.aadObjectId);
  }
}

async function presentHandoff(tx: Tx, ports: PresentPorts, handoffId: string): Promise<void> {
  const { tenantId } = ports;
  const handoff = await loadHandoff(tx, tenantId, handoffId);
  if (handoff === undefined) return;
  const responder = nameOf(ports, handoff.claimedBy ?? undefined);
  const candidates = (await loadTurn(tx, tenantId, handoff.turnId))?.routing?.candidates.slice(0, 3) ?? [];
  const cards = {
    responder: renderHandoff(handoff, responder),
    requester: renderHandoffWait(handoff, responder, candidates),
  };
  const copies = await copiesOf(tx, tenantId, "handoff", handoffId);
  for (const copy of copies)
    await update(tx, tenantId, copy, copy.view === "requester" ? cards.requester : cards.responder, handoff.version);

  const about = (view: string) => ({ kind: "handoff", id: handoffId, view, version: handoff.version }) as const;
  const key = `handoff:${handoffId}`;
  if (!hasView(copies, "requester")) {
    const target = { conversationId: handoff.conversationId };
    await post(tx, tenantId, target, { card: cards.requester, about: about("requester") }, `${key}:requester`);
  } else if (handoff.status !== "waiting") {
    const said = renderHandoffWait(handoff, responder, []);
    await post(
      tx,
      tenantId,
      { conversationId: handoff.conversationId },
      { text: String(said.speak) },
      `${key}:${handoff.status}`,
    );
  }
  if (!hasView(copies, "responder"))
    await callResponders(tx, ports, handoff.clusterId, { card: cards.responder, about: about("responder") }, key);
  if (handoff.status === "claimed" && handoff.claimedBy !== null && !hasView(copies, "own")) {
    const target = await chatWith(tx, tenantId, handoff.claimedBy);
    await post(tx, tenantId, target, { card: cards.responder, about: about("own") }, `${key}:own`, handoff.claimedBy);
  }
}

/** To the cluster's channel; where it has none, to each responder. */
async function callResponders(
  tx: Tx,
  ports: PresentPorts,
  clusterId: string,
  outgoing: Parameters<typeof post>[3],
  key: string,
): Promise<void> {
  const channel = await channelOfCluster(tx, ports.tenantId, clusterId);
  if (channel !== undefined) {
    await post(tx, ports.tenantId, { conversationId: channel.conversationId }, outgoing, `${key}:channel`);
    return;
  }
  for (const personId of ports.respondersOf(clusterId))
    await post(
      tx,
      ports.tenantId,
      await chatWith(tx, ports.tenantId, personId),
      outgoing,
      `${key}:${personId}`,
      personId,
    );
}

function hasView(copies: CardCopy[], view: string): boolean {
  return copies.some((copy) => copy.view === view);
}

/** The chat that somebody used last; where there is none, the delivery opens one. */
export async function chatWith(db: Queryable, tenantId: string, personId: string): Promise<Target> {
  const chat = await personalChatOf(db, tenantId, personId);
  return chat === undefined ? { personId } : { conversationId: chat.conversationId };
}

function nameOf(ports: PresentPorts, personId: string | undefined): string | undefined {
  return personId === undefined ? undefined : (ports.directory.byId(personId)?.name ?? "somebody");
}
