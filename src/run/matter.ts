import type { Approval } from "../approval/approval.ts";
import type { Matter } from "../policy/may-decide.ts";
import type { RunPorts } from "./ports.ts";
import { centsOf } from "./step-proposal.ts";

/** What policy needs to know of an approval to say who may decide. */
export function matterOf(approval: Approval, ports: Pick<RunPorts, "directory">): Matter {
  const upnOf = (id: string): string => ports.directory.byId(id)?.upn ?? "";
  return {
    approvalId: approval.approvalId,
    kind: approval.kind,
    risk: approval.risk,
    clusterId: approval.clusterId,
    amountCents: centsOf(approval.amount ?? "0"),
    requester: upnOf(approval.requesterId),
    stage: approval.kind === "confirmation" ? "requester" : (approval.stages[approval.stage]?.who ?? "reviewer"),
    approverRoles: approval.approverRoles,
    escalatedTo: approval.escalatedTo.map(upnOf),
  };
}
