import { type IntentName, keyOf } from "../intent-name.ts";
import type { Candidate, Router, RoutingDecision } from "../router.ts";
import type { GoldenLine } from "./lines.ts";

/** What became of a golden line. */
export type JudgedLine = GoldenLine & {
  outcome: RoutingDecision["outcome"];
  /** who serves; where nobody does, the likeliest; undefined: nothing came into question */
  best: (IntentName & { score: number }) | undefined;
  /** the best is what was expected */
  isRight: boolean;
  /** the likeliest cluster is what was expected */
  isRightCluster: boolean;
  /** what was expected is among the five candidates that a card offers */
  isOffered: boolean;
  /** in scope: served, and right; otherwise: not served */
  isAsExpected: boolean;
};

/** Routes every line by the product's own router. */
export async function judgeLines(router: Pick<Router, "route">, lines: readonly GoldenLine[]): Promise<JudgedLine[]> {
  const judged: JudgedLine[] = [];
  for (const line of lines) judged.push(judgeLine(line, await router.route(line.text)));
  return judged;
}

/** Pure. Where several agents answer side by side, the first of them counts. */
export function judgeLine(line: GoldenLine, decision: RoutingDecision): JudgedLine {
  const { expect } = line;
  const { outcome, candidates, phase1 } = decision;
  const best = decision.chosen ?? candidates[0];
  const isMeant = (candidate: Candidate | undefined): boolean =>
    typeof expect === "object" && candidate !== undefined && keyOf(nameOf(candidate)) === keyOf(expect);
  const isRight = isMeant(best);
  return {
    ...line,
    outcome,
    best: best && { ...nameOf(best), score: best.score },
    isRight,
    isRightCluster: typeof expect === "object" && phase1.clusters[0]?.clusterId === expect.cluster,
    isOffered: candidates.some(isMeant),
    isAsExpected: typeof expect === "object" ? outcome === "serve" && isRight : outcome !== "serve",
  };
}

function nameOf({ clusterId, displayName, intent }: Candidate): IntentName {
  return { cluster: clusterId, agent: displayName, intent };
}
