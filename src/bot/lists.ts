import { actionsOfRun } from "../action/store.ts";
import { pendingApprovals } from "../approval/store.ts";
import { type InboxItem, renderInbox } from "../card/inbox.ts";
import { clusterNames, localTime } from "../card/shared.ts";
import { mayServe } from "../handoff/resolve-handoff.ts";
import { waitingHandoffs } from "../handoff/store.ts";
import { mayDecide } from "../policy/may-decide.ts";
import { matterOf } from "../run/resolve-approval.ts";
import type { RunStatus } from "../run/run.ts";
import { runsOfRequester } from "../run/store.ts";
import type { CardResult } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";

const blank = { approveTitle: "Approve", canDecide: false, canClaim: false, canWhy: false, version: 0 };

/** "Waiting on me": approvals, confirmations and handoffs that this person can act on, in one list. */
export async function waitingOn(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const { pool, tenantId } = ports;
  const items: InboxItem[] = [];
  for (const approval of await pendingApprovals(pool, tenantId)) {
    if (!mayDecide(ports.policies, incoming.person, matterOf(approval, ports)).permitted) continue;
    const [action] = await actionsOfRun(pool, tenantId, approval.runId);
    const requester = ports.directory.byId(approval.requesterId)?.name ?? "somebody";
    const change = action?.proposal.changes[0];
    items.push({
      ...blank,
      id: approval.approvalId,
      turnId: approval.runId,
      version: approval.version,
      summary: action?.proposal.summary ?? approval.code,
      detail: `${approval.code} · ${requester}${change === undefined ? "" : ` · ${change.label}: ${change.from} → ${change.to}`} · inputs ${approval.digest.slice(0, 12)}`,
      state: `until ${localTime(approval.expiresAt)}`,
      color: "Warning",
      approveTitle: approval.kind === "confirmation" ? "Confirm" : "Approve",
      canDecide: true,
    });
  }
  const served = Object.keys(clusterNames).filter(
    (cluster) => mayServe(ports.policies, incoming.person, cluster).permitted,
  );
  for (const handoff of served.length === 0 ? [] : await waitingHandoffs(pool, tenantId, served)) {
    const asked = handoff.summary.transcript.at(-1)?.text ?? handoff.summary.reason;
    items.push({
      ...blank,
      id: handoff.handoffId,
      turnId: handoff.turnId,
      summary: `${handoff.requesterName} waits for a person`,
      detail: `${handoff.code} · ${clusterNames[handoff.clusterId] ?? handoff.clusterId} · ${asked}`,
      state: "waiting",
      color: "Attention",
      canClaim: true,
    });
  }
  return { kind: "card", card: renderInbox("approvals", items, page), isNews: true };
}

const colors: Record<RunStatus, InboxItem["color"]> = {
  waiting: "Warning",
  cleared: "Accent",
  acting: "Accent",
  completed: "Good",
  failed: "Attention",
  "needs-check": "Attention",
  rejected: "Attention",
  expired: "Default",
  cancelled: "Default",
};

/** What this person has asked to be done, newest first. */
export async function requestsOf(ports: BotPorts, incoming: Incoming, page: number): Promise<CardResult> {
  const items: InboxItem[] = [];
  for (const run of await runsOfRequester(ports.pool, ports.tenantId, incoming.personId)) {
    const [action] = await actionsOfRun(ports.pool, ports.tenantId, run.runId);
    items.push({
      ...blank,
      id: run.runId,
      turnId: run.turnId,
      summary: action?.proposal.summary ?? run.code,
      detail: `${run.code} · ${action?.proposal.target ?? ""}`,
      state: run.status,
      color: colors[run.status],
      canWhy: true,
    });
  }
  return { kind: "card", card: renderInbox("requests", items, page), isNews: true };
}
