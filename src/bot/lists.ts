import { actionsOfRun } from "../action/store.ts";
import { approverFatigue, lowRiskFor, noteSeen, waitingForPerson } from "../approval/asked/store.ts";
import { questionsFor } from "../approval/questions/store.ts";
import { type InboxItem, PAGE, renderInbox } from "../card/inbox.ts";
import { renderNotice } from "../card/notice.ts";
import { type ApprovalView, actionsUnder } from "../card/run-view.ts";
import { clusterNames, localTime } from "../card/shared.ts";
import { mayServe } from "../handoff/resolve-handoff.ts";
import { waitingHandoffs } from "../handoff/store.ts";
import { mayDecideInBatch } from "../policy/may-decide.ts";
import { mayOperateFleet } from "../policy/may-operate.ts";
import { matterOf } from "../run/matter.ts";
import { mayOperate } from "../run/operate.ts";
import type { RunStatus } from "../run/run.ts";
import { runsOfRequester, stuckRuns } from "../run/store.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { nameOf } from "./present-ports.ts";
import { viewOfApproval } from "./view.ts";

export const blank = {
  ...{ approveTitle: "Approve", version: 0 },
  ...{ canDecide: false, canClaim: false, canAnswer: false, canOperate: false, canWhy: false, canTeach: false },
  opens: "" as const,
};
const BATCH = 20;

/** "Waiting on me": questions, runs that need somebody, handoffs, approvals and confirmations that this person can act on, in one list (S13). */
export async function waitingOn(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const first = [
    ...(await questionItems(ports, incoming)),
    ...(await stuckItems(ports, incoming)),
    ...(await handoffItems(ports, incoming)),
  ];
  const begin = page * PAGE;
  const own = first.slice(begin, begin + PAGE);
  const offset = Math.max(0, begin - first.length);
  const waiting = await waitingForPerson(pool, tenantId, incoming.personId, { offset, limit: PAGE - own.length || 1 });
  const wanted = waiting.approvalIds.slice(0, PAGE - own.length);
  const views = await Promise.all(wanted.map((id) => viewOfApproval(pool, ports, id)));
  await noteSeen(pool, tenantId, incoming.personId, wanted);
  const total = first.length + (waiting.total || (offset > 0 ? await totalFor(ports, incoming) : 0));
  const last = Math.max(0, Math.ceil(total / PAGE) - 1);
  // The page went away while it was looked at: the last one is shown.
  if (page > last) return waitingOn(ports, incoming, last);
  const items = [...own, ...views.flatMap((view) => (view === undefined ? [] : [approvalItem(ports, view)]))];
  const card = renderInbox({ list: "approvals", items, total, page, batch: await batchFor(ports, incoming) });
  return { kind: "card", card, isNews: true };
}

async function totalFor(ports: BotPorts, incoming: Incoming): Promise<number> {
  return (await waitingForPerson(ports.pool, ports.tenantId, incoming.personId, { offset: 0, limit: 1 })).total;
}

function approvalItem(ports: BotPorts, view: ApprovalView): InboxItem {
  const { approval } = view;
  const [action] = actionsUnder(view);
  const change = action?.proposal.changes[0];
  const shownChange = change === undefined ? "" : ` · ${change.label}: ${change.from} → ${change.to}`;
  return {
    ...blank,
    id: approval.approvalId,
    turnId: view.run.turnId,
    version: approval.inputsVersion,
    summary: action?.proposal.summary ?? approval.code,
    detail: `${approval.code} · ${nameOf(ports, approval.requesterId)}${shownChange} · inputs ${approval.digest.slice(0, 12)}`,
    state: `until ${localTime(approval.expiresAt)}`,
    color: "Warning",
    approveTitle: approval.kind === "confirmation" ? "Confirm" : "Approve",
    canDecide: true,
  };
}

async function questionItems(ports: BotPorts, incoming: Incoming): Promise<InboxItem[]> {
  const questions = await questionsFor(ports.pool, ports.tenantId, incoming.personId);
  return questions.map(({ approvalId, runId, code, askedBy, question }) => ({
    ...blank,
    id: approvalId,
    turnId: runId,
    summary: `${nameOf(ports, askedBy)} asks: ${question}`,
    detail: `${code} · or type: answer ${code} and your answer`,
    state: "waits for your answer",
    color: "Attention",
    canAnswer: true,
  }));
}

