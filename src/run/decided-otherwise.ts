import type { Approval } from "../approval/approval.ts";
import { type Stage, strictest } from "../policy/stages.ts";
import type { Verdict } from "../policy/step.ts";

type Asked = Pick<Approval, "kind" | "stages">;

/**
 * Why a question would not be put this way any more, after the policies have changed; undefined where they would put the same.
 * Pure. @param verdicts of all steps that it covers, by the policies in force
 */
export function decidedOtherwise(asked: Asked, verdicts: readonly Verdict[], isWhole: boolean): string | undefined {
  const changed = (what: string): string => `The policies were changed since it was asked, and ${what}`;
  const denied = verdicts.find(({ verdict }) => verdict === "deny");
  if (denied !== undefined) return changed(`do not allow it any more: ${denied.reason}`);
  const asking = verdicts.filter((one) => one.verdict === "ask");
  const stages = strictest(textsOf(asking.flatMap((one) => one.stages)));
  const [first] = asking;
  // A plan that is passed as a whole is always somebody else's to pass.
  if (!isWhole && first === undefined) return changed("nobody has to be asked any more.");
  const kind = isWhole ? "review" : first?.kind;
  if (kind !== asked.kind)
    return changed(`${kind === "review" ? "others than the requester" : "only the requester"} are asked now.`);
  if (kind === "review" && !isSame(stages, asked.stages)) return changed("others have to agree now.");
  return undefined;
}

/** Why what people have agreed to is less than what the policies in force ask for; undefined where it is enough. Pure. */
export function fallsShort(agreed: Asked | undefined, verdict: Verdict): string | undefined {
  if (verdict.verdict === "deny") return `Policy no longer allows it: ${verdict.reason}`;
  if (verdict.verdict === "allow") return undefined;
  if (agreed === undefined) return `Policy now asks people first: ${verdict.reason}`;
  if (verdict.kind === "confirmation") return undefined;
  if (agreed.kind === "confirmation") return `Policy now asks others than the requester: ${verdict.reason}`;
  const missing = verdict.stages.some(({ who, quorum }) => quorumOf(agreed.stages, who) < quorum);
  return missing ? `Policy now asks more people: ${verdict.reason}` : undefined;
}

/** "reviewer 2", as rules say it. */
export function textsOf(stages: readonly Stage[]): string[] {
  return stages.map(({ who, quorum }) => `${who} ${quorum}`);
}

function quorumOf(stages: readonly Stage[], who: Stage["who"]): number {
  return Math.max(0, ...stages.filter((one) => one.who === who).map(({ quorum }) => quorum));
}

function isSame(a: readonly Stage[], b: readonly Stage[]): boolean {
  return textsOf(a).join() === textsOf(b).join();
}
