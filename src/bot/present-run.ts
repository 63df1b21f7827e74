import type { Subject } from "../action/announce.ts";
import { type Asked, askedFor } from "../approval/asked/store.ts";
import type { Discussed } from "../approval/store.ts";
import { renderApproval } from "../card/approval.ts";
import { renderNotice } from "../card/notice.ts";
import { renderOperate } from "../card/operate.ts";
import { renderQuestion } from "../card/question.ts";
import { renderReceipt, renderRun } from "../card/run.ts";
import { actionsUnder, deciderOf, type RunView, subjectOf } from "../card/run-view.ts";
import type { Tx } from "../store/pool.ts";
import { type CardCopy, copiesOfRun, post, type Target, update } from "./outbox.ts";
import { chatWith, nameOf, type PresentPorts } from "./present-ports.ts";
import { viewOfRun } from "./view.ts";

type RunSubject = Extract<Subject, { kind: "run" }>;

/** Brings every card about a run up to date: its questions, the requester's card, the operator's card, and its receipt. */
export async function presentRun(tx: Tx, ports: PresentPorts, { id: runId, nudge }: RunSubject): Promise<void> {
  const [view, copies] = await Promise.all([viewOfRun(tx, ports, runId), copiesOfRun(tx, ports.tenantId, runId)]);
  if (view === undefined) return;
  const of = (id: string): CardCopy[] => copies.filter(({ subjectId }) => subjectId === id);
  for (const approval of view.approvals) await presentApproval(tx, ports, view, approval, of(approval.approvalId));
  await presentToRequester(tx, ports, view, of(runId));
  await presentToOperators(tx, ports, view, of(runId));
  if (nudge !== undefined) await remind(tx, ports, view, nudge);
  await tellTheEnd(tx, ports, view);
}

async function presentApproval(
  tx: Tx,
  ports: PresentPorts,
  runView: RunView,
  approval: Discussed,
  copies: readonly CardCopy[],
): Promise<void> {
  const { tenantId } = ports;
  const view = { ...runView, approval };
  const { run } = view;
  // The card changes with the run too (approved, and done), so the version counts both.
  const version = approval.version * 1_000 + run.version;
  const card = renderApproval(view);
  for (const copy of copies.filter((one) => one.view === "approver")) await update(tx, tenantId, copy, card, version);
  if (approval.status === "pending") {
    const had = new Set(copies.filter((one) => one.view === "approver").map(({ personId }) => personId));
    const about = { kind: "approval", id: approval.approvalId, view: "approver", version } as const;
    const call = async (asked: Asked): Promise<void> => {
      // A confirmation stays where it was asked for; a review goes to each in their own chat.
      const target =
        approval.kind === "confirmation"
          ? { conversationId: run.conversationId }
          : await chatWith(tx, tenantId, asked.personId);
      if (asked.because !== "policy") await sayWhy(tx, ports, target, approval, asked);
      if (had.has(asked.personId)) return;
      await post(
        tx,
        tenantId,
        target,
        { card, about },
        `approval:${approval.approvalId}:${asked.personId}`,
        asked.personId,
      );
    };
    const asked = await askedFor(tx, tenantId, approval.approvalId);
    // Somebody who has the card already may get another's say in addition, and hears of it.
    const isNew = ({ personId, because }: Asked): boolean => because === "delegated" || !had.has(personId);
    await Promise.all(asked.filter(isNew).map(call));
  }
  for (const question of approval.questions) {
    const shown = renderQuestion(view, question);
    const name = `question ${question.number}`;
    const shownAlready = copies.filter((one) => one.view === name);
    const about = { kind: "approval", id: approval.approvalId, view: name, version } as const;
    for (const copy of shownAlready) await update(tx, tenantId, copy, shown, version);
    if (shownAlready.length === 0)
      await post(
        tx,
        tenantId,
        { conversationId: run.conversationId },
        { card: shown, about },
        `question:${approval.approvalId}:${question.number}`,
        approval.requesterId,
      );
  }
}

/** Somebody who is asked in another's place, or because nobody answered, reads why. */
async function sayWhy(tx: Tx, ports: PresentPorts, target: Target, approval: Discussed, asked: Asked): Promise<void> {
  const text =
    asked.because === "delegated" || asked.because === "stands-in"
      ? `${nameOf(ports, asked.holderId)} has passed ${approval.code} on to you. Both your names are kept with the decision.`
      : `Nobody has decided on ${approval.code} yet, so it comes to you.`;
  await post(
    tx,
    ports.tenantId,
    target,
    { text },
    `why-asked:${approval.approvalId}:${asked.personId}:${asked.holderId}`,
  );
}

async function presentToRequester(
  tx: Tx,
  ports: PresentPorts,
  view: RunView,
  copies: readonly CardCopy[],
): Promise<void> {
  const { run, approvals } = view;
  const [first] = approvals;
  // A single confirmation is the requester's own card already.
  if (Object.keys(run.state.steps).length === 1 && first?.kind === "confirmation") return;
  const card = renderRun(view);
  const own = copies.find((copy) => copy.view === "requester");
  if (own !== undefined) return update(tx, ports.tenantId, own, card, run.version);
  const about = { kind: "run", id: run.runId, view: "requester", version: run.version } as const;
  await post(
    tx,
    ports.tenantId,
    { conversationId: run.conversationId },
    { card, about },
    `run:${run.runId}`,
    run.requesterId,
  );
}

