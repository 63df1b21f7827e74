import { messageOf } from "../errors.ts";
import { POLICY_ERROR, type Policies, type Principal } from "./cedar.ts";
import { allowList } from "./guards/allow-list.ts";
import { approval } from "./guards/approval.ts";
import { budget } from "./guards/budget.ts";
import { classification } from "./guards/classification.ts";
import type { Finding, Guard, Judged } from "./guards/guard.ts";
import { risk } from "./guards/risk.ts";
import { role } from "./guards/role.ts";
import { taint } from "./guards/taint.ts";
import { type Actor, type GuardName, guardNames, higherRisk, type Step, type Verdict } from "./step.ts";

const guards: Record<GuardName, Guard> = {
  "allow-list": allowList,
  role,
  classification,
  risk,
  budget,
  taint,
  approval,
};

/** What each guard found, in their order, as far as they were asked. */
export type Trail = { guard: GuardName; finding: Finding }[];

/**
 * Judges one step for one person and one agent: the one chain for every step of every run, read or write, streaming or not
 * (R11.1). The first guard that refuses ends it; of what the others ask for, the strictest counts. Anything unclear is a no.
 */
export function judge(policies: Policies, principal: Principal, actor: Actor, step: Step): Verdict {
  return judgeAloud(policies, principal, actor, step).verdict;
}

/** The same, with what each guard found. */
export function judgeAloud(
  policies: Policies,
  principal: Principal,
  actor: Actor,
  step: Step,
): { verdict: Verdict; trail: Trail } {
  const judged = { policies, principal, actor, step };
  const trail: Trail = [];
  for (const guard of guardNames) {
    const finding = ask(guard, judged);
    trail.push({ guard, finding });
    if (finding.is === "refused") break;
  }
  const common = { policyVersion: policies.version, risk: higherRisk(step.risk, step.toolRisk) };
  return { verdict: { ...common, ...outcomeOf(trail) }, trail };
}

/** A guard that fails has not let anything pass. */
function ask(guard: GuardName, judged: Judged): Finding {
  try {
    return guards[guard](judged);
  } catch (error) {
    return { is: "refused", policyId: POLICY_ERROR, reason: `It could not be judged: ${messageOf(error)}` };
  }
}

type Outcome = Omit<Verdict, "policyVersion" | "risk"> &
  (
    | { verdict: "allow" | "deny" }
    | { verdict: "ask"; kind: "confirmation" | "review"; stages: Extract<Verdict, { verdict: "ask" }>["stages"] }
  );

function outcomeOf(trail: Trail): Outcome {
  const last = trail.at(-1);
  if (last === undefined) throw new RangeError("the chain has no guards");
  const { finding, guard } = last;
  const told = { guard, policyId: finding.policyId, reason: finding.reason };
  if (finding.is === "refused") return { verdict: "deny", ...told };
  const asking = trail.flatMap((one) => (one.finding.is === "asks" ? [{ ...one.finding, guard: one.guard }] : []));
  // Of two that ask for the same kind, the later one says how many.
  const strictest = asking.findLast(({ kind }) => kind === "review") ?? asking.at(-1);
  if (strictest === undefined) return { verdict: "allow", ...told };
  const { kind, stages, policyId } = strictest;
  const reason = asking
    .filter((one) => one.kind === kind)
    .map((one) => one.reason)
    .join(" ");
  return { verdict: "ask", kind, stages, guard: strictest.guard, policyId, reason };
}
