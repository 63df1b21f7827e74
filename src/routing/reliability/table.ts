import type { Bin } from "./curve.ts";
import type { Drift } from "./drift.ts";
import { type Reliability, windows } from "./report.ts";
import type { ThresholdAdvice } from "./threshold.ts";

/** Reliability as operators read it: one block for the fleet and one for each cluster. @param days how far back it looks */
export function reliabilityTable(groups: readonly Reliability[], days: number): string {
  const head = `Routing decisions of the last ${days} days. Right: served and not corrected, or chosen on a card.`;
  return [head, ...groups.map(groupText)].join("\n\n");
}

function groupText({ group, decisions, known, right, curve, calibrationError, drift, advice }: Reliability): string {
  const title = `${group}: ${decisions} decisions, ${known} known, ${right} of them right`;
  const error =
    calibrationError === null
      ? "calibration error: not enough yet, nobody's word is known"
      : `calibration error: ${calibrationError.toFixed(3)}`;
  const bins = curve.filter(({ count }) => count > 0);
  const head = bins.length === 0 ? [] : [`  ${"score".padEnd(12)}${"count".padStart(7)}  right    ▓ right, │ score`];
  return [title, ...head, ...bins.map(binText), `  ${error}`, `  ${driftText(drift)}`, `  ${adviceText(advice)}`].join(
    "\n",
  );
}

const WIDTH = 30;

/** The bar ends at the share that was right, the stroke stands where it should end. */
function binText({ from, to, count, meanScore, shareRight }: Bin): string {
  const end = Math.round((shareRight ?? 0) * WIDTH);
  const should = Math.min(WIDTH - 1, Math.round((meanScore ?? 0) * WIDTH));
  const bar = Array.from({ length: WIDTH }, (_, i) => (i === should ? "│" : i < end ? "▓" : "·")).join("");
  const share = `${((shareRight ?? 0) * 100).toFixed(0)} %`.padStart(5);
  return `  ${`${from.toFixed(2)}–${to.toFixed(2)}`.padEnd(12)}${`${count}`.padStart(7)}  ${share}    ${bar}`;
}

function driftText(drift: Drift): string {
  const { latestDays, referenceDays } = windows;
  const compared = `${drift.latest} scores of the last ${latestDays} days, ${drift.reference} of the ${referenceDays} before`;
  if (drift.state === "not-enough") return `drift: not enough yet (${compared})`;
  const says = {
    stable: "stable",
    moving: "moving: look at what people ask lately",
    shifted: "shifted: what people ask is no longer what it was; teach it, and look at the thresholds",
  }[drift.reading];
  return `drift: ${says}, index ${drift.psi.toFixed(3)} (${compared})`;
}

function adviceText(advice: ThresholdAdvice): string {
  switch (advice.state) {
    case "advised": {
      const { threshold, known, right, atLeast } = advice;
      return `threshold: ${threshold.toFixed(2)} would do: ${right} of ${known} right above it, so at least ${(atLeast * 100).toFixed(1)} %`;
    }
    case "not-enough":
      return `threshold: not enough yet: ${advice.known} are known, and about ${advice.missing} more are needed`;
    case "out-of-reach":
      return `threshold: none does: above no score are 97 % right (${advice.right} of ${advice.known} in all)`;
  }
}
