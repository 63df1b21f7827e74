import { appendAudit } from "../audit/store.ts";
import type { Step, Verdict } from "../policy/step.ts";
import type { Queryable } from "../store/pool.ts";

/** A call that policy did not let pass, whether a step of a run wanted to make it or a planner that works a turn out. */
export type Denied = Pick<Step, "tool" | "args"> & { verdict: Verdict };

/** Who wanted to make it, for whom, and where. */
export type DeniedTo = {
  agentId: string;
  agentVersion: string;
  /** aadObjectId of the requester, or the channel's id of a stranger */
  onBehalfOf: string;
  turnId: string;
  /** absent: it was denied before there was a run */
  runId?: string;
};

/** A look-up that was refused is evidence, too; one that is allowed costs no link. */
export async function auditDenied(
  db: Queryable,
  tenantId: string,
  { tool, args, verdict }: Denied,
  { agentId, agentVersion, onBehalfOf, turnId, runId }: DeniedTo,
): Promise<void> {
  await appendAudit(db, {
    ...{ tenantId, kind: "step.denied", actor: agentId, turnId, runId },
    data: { onBehalfOf, agentVersion, tool, args, verdict },
  });
}
