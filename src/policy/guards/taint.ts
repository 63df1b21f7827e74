import { strictest } from "../stages.ts";
import type { Step } from "../step.ts";
import type { Guard } from "./guard.ts";

/** Under which code it is logged that untrusted content had a say: in the choice of the call, or in what it is made of. */
export type TaintCode = "untrusted-tool-choice" | "untrusted-arguments";

/** @returns undefined where nothing that would be changed derives from untrusted content */
export function taintOf({
  access,
  untrustedArguments,
}: Pick<Step, "access" | "untrustedArguments">): TaintCode | undefined {
  if (access === "read" || untrustedArguments.length === 0) return undefined;
  return untrustedArguments.includes("tool") ? "untrusted-tool-choice" : "untrusted-arguments";
}

/**
 * A write whose recipient, amount or any other argument comes from content that nobody vouches for is looked at by somebody
 * other than the requester, whatever the rules would have allowed (R11.4). A read may follow what it found: what it gives is
 * as untrusted as what led to it.
 */
export const taint: Guard = ({ step }) => {
  const { untrustedArguments } = step;
  const policyId = taintOf(step);
  if (policyId === undefined)
    return {
      ...{ is: "passed", policyId: "untrusted-arguments" },
      reason: "Nothing that it would change derives from untrusted content.",
    };
  const names = untrustedArguments.map((name) => `“${name}”`).join(", ");
  const reason = `${names} derive${untrustedArguments.length === 1 ? "s" : ""} from content that nobody vouches for: somebody other than the requester looks at it first.`;
  return { is: "asks", kind: "review", stages: strictest([]), policyId, reason };
};
