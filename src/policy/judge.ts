import { NO_POLICY, type Policies, type PolicyAnswer, type Principal } from "./cedar.ts";
import { type Stage, strictest } from "./stages.ts";
import { underTaint } from "./taint.ts";

export type Risk = "low" | "medium" | "high";
export type Reversal = "event-sourced" | "compensable" | "non-reversible";

/** One step of a plan that wants to call a tool. `amountCents` in minor units; 0 where no amount is at stake. */
export type Step = {
  tool: string;
  access: "read" | "write";
  risk: Risk;
  reversal: Reversal | "none";
  amountCents: number;
  /** whose data is touched, as upn; "" where none */
  subject: string;
  subjectManager: string;
  /** the agent's record wants the requester to confirm it, whatever its risk */
  confirm: boolean;
  /** names of the arguments that derive from untrusted content; "tool" where it had a say in the choice of the call */
  untrustedArguments: readonly string[];
};

/** The agent that wants it. */
export type Actor = {
  agentId: string;
  clusterId: string;
  mode: "read-only" | "action-capable";
  tools: readonly string[];
};

/** Verdicts are data; each carries the rule, its version and its reason, for the card and for the audit. */
export type Verdict = { policyId: string; policyVersion: string; reason: string } & (
  | { verdict: "allow" }
  | { verdict: "ask"; kind: "confirmation" | "review"; stages: Stage[] }
  | { verdict: "deny" }
);

type Guard = (step: Step, actor: Actor) => PolicyAnswer | undefined;

/** The allow-list of the agent's record comes first: no policy can open what the record does not list. */
const withinAllowList: Guard = (step, actor) =>
  actor.tools.includes(step.tool)
    ? undefined
    : {
        permitted: false,
        policyId: "tool-allow-list",
        reason: `The agent's record does not list the tool ${step.tool}.`,
      };

/** The data says how a write is undone; one that says nothing is not a known kind of write. */
const undoDeclared: Guard = (step) =>
  step.access === "write" && step.reversal === "none"
    ? { permitted: false, policyId: "undo-declared", reason: `${step.tool} does not say how it is undone.` }
    : undefined;

const guards: readonly Guard[] = [withinAllowList, undoDeclared];

/** From least to most supervision: the first that the policies permit is what the step needs. */
const supervisions = [
  ["perform", { verdict: "allow" }],
  ["performConfirmed", { verdict: "ask", kind: "confirmation" }],
  ["performApproved", { verdict: "ask", kind: "review" }],
] as const;

/** Judges one step for one person and one agent. Anything unclear is a no. */
export function judge(policies: Policies, principal: Principal, actor: Actor, step: Step): Verdict {
  return underTaint(step, judgeAsTrusted(policies, principal, actor, step));
}

function judgeAsTrusted(policies: Policies, principal: Principal, actor: Actor, step: Step): Verdict {
  const policyVersion = policies.version;
  for (const guard of guards) {
    const refusal = guard(step, actor);
    if (refusal !== undefined) return { verdict: "deny", policyVersion, ...withoutDecision(refusal) };
  }
  const context = {
    access: step.access,
    risk: step.risk,
    reversal: step.reversal,
    agentMode: actor.mode,
    clusterId: actor.clusterId,
    amountCents: step.amountCents,
    subject: step.subject,
    subjectManager: step.subjectManager,
    confirm: step.confirm,
  };
  let refusal: PolicyAnswer | undefined;
  for (const [action, outcome] of supervisions) {
    const answer = policies.ask({ principal, action, resource: { type: "Tool", id: step.tool }, context });
    if (answer.permitted) {
      const told = { policyVersion, ...withoutDecision(answer) };
      return outcome.verdict === "ask"
        ? { ...outcome, ...told, stages: strictest(answer.stages ?? []) }
        : { ...outcome, ...told };
    }
    // A rule that forbids says more than the absence of one that permits.
    if (refusal === undefined || refusal.policyId === NO_POLICY) refusal = answer;
  }
  const { policyId, reason } = refusal ?? { policyId: NO_POLICY, reason: "No policy permits it." };
  return { verdict: "deny", policyId, policyVersion, reason };
}

function withoutDecision({ policyId, reason }: PolicyAnswer): { policyId: string; reason: string } {
  return { policyId, reason };
}
