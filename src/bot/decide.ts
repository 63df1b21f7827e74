import { approvalByCode, loadApproval } from "../approval/store.ts";
import { renderApproval } from "../card/approval.ts";
import { mayDecide } from "../policy/may-decide.ts";
import { matterOf, type Resolution, resolveApproval } from "../run/resolve-approval.ts";
import { approvalWords } from "../run/run.ts";
import { type CardResult, refused } from "./card-result.ts";
import type { BotPorts, Incoming } from "./incoming.ts";
import { post } from "./outbox.ts";
import { chatWith, viewOfApproval } from "./present.ts";

const unknownApproval = refused(
  404,
  "NotFound",
  "I do not know that approval",
  "Type “my approvals” to see what waits for you.",
);

/** Approve or reject, from a card or typed; both end at the one place that decides. */
export async function decideOn(
  ports: BotPorts,
  incoming: Incoming,
  wish: {
    approvalId: string;
    verb: "approve" | "reject";
    reason?: string;
    version?: number;
    via: "card" | "message" | "command";
  },
): Promise<CardResult> {
  const resolution = await resolveApproval(ports, {
    approvalId: wish.approvalId,
    verb: wish.verb,
    reason: wish.reason,
    seenVersion: wish.version,
    actor: incoming.person,
    actorId: incoming.personId,
    via: wish.via,
  });
  if (resolution === undefined) return unknownApproval;
  return shown(ports, resolution);
}

export async function decideByCode(
  ports: BotPorts,
  incoming: Incoming,
  wish: { code: string; verb: "approve" | "reject"; reason?: string },
): Promise<CardResult> {
  const approval = await approvalByCode(ports.pool, ports.tenantId, wish.code);
  if (approval === undefined) return unknownApproval;
  const { code: _, ...rest } = wish;
  const result = await decideOn(ports, incoming, { ...rest, approvalId: approval.approvalId, via: "command" });
  // Typed in a chat that may not show the card: the decision is told in words too.
  if (result.kind !== "card") return result;
  const now = await loadApproval(ports.pool, ports.tenantId, approval.approvalId);
  const by = now?.decidedBy === null ? "" : ` by ${nameOf(ports, now?.decidedBy ?? "")}`;
  return { kind: "said", text: `${approval.code} is ${approvalWords[now?.status ?? "pending"]}${by}.` };
}

async function shown(ports: BotPorts, resolution: Resolution): Promise<CardResult> {
  switch (resolution.outcome) {
    case "not-yours":
      return refused(403, "NotYours", "You cannot decide this", `${resolution.why} Nothing was changed.`);
    case "reason-required": {
      const hint = `Write why, for example: reject ${resolution.approval.code} wrong invoice.`;
      return refused(400, "ReasonRequired", "A rejection needs a reason", `${hint} Nothing was changed.`);
    }
    case "approved":
    case "rejected":
    case "expired":
    case "stale":
    case "already": {
      const view = await viewOfApproval(ports.pool, ports, resolution.approval.approvalId);
      return view === undefined ? unknownApproval : { kind: "card", card: renderApproval(view), isNews: false };
    }
  }
}

/** Shows the whole card of an approval again, to somebody who may decide on it. */
export async function openApproval(ports: BotPorts, incoming: Incoming, approvalId: string): Promise<CardResult> {
  const view = await viewOfApproval(ports.pool, ports, approvalId);
  if (view === undefined) return unknownApproval;
  const { approval } = view;
  const may = mayDecide(ports.policies, incoming.person, matterOf(approval, ports));
  if (!may.permitted) return refused(403, "NotYours", "You cannot decide this", `${may.reason} Nothing was changed.`);
  const about = { kind: "approval", id: approvalId, view: "approver", version: approval.version } as const;
  const target = await chatWith(ports.pool, ports.tenantId, incoming.personId);
  const key = `approval:${approvalId}:opened:${incoming.activityId}`;
  await post(ports.pool, ports.tenantId, target, { card: renderApproval(view), about }, key, incoming.personId);
  ports.wake();
  return { kind: "said", text: `${approval.code} is below.` };
}

function nameOf(ports: BotPorts, personId: string): string {
  return ports.directory.byId(personId)?.name ?? "somebody";
}
