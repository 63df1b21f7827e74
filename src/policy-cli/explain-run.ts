import { approvalsOfRun } from "../approval/store.ts";
import { auditOfTurn } from "../audit/store.ts";
import { SignalboxError } from "../errors.ts";
import { historyOfPolicies } from "../policy/store.ts";
import type { ReadingRoom } from "../registry-cli/desk.ts";
import { approvalWords } from "../run/run.ts";
import { runByCode } from "../run/store.ts";

/** One thing that was decided about a run, and why. */
export type Decision = { at: Date; what: string; verdict: string; rule: string; policies: string; why: string };

export type ExplainedRun = {
  code: string;
  status: string;
  plan: string;
  /** the policies in force when it began, and now */
  beganUnder: string;
  inForce: string;
  decisions: Decision[];
};

/** What was decided about a run, in order, as the chain of evidence has it. @throws SignalboxError "run-unknown" */
export async function explainRun({ pool, config: { tenantId } }: ReadingRoom, code: string): Promise<ExplainedRun> {
  const run = await runByCode(pool, tenantId, code.toUpperCase());
  if (run === undefined)
    throw new SignalboxError(
      "run-unknown",
      `There is no run ${code.slice(0, 20)}: \`npm run -s ops -- runs\` lists them.`,
    );
  const [rows, approvals, [latest]] = await Promise.all([
    auditOfTurn(pool, tenantId, run.turnId),
    approvalsOfRun(pool, tenantId, run.runId),
    historyOfPolicies(pool, tenantId, 1),
  ]);
  const judged = rows.flatMap(({ at, kind, data, run_id: runId }): Decision[] => {
    const found = runId === run.runId ? verdictIn(data.verdict) : undefined;
    if (found !== undefined) return [{ at, what: `${kind} ${text(data.tool)}`, ...found }];
    if (runId !== run.runId || !["action.not-started", "approval.voided", "approval.attempt-refused"].includes(kind))
      return [];
    const policies = text(data.policies ?? data.policyVersion);
    return [
      { at, what: kind, verdict: "refused", rule: text(data.policyId), policies, why: text(data.why ?? data.outcome) },
    ];
  });
  const asked = approvals.map(
    (one): Decision => ({
      ...{ at: one.createdAt, what: `approval ${one.code}`, verdict: approvalWords[one.status], rule: one.policyId },
      ...{ policies: one.policyVersion, why: one.reason ?? one.policyReason },
    }),
  );
  return {
    ...{ code: run.code, status: run.status, plan: `${run.plan.plan}, version ${run.plan.version}` },
    ...{ beganUnder: run.policyVersion, inForce: latest?.version ?? "" },
    decisions: [...judged, ...asked].sort((a, b) => a.at.getTime() - b.at.getTime()),
  };
}

function verdictIn(given: unknown): Omit<Decision, "at" | "what"> | undefined {
  if (typeof given !== "object" || given === null || !("verdict" in given)) return undefined;
  const { verdict, kind, guard, policyId, policyVersion, reason } = given as Record<string, unknown>;
  return {
    verdict: kind === undefined ? text(verdict) : `${text(verdict)} ${text(kind)}`,
    rule: guard === undefined ? text(policyId) : `${text(guard)}: ${text(policyId)}`,
    ...{ policies: text(policyVersion), why: text(reason) },
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
