import { strictest } from "../stages.ts";
import type { Guard } from "./guard.ts";

/**
 * A write whose recipient, amount or any other argument comes from content that nobody vouches for is looked at by somebody
 * other than the requester, whatever the rules would have allowed (R11.4). A read may follow what it found: what it gives is
 * as untrusted as what led to it.
 */
export const taint: Guard = ({ step: { access, untrustedArguments } }) => {
  const policyId = "untrusted-arguments";
  if (access === "read" || untrustedArguments.length === 0)
    return { is: "passed", policyId, reason: "Nothing that it would change derives from untrusted content." };
  const names = untrustedArguments.map((name) => `“${name}”`).join(", ");
  const reason = `${names} derive${untrustedArguments.length === 1 ? "s" : ""} from content that nobody vouches for: somebody other than the requester looks at it first.`;
  return { is: "asks", kind: "review", stages: strictest([]), policyId, reason };
};
