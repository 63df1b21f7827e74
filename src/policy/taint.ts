import type { Step, Verdict } from "./judge.ts";
import { strictest } from "./stages.ts";

/** Why a step that untrusted content had a say in needs somebody: the codes that logs and the audit know. */
export type TaintCode = "untrusted-tool-choice" | "untrusted-argument";

/** @returns undefined where nothing of a write derives from untrusted content; reading changes nothing */
export function taintOf({ access, untrustedArguments }: Step): TaintCode | undefined {
  if (access === "read" || untrustedArguments.length === 0) return undefined;
  return untrustedArguments.includes("tool") ? "untrusted-tool-choice" : "untrusted-argument";
}

/**
 * Content that anybody may have written decides nothing: what it had a say in is reviewed by somebody other than the requester,
 * who may have been deceived by the same text, whatever policy would have allowed (R11.4).
 */
export function underTaint(step: Step, verdict: Verdict): Verdict {
  const code = taintOf(step);
  if (code === undefined || verdict.verdict === "deny") return verdict;
  if (verdict.verdict === "ask" && verdict.kind === "review") return verdict;
  const names = step.untrustedArguments.map((name) => name.replaceAll("_", " ")).join(", ");
  const reason =
    code === "untrusted-tool-choice"
      ? `Text that others wrote had a say in whether this is done at all (${names}): somebody else reviews it.`
      : `Text that others wrote had a say in its inputs (${names}): somebody else reviews it.`;
  return {
    verdict: "ask",
    kind: "review",
    stages: strictest([]),
    policyId: code,
    policyVersion: verdict.policyVersion,
    reason,
  };
}
