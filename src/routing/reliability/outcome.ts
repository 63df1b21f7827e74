import { type Correction, type Intent, isSameIntent, type Verdict } from "../../correction/correction.ts";
import type { RoutingDecision } from "../record.ts";

/** A routing decision and what became of it. */
export type Outcome = {
  at: Date;
  /** of the best candidate */
  clusterId: string;
  /** of the best candidate, 0 to 1 */
  score: number;
  /** was the best candidate what was meant? undefined: nobody can tell */
  right: boolean | undefined;
};

/** A routing decision as it is stored, with the latest word about it. */
export type StoredDecision = {
  at: Date;
  outcome: RoutingDecision["outcome"];
  /** null: nothing came into question */
  best: (Intent & { clusterId: string; score: number }) | null;
  /** null: nobody said anything, or took it back */
  word: (Verdict & Pick<Correction, "state">) | null;
  widened: boolean;
  missed: boolean;
  opinion: { of: string; inTime: boolean } | null;
};

/** Pure. In the order of the decisions. */
export function outcomesOf(decisions: readonly StoredDecision[]): Outcome[] {
  return decisions.flatMap(({ at, outcome, best, word }): Outcome[] => {
    if (best === null) return [];
    return [{ at, clusterId: best.clusterId, score: best.score, right: isRight(outcome, best, word) }];
  });
}

/** Where nobody said anything, what was served was right, and of what was asked about or handed over nothing is known. */
function isRight(outcome: StoredDecision["outcome"], best: Intent, word: StoredDecision["word"]): boolean | undefined {
  if (word === null) return outcome === "serve" ? true : undefined;
  // One person says that the router was wrong, and the owner that it was right: neither is proof against the other.
  if (word.state === "declined") return undefined;
  if (word.chosen !== null) return isSameIntent(word.chosen, best);
  return isSameIntent(word.answered, best) ? false : undefined;
}
