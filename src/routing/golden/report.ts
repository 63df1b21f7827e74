import type { Unexpected } from "./accepted.ts";
import type { CheckedRouting } from "./check.ts";
import type { Change, Move } from "./compare.ts";
import type { Tally } from "./figures.ts";

/** The check in words, for whoever changes the registry. */
export function reportOf(checked: CheckedRouting): string {
  return [figuresText(checked), gatesText(checked), changesText(checked)].join("\n\n");
}

function figuresText({ figures, leftOut }: CheckedRouting): string {
  const { inScope, eceWithOutOfScope, outOfScope, vague, clusters, intents } = figures;
  const rows = [["all", inScope] as const, ...Object.entries(clusters), ...Object.entries(intents)];
  const width = Math.max(...rows.map(([group]) => group.length));
  const head = ["lines", "served", "right", "cluster", "offered", "error"].map((name) => name.padStart(9)).join("");
  return [
    `${"".padEnd(width)}${head}`,
    ...rows.map(([group, tally]) => `${group.padEnd(width)}${tallyCells(tally)}`),
    "",
    `Out of scope: ${outOfScope.served} of ${outOfScope.lines} served. Vague: ${vague.served} of ${vague.lines} served.`,
    `Calibration error with out of scope counted as wrong: ${eceWithOutOfScope ?? "–"}.`,
    ...(leftOut > 0 ? [`${leftOut} lines are left out: their agents are not in service.`] : []),
  ].join("\n");
}

function tallyCells({ lines, served, right, rightCluster, offered, ece }: Tally): string {
  const cells = [
    `${lines}`,
    share(served, lines),
    share(right, served),
    share(rightCluster, lines),
    share(offered, lines - served),
    ece === null ? "–" : ece.toFixed(3),
  ];
  return cells.map((cell) => cell.padStart(9)).join("");
}

function gatesText({ gates }: CheckedRouting): string {
  return gates
    .flatMap(({ name, is, holds, missed }) => [
      `${holds ? "holds " : "MISSED"}  ${name}: ${is}`,
      ...(holds ? [] : missed.filter((one) => one !== is).map((one) => `          ${one}`)),
    ])
    .join("\n");
}

function changesText({ comparison, isOtherGolden }: CheckedRouting): string {
  if (comparison === undefined) return "Nothing was accepted yet: --accept stores these figures.";
  const { drops, gains, moves } = comparison;
  const parts = [
    ...(isOtherGolden ? ["The golden set is another one than the accepted figures were measured with."] : []),
    ...drops.map((drop) => `DROPPED  ${changeText(drop)}`),
    ...gains.map((gain) => `better   ${changeText(gain)}`),
    ...moves.map((move) => moveText(move, isOtherGolden)),
  ];
  const verdict =
    drops.length > 0
      ? "Figures dropped. Mend the registry; where the drop is meant, store it with --accept."
      : moves.length + gains.length > 0
        ? "No figure dropped. --accept stores what is better."
        : "All is as it was accepted.";
  return [...parts, verdict].join("\n");
}

const changeText = ({ group, name, from, to, counts }: Change): string =>
  `${group}: ${name} ${figure(from)} → ${figure(to)}${counts === undefined ? "" : ` (${counts})`}`;

function moveText({ line, was, from, to }: Move, isOtherGolden: boolean): string {
  const before = from === undefined ? (isOtherGolden ? "as expected, or new" : "as expected") : outcomeText(from);
  const expected = was === "won" || to.best === to.expect ? "" : `; expected ${to.expect}`;
  return `${was.padEnd(7)}  line ${line} "${to.text}": ${before} → ${outcomeText(to)}${expected}`;
}

function outcomeText({ outcome, best, score, expect }: Unexpected): string {
  if (best === "") return `${outcome} (nothing came into question)`;
  const who = `${best === expect ? "the right one" : best} ${score.toFixed(2)}`;
  return outcome === "serve" ? `served by ${who}` : `${outcome} (${who})`;
}

const share = (part: number, whole: number): string => (whole === 0 ? "–" : figure(part / whole));
const figure = (value: number): string => `${(value * 100).toFixed(1)} %`;
