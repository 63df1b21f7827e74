import type { Bin } from "./curve.ts";
import type { Recognition } from "./recognition.ts";
import type { Reliability } from "./report.ts";
import { adviceInWords, driftInWords, errorInWords, opinionsInWords, shortlistInWords } from "./words.ts";

/**
 * Reliability as operators read it: how recognising went, then one block for the fleet and one for each cluster.
 * @param days how far back it looks
 */
export function reliabilityTable(groups: readonly Reliability[], recognition: Recognition, days: number): string {
  const head = `Routing decisions of the last ${days} days. Right: served and not corrected, or chosen on a card.`;
  return [head, recognitionText(recognition), ...groups.map(groupText)].join("\n\n");
}

function recognitionText(recognition: Recognition): string {
  const opinions = opinionsInWords(recognition).map(({ of, went }) => `second opinion of ${of}: ${went}`);
  return [
    `shortlist: ${shortlistInWords(recognition)}`,
    ...(opinions.length === 0 ? ["second opinion: nobody else was asked"] : opinions),
  ].join("\n");
}

function groupText({ group, decisions, known, right, curve, calibrationError, drift, advice }: Reliability): string {
  const title = `${group}: ${decisions} decisions, ${known} known, ${right} of them right`;
  const bins = curve.filter(({ count }) => count > 0);
  const head = bins.length === 0 ? [] : [`  ${"score".padEnd(12)}${"count".padStart(7)}  right    ▓ right, │ score`];
  return [
    ...[title, ...head, ...bins.map(binText)],
    `  calibration error: ${errorInWords(calibrationError)}`,
    `  drift: ${driftInWords(drift)}`,
    `  threshold: ${adviceInWords(advice)}`,
  ].join("\n");
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
