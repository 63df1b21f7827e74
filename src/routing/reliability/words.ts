import type { Drift } from "./drift.ts";
import type { Recognition } from "./recognition.ts";
import { windows } from "./report.ts";
import type { ThresholdAdvice } from "./threshold.ts";

/** The same words for the table of the command line and for the card. */
export function errorInWords(calibrationError: number | null): string {
  return calibrationError === null ? "not enough yet, nobody's word is known" : calibrationError.toFixed(3);
}

export function driftInWords(drift: Drift): string {
  const { latestDays, referenceDays } = windows;
  const compared = `${drift.latest} scores of the last ${latestDays} days, ${drift.reference} of the ${referenceDays} before`;
  if (drift.state === "not-enough") return `not enough yet (${compared})`;
  const says = {
    stable: "stable",
    moving: "moving: look at what people ask lately",
    shifted: "shifted: what people ask is no longer what it was; teach it, and look at the thresholds",
  }[drift.reading];
  return `${says}, index ${drift.psi.toFixed(3)} (${compared})`;
}

export function adviceInWords(advice: ThresholdAdvice): string {
  switch (advice.state) {
    case "advised": {
      const { threshold, known, right, atLeast } = advice;
      return `${threshold.toFixed(2)} would do: ${right} of ${known} right above it, so at least ${percent(atLeast)}`;
    }
    case "not-enough":
      return `not enough yet: ${advice.known} are known, and about ${advice.missing} more are needed`;
    case "out-of-reach":
      return `none does: above no score are 97 % right (${advice.right} of ${advice.known} in all)`;
  }
}

export function shortlistInWords({ decisions, widened, missed }: Recognition): string {
  return `widened ${share(widened, decisions)}, and had missed the winner ${times(missed)}`;
}

/** Whose, and how it went; none where nobody else was asked. */
export function opinionsInWords({ decisions, opinions }: Recognition): { of: string; went: string }[] {
  return opinions.map(({ of, asked, inTime }) => ({
    of,
    went: `asked ${share(asked, decisions)}, in time ${times(inTime)} (${percent(inTime / asked)})`,
  }));
}

const share = (part: number, all: number): string =>
  `${part} of ${times(all)}${all === 0 ? "" : ` (${percent(part / all)})`}`;
const times = (count: number): string => `${count} ${count === 1 ? "time" : "times"}`;
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
