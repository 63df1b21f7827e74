import type { Figures, Outside, Tally } from "./figures.ts";

/** A figure as a share, 0 to 1; null where there is nothing to take a share of. */
export type Rate = {
  /** "all", "finance", "finance / Invoice Agent / overdue-invoices" */
  group: string;
  name: string;
  value: number | null;
  better: "more" | "less";
  /** "12 of 13"; of an error, nothing */
  counts: string | undefined;
  /** how much worse it may be and be no drop */
  slack: number;
};

/** The share of what is served that is right, and so on: every figure of the check by name, the fleet first. */
export function ratesOf({ inScope, eceWithOutOfScope, outOfScope, vague, clusters, intents }: Figures): Rate[] {
  return [
    ...ratesOfTally("all", inScope),
    errorRate("all", "calibration error with out of scope", eceWithOutOfScope),
    outsideRate("out of scope served", outOfScope),
    outsideRate("vague served", vague),
    ...Object.entries(clusters).flatMap(([group, tally]) => ratesOfTally(group, tally)),
    ...Object.entries(intents).flatMap(([group, tally]) => ratesOfTally(group, tally)),
  ];
}

/** Fewer scores than this make a calibration error that is mostly chance. */
const ENOUGH_FOR_ERROR = 100;

function ratesOfTally(group: string, { lines, served, right, rightCluster, offered, ece }: Tally): Rate[] {
  return [
    shareRate(group, "served", served, lines),
    shareRate(group, "right among served", right, served),
    shareRate(group, "right cluster", rightCluster, lines),
    shareRate(group, "offered when not served", offered, lines - served),
    ...(lines >= ENOUGH_FOR_ERROR ? [errorRate(group, "calibration error", ece)] : []),
  ];
}

function shareRate(group: string, name: string, part: number, whole: number): Rate {
  const value = whole === 0 ? null : part / whole;
  return { ...{ group, name, value }, better: "more", counts: `${part} of ${whole}`, slack: 0 };
}

function outsideRate(name: string, { lines, served }: Outside): Rate {
  return { ...shareRate("all", name, served, lines), better: "less" };
}

/** An error is no count: every utterance that is registered anywhere moves it a little. */
const ERROR_SLACK = 0.005;

function errorRate(group: string, name: string, value: number | null): Rate {
  return { ...{ group, name, value }, better: "less", counts: undefined, slack: ERROR_SLACK };
}
