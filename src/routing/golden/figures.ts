import { keyOf } from "../intent-name.ts";
import { calibrationError, reliabilityCurve } from "../reliability/curve.ts";
import type { JudgedLine } from "./judge.ts";

/** Counts of lines in scope. `offered`: of those that are not served, what was expected is among the first five. */
export type Tally = {
  lines: number;
  served: number;
  /** of the served */
  right: number;
  rightCluster: number;
  offered: number;
  /** expected calibration error of the best score, 15 bins, four decimals; null without lines */
  ece: number | null;
};

/** What must not be served. */
export type Outside = { lines: number; served: number };

export type Figures = {
  inScope: Tally;
  /** the same error where what is out of scope is counted in, as wrong */
  eceWithOutOfScope: number | null;
  outOfScope: Outside;
  vague: Outside;
  /** by cluster, and by "cluster / agent / intent" */
  clusters: Record<string, Tally>;
  intents: Record<string, Tally>;
};

/** Pure; keys are sorted, so that the same outcomes give the same text. */
export function figuresOf(judged: readonly JudgedLine[]): Figures {
  const inScope = judged.filter(({ expect }) => typeof expect === "object");
  const outOfScope = judged.filter(({ expect }) => expect === "out-of-scope");
  const vague = judged.filter(({ expect }) => expect === "vague");
  return {
    inScope: tallyOf(inScope),
    eceWithOutOfScope: eceOf([...inScope, ...outOfScope]),
    outOfScope: outsideOf(outOfScope),
    vague: outsideOf(vague),
    clusters: talliesBy(inScope, ({ expect }) => (typeof expect === "object" ? expect.cluster : "")),
    intents: talliesBy(inScope, ({ expect }) => (typeof expect === "object" ? keyOf(expect) : "")),
  };
}

function talliesBy(lines: readonly JudgedLine[], keyOfLine: (line: JudgedLine) => string): Record<string, Tally> {
  const groups = Map.groupBy(lines, keyOfLine);
  return Object.fromEntries([...groups.keys()].sort().map((key) => [key, tallyOf(groups.get(key) ?? [])]));
}

function tallyOf(lines: readonly JudgedLine[]): Tally {
  const served = lines.filter(isServed);
  return {
    lines: lines.length,
    served: served.length,
    right: served.filter(({ isRight }) => isRight).length,
    rightCluster: lines.filter(({ isRightCluster }) => isRightCluster).length,
    offered: lines.filter((line) => !isServed(line) && line.isOffered).length,
    ece: eceOf(lines),
  };
}

function outsideOf(lines: readonly JudgedLine[]): Outside {
  return { lines: lines.length, served: lines.filter(isServed).length };
}

function eceOf(lines: readonly JudgedLine[]): number | null {
  const ece = calibrationError(
    reliabilityCurve(lines.map(({ best, isRight }) => ({ score: best?.score ?? 0, right: isRight }))),
  );
  return ece === null ? null : Math.round(ece * 10_000) / 10_000;
}

const isServed = ({ outcome }: JudgedLine): boolean => outcome === "serve";