/** Runs that stand still until somebody who answers for them says how they go on. */
async function stuckItems(ports: BotPorts, incoming: Incoming): Promise<InboxItem[]> {
  const operator = { person: incoming.person, id: incoming.personId };
  const runs = await stuckRuns(ports.pool, ports.tenantId, 20);
  const items = runs.map(async (run): Promise<InboxItem[]> => {
    if (!(await mayOperate(ports, operator, run, "operateRun")).permitted) return [];
    const [action] = await actionsOfRun(ports.pool, ports.tenantId, run.runId);
    const item: InboxItem = {
      ...blank,
      id: run.runId,
      turnId: run.turnId,
      summary: action?.proposal.summary ?? run.plan.plan,
      detail: `${run.code} · ${ports.agentName(run.agentId)} · ${nameOf(ports, run.requesterId)}`,
      state: run.status === "needs-check" ? "needs a human check" : "has used up its budget",
      color: "Attention",
      canOperate: true,
    };
    return [item];
  });
  return (await Promise.all(items)).flat();
}

async function handoffItems(ports: BotPorts, incoming: Incoming): Promise<InboxItem[]> {
  const served = Object.keys(clusterNames).filter(
    (cluster) => mayServe(ports.policies, incoming.person, cluster).permitted,
  );
  const handoffs = served.length === 0 ? [] : await waitingHandoffs(ports.pool, ports.tenantId, served);
  return handoffs.map((handoff) => ({
    ...blank,
    id: handoff.handoffId,
    turnId: handoff.turnId,
    summary: `${handoff.requesterName} waits for a person`,
    detail: `${handoff.code} · ${clusterNames[handoff.clusterId] ?? handoff.clusterId} · ${handoff.summary.transcript.at(-1)?.text ?? handoff.summary.reason}`,
    state: "waiting",
    color: "Attention",
    canClaim: true,
  }));
}

async function batchFor(ports: BotPorts, incoming: Incoming): Promise<string[]> {
  const ids = await lowRiskFor(ports.pool, ports.tenantId, incoming.personId, BATCH);
  if (ids.length < 2) return [];
  const views = await Promise.all(ids.map((id) => viewOfApproval(ports.pool, ports, id)));
  return views.flatMap((view) =>
    view !== undefined && mayDecideInBatch(ports.policies, incoming.person, matterOf(view.approval, ports))
      ? [view.approval.approvalId]
      : [],
  );
}

const colors: Record<RunStatus, InboxItem["color"]> = {
  waiting: "Warning",
  cleared: "Accent",
  acting: "Accent",
  paused: "Warning",
  completed: "Good",
  "partly-done": "Attention",
  failed: "Attention",
  "needs-check": "Attention",
  rejected: "Attention",
  expired: "Default",
  cancelled: "Default",
  undone: "Default",
};

/** What this person has asked to be done, newest first. */
export async function requestsOf(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const runs = await runsOfRequester(ports.pool, ports.tenantId, incoming.personId);
  const current = Math.min(page, Math.max(0, Math.ceil(runs.length / PAGE) - 1));
  const items: InboxItem[] = [];
  for (const run of runs.slice(current * PAGE, (current + 1) * PAGE)) {
    const [action] = await actionsOfRun(ports.pool, ports.tenantId, run.runId);
    items.push({
      ...blank,
      id: run.runId,
      turnId: run.turnId,
      summary: action?.proposal.summary ?? run.plan.plan,
      detail: `${run.code} · ${action?.proposal.target ?? ""}`,
      state: run.status,
      color: colors[run.status],
      canWhy: true,
    });
  }
  const card = renderInbox({ list: "requests", items, total: runs.length, page: current, batch: [] });
  return { kind: "card", card, isNews: true };
}

const REPORT_DAYS = 30;

/** How approvers decide: whoever answers for the fleet sees who approves without reading. */
export async function approverReport(ports: BotPorts, incoming: Incoming): Promise<CardResult> {
  if (!mayOperateFleet(ports, incoming.person).permitted)
    return refused(
      403,
      "NotYours",
      "This is for operators",
      "The platform team and security see how approvers decide.",
    );
  const rows = await approverFatigue(ports.pool, ports.tenantId, REPORT_DAYS);
  const lines = rows.slice(0, 20).map(({ personId, decisions, medianSeconds, shareUnder2s }) => {
    const median = medianSeconds === null ? "not known" : `${medianSeconds.toFixed(1)} s`;
    const quick = shareUnder2s === null ? "not known" : `${Math.round(shareUnder2s * 100)} %`;
    return `${nameOf(ports, personId)}: ${decisions} decisions, median ${median} from first view, ${quick} under 2 s`;
  });
  const text = lines.length === 0 ? "Nobody has approved anything." : lines.join("\n\n");
  return { kind: "card", card: renderNotice("default", `Approvers in ${REPORT_DAYS} days`, text), isNews: true };
}
