import { randomUUID } from "node:crypto";
import { digestOfAll } from "../connector/digest.ts";
import { SignalboxError } from "../errors.ts";
import { judge } from "../policy/judge.ts";
import { strictest } from "../policy/stages.ts";
import type { Tx } from "../store/pool.ts";
import { approvalFor, putQuestion, type Question } from "./ask-people.ts";
import { textsOf } from "./decided-otherwise.ts";
import { actionOf, agentOf, auditProposal, auditTaint, registerAction } from "./move-on.ts";
import type { WriteStep } from "./plan.ts";
import type { RunPorts } from "./ports.ts";
import { centsOf, writeForPolicy } from "./step-for-policy.ts";
import { proposalOf, scopeOf } from "./step-proposal.ts";
import { apply, type OpenRun } from "./store.ts";

/** One question for all steps, bound to the digest over all their calls: nothing of it runs before somebody has passed it. */
export async function askForTheWhole(tx: Tx, ports: RunPorts, open: OpenRun): Promise<void> {
  const steps = open.run.plan.steps.filter((step): step is WriteStep => step.kind === "write");
  const approvalId = randomUUID();
  const policies = await ports.policiesInForce(tx);
  const tools = ports.connectors.tools();
  const questions: Question[] = [];
  for (const step of steps) {
    const proposal = proposalOf(step, scopeOf(open.run), tools);
    if ("wrong" in proposal) throw new SignalboxError("plan-refused", `${step.id}: ${proposal.wrong}`);
    const agent = await agentOf(ports, open.run, step);
    if (agent === undefined) throw new SignalboxError("plan-refused", `${step.id}: its agent is gone.`);
    const asked = writeForPolicy(step, proposal, tools, "reserved");
    const verdict = judge(policies, ports.directory.byId(open.run.requesterId), agent.actor, asked);
    if (verdict.verdict === "deny") throw new SignalboxError("plan-refused", `${step.id}: ${verdict.reason}`);
    const actionId = randomUUID();
    await auditProposal(tx, ports, open.run, actionOf(open.run, { step, proposal, actionId, approvalId }), verdict);
    await auditTaint(tx, ports, open.run, agent, asked);
    // As a whole it is always somebody else's to pass, whatever each step would need.
    const needed = verdict.verdict === "ask" ? verdict : { ...verdict, verdict: "ask" as const, stages: strictest([]) };
    const question: Question = { step, proposal, verdict: { ...needed, kind: "review" }, actionId, approvalId };
    questions.push(question);
    await registerAction(tx, ports, open.run, question);
  }
  const first = questions[0];
  if (first === undefined) return;
  const texts = questions.flatMap(({ verdict }) => textsOf(verdict.stages));
  const total = questions.reduce((sum, { proposal }) => sum + centsOf(proposal.amount ?? "0"), 0);
  const approval = approvalFor(
    open.run,
    {
      ...first,
      proposal: { ...first.proposal, risk: "high", amount: total === 0 ? undefined : (total / 100).toFixed(2) },
    },
    digestOfAll(questions.map(({ proposal }) => proposal)),
  );
  const approverRoles = [...new Set(steps.flatMap(({ approverRole }) => approverRole ?? []))];
  await putQuestion(tx, ports, { ...approval, stages: strictest(texts), approverRoles, editable: [] });
  for (const { step, actionId, verdict } of questions)
    apply(open, [
      {
        type: "step-asked",
        data: { stepId: step.id, approvalId, actionId, kind: "review", policyId: verdict.policyId },
      },
    ]);
}
