import type { Action } from "../action/action.ts";
import { appendAudit } from "../audit/store.ts";
import type { Tx } from "../store/pool.ts";
import type { RunPorts } from "./ports.ts";
import type { Run } from "./run.ts";

/** What every link about an action says (R12.1), besides the turn and the run. Auditors rely on these names. */
export type ActionEvidence = {
  /** null: policy denied it before it became one */
  actionId: string | null;
  /** the code by which people know the request */
  code: string;
  stepId: string;
  agentId: string;
  agentVersion: string;
  /** in whose right it acts; `personId` is an aadObjectId */
  authority: { kind: "on-behalf-of"; personId: string };
  tool: string;
  /** the systems that were read to propose it, and the one that it writes to */
  systems: { read: string[]; written: string };
  input: Record<string, unknown>;
  /** what the system gave; null as long as it has not */
  output: Record<string, unknown> | null;
  /** over tool and input */
  digest: string;
  risk: Action["risk"];
  /** how sure the router was, 0 to 1; null where nobody routed: what is taken back, or what people chose */
  confidence: number | null;
  /** of the policies that judged it, where the link is about a judgement; else of those under which its run began */
  policyVersion: string;
  /** null: policy let it run */
  approvalId: string | null;
  idempotencyKey: string;
  /** what it takes to undo it, complete once there is an output */
  compensation: Action["compensation"];
  /** the action that it takes back */
  undoes: string | null;
};

export type Evident = Omit<
  Action,
  "actionId" | "state" | "proposal" | "reversal" | "replays" | "undoneBy" | "failure"
> & {
  actionId: string | null;
  proposal: Pick<Action["proposal"], "sources">;
};

function evidenceOf(run: Run, action: Evident): ActionEvidence {
  const { actionId, stepId, agentId, agentVersion, tool, digest, risk, approvalId, idempotencyKey } = action;
  return {
    ...{ actionId, code: run.code, stepId, agentId, agentVersion, tool, digest, risk, approvalId, idempotencyKey },
    authority: { kind: "on-behalf-of", personId: run.requesterId },
    systems: {
      read: [...new Set(action.proposal.sources.map(({ system }) => system))],
      written: tool.split(".")[0] ?? tool,
    },
    input: action.args,
    output: action.result,
    confidence: run.confidence,
    policyVersion: run.policyVersion,
    compensation: action.compensation,
    undoes: action.undoes,
  };
}

/**
 * Records what becomes of an action, in the transaction in which it does: without the link it does not.
 * @param actor who it is of; the agent where nobody else is named
 */
export async function auditAction(
  tx: Tx,
  { tenantId }: Pick<RunPorts, "tenantId">,
  run: Run,
  action: Evident,
  { kind, actor = action.agentId, ...more }: { kind: `action.${string}`; actor?: string; [name: string]: unknown },
): Promise<void> {
  const { runId, turnId } = run;
  await appendAudit(tx, { tenantId, kind, actor, runId, turnId, data: { ...evidenceOf(run, action), ...more } });
}
