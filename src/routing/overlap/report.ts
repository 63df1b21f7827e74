import type { Overlap } from "./pairs.ts";

const MOST_EXAMPLES = 5;

/** All overlaps with examples and advice. */
export function overlapReport(overlaps: readonly Overlap[]): string {
  if (overlaps.length === 0) return "No intents overlap.";
  return overlaps.map(overlapText).join("\n\n");
}

function overlapText({ intents: [a, b], taken, alike, why }: Overlap): string {
  return [
    `${a}  and  ${b}`,
    `  ${taken.length} taken for the other, ${alike.length} nearly the same`,
    ...taken.slice(0, MOST_EXAMPLES).map(({ text, to, score, isServed }) => {
      const how = isServed ? "would be served" : "would not be served";
      return `  "${text}" → ${to} ${score.toFixed(2)} (${how})`;
    }),
    ...alike.slice(0, MOST_EXAMPLES).map(({ texts, cosine }) => `  "${texts[0]}" ≈ "${texts[1]}" ${cosine.toFixed(2)}`),
    `  ${why}`,
  ].join("\n");
}

const MOST_PAIRS = 3;

/** A few lines for whoever asked for something else. */
export function overlapSummary(overlaps: readonly Overlap[]): string {
  // One utterance that is not like the others of its intent tells of the utterance, not of the pair.
  const often = overlaps.filter(({ taken, alike }) => taken.length + alike.length > 1);
  if (often.length === 0) return "No intents overlap in more than one utterance.";
  return [
    `${often.length} pairs of intents overlap in more than one utterance, most of all:`,
    ...often
      .slice(0, MOST_PAIRS)
      .map(({ intents, taken, alike }) => `  ${intents.join("  and  ")}: ${taken.length} taken, ${alike.length} alike`),
    "`npm run -s registry -- overlaps` shows all.",
  ].join("\n");
}
