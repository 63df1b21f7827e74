import { strictest } from "../stages.ts";
import type { Step } from "../step.ts";
import type { Guard } from "./guard.ts";

/** Under which code it is logged that untrusted content had a say: in the choice of the call, or in what it is made of. */
export type TaintCode = "untrusted-tool-choice" | "untrusted-arguments" | "untrusted-egress";

/** @returns undefined where nothing that would be changed, or told to others, derives from untrusted content */
export function taintOf({
  access,
  untrustedArguments,
  leaves,
}: Pick<Step, "access" | "untrustedArguments" | "leaves">): TaintCode | undefined {
  if (untrustedArguments.length === 0) return undefined;
  if (access === "read") return leaves ? "untrusted-egress" : undefined;
  return untrustedArguments.includes("tool") ? "untrusted-tool-choice" : "untrusted-arguments";
}

/**
 * A write whose recipient, amount or any other argument comes from content that nobody vouches for is looked at by somebody
 * other than the requester, whatever the rules would have allowed (R11.4). A read within the company may follow what it found:
 * what it gives is as untrusted as what led to it. One that leaves the company could carry out what the text told it to.
 */
export const taint: Guard = ({ step }) => {
  const { untrustedArguments } = step;
  const policyId = taintOf(step);
  if (policyId === undefined)
    return {
      ...{ is: "passed", policyId: "untrusted-arguments" },
      reason: "Nothing that it would change or tell others derives from untrusted content.",
    };
  const names = untrustedArguments.map((name) => `“${name}”`).join(", ");
  const what = `${names} derive${untrustedArguments.length === 1 ? "s" : ""} from content that nobody vouches for`;
  if (policyId === "untrusted-egress") {
    const system = step.tool.slice(0, step.tool.indexOf("."));
    const reason = `${what}, and ${system} is not the company's own: nothing is sent there. Say it in your own words.`;
    return { is: "refused", policyId, reason };
  }
  const reason = `${what}: somebody other than the requester looks at it first.`;
  return { is: "asks", kind: "review", stages: strictest([]), policyId, reason };
};