/** A crossed budget and an unclear effect are for whoever answers for the agent. */
async function presentToOperators(
  tx: Tx,
  ports: PresentPorts,
  view: RunView,
  copies: readonly CardCopy[],
): Promise<void> {
  const { run } = view;
  const isUnclear = Object.values(run.state.steps).some(({ is }) => is === "unknown");
  const isOverBudget = run.state.hold?.why === "budget";
  const mine = copies.filter((copy) => copy.view.startsWith("operator"));
  if (mine.length === 0 && !isUnclear && !isOverBudget) return;
  const card = renderOperate(view);
  for (const copy of mine) await update(tx, ports.tenantId, copy, card, run.version);
  if (!isUnclear && !isOverBudget) return;
  // Each time it needs somebody it is a card of its own: one that was settled stays as it is.
  const occasion = isUnclear
    ? `check ${run.state.superstep}`
    : `budget ${run.state.budgets.maxToolCalls}.${run.state.budgets.maxTurns}`;
  const name = `operator ${occasion}`;
  if (mine.some((copy) => copy.view === name)) return;
  const about = { kind: "run", id: run.runId, view: name, version: run.version } as const;
  const owner = ports.ownerOf(run.agentId);
  const leads = isUnclear || owner === undefined ? ports.leadsOf(run.clusterId) : [];
  for (const personId of new Set([...(owner === undefined ? [] : [owner]), ...leads])) {
    const target = await chatWith(tx, ports.tenantId, personId);
    await post(tx, ports.tenantId, target, { card, about }, `${name}:${run.runId}:${personId}`, personId);
  }
}

async function remind(
  tx: Tx,
  ports: PresentPorts,
  view: RunView,
  nudge: NonNullable<RunSubject["nudge"]>,
): Promise<void> {
  const { tenantId } = ports;
  const approval = view.approvals.find(({ approvalId }) => approvalId === nudge.approvalId);
  if (approval?.status !== "pending") return;
  const summary = actionsUnder({ ...view, approval })[0]?.proposal.summary ?? subjectOf(view);
  const minutes = Math.max(1, Math.round((approval.expiresAt.getTime() - Date.now()) / 60_000));
  const left = minutes >= 120 ? `${Math.round(minutes / 60)} hours` : `${minutes} minutes`;
  const key = `${nudge.kind}:${approval.approvalId}:${approval.stage}`;
  const voted = new Set(approval.votes.map(({ actorId }) => actorId));
  const waiting = (await askedFor(tx, tenantId, approval.approvalId)).filter(
    ({ personId, stage }) => stage === approval.stage && !voted.has(personId),
  );
  if (nudge.kind === "remind")
    for (const { personId } of waiting) {
      const word = approval.kind === "confirmation" ? "confirmation" : "decision";
      const text = `Still waiting for your ${word}: ${summary}. ${left} are left. Type “approve ${approval.code}”, “reject ${approval.code}” and your reason, or “my approvals”.`;
      await post(tx, tenantId, await chatWith(tx, tenantId, personId), { text }, `${key}:${personId}`);
    }
  if (approval.kind === "confirmation") return;
  const escalated = approval.escalatedTo.map((id) => nameOf(ports, id));
  const told =
    nudge.kind === "remind"
      ? `${approval.code} still waits. I have reminded those who can decide; ${left} are left.`
      : escalated.length > 0
        ? `Nobody has decided on ${approval.code} yet, so I have asked ${escalated.join(" and ")} too. ${left} are left.`
        : `Nobody has decided on ${approval.code} yet, and there is nobody further to ask. ${left} are left.`;
  await post(tx, tenantId, { conversationId: view.run.conversationId }, { text: told }, `${key}:requester`);
}

/** A card that changes in place rings no bell: what became of it is also said, to everybody concerned. */
async function tellTheEnd(tx: Tx, ports: PresentPorts, view: RunView): Promise<void> {
  const { tenantId } = ports;
  const { run, approvals, actions } = view;
  const here: Target = { conversationId: run.conversationId };
  const otherwise = actions[0]?.proposal.otherwise ?? "";
  if (run.status === "rejected" || run.status === "expired") {
    const ended = approvals.findLast(({ status }) => status === run.status);
    const title = run.status === "rejected" ? `${run.code} was rejected` : `${run.code} has expired`;
    const why =
      ended?.status === "rejected"
        ? `${deciderOf({ approval: ended, nameOf: view.nameOf })}: ${ended.reason ?? ""}`
        : "Nobody decided in time.";
    const card = renderNotice("attention", title, `${why}\n\nNothing was done. ${otherwise}`);
    return post(tx, tenantId, here, { card }, `ended:${run.runId}`);
  }
  const isReceiptDue = ["completed", "partly-done", "failed", "needs-check", "undone"].includes(run.status);
  const wasDecided = approvals.some(({ status }) => status !== "pending");
  if (!isReceiptDue && !(run.status === "cancelled" && wasDecided)) return;
  const card = renderReceipt(view);
  // A run that was settled or begun again has another receipt than before.
  const key = `receipt:${run.runId}:${run.status === "completed" ? "" : run.version}`;
  await post(tx, tenantId, here, { card }, `${key}:requester`);
  const deciders = approvals.flatMap(({ status, votes }) =>
    status === "approved" ? votes.map(({ actorId }) => actorId) : [],
  );
  const others = [...new Set(deciders)].filter((personId) => personId !== run.requesterId);
  await Promise.all(
    others.map(async (personId) =>
      post(tx, tenantId, await chatWith(tx, tenantId, personId), { card }, `${key}:${personId}`),
    ),
  );
}
