import { z } from "zod";
import { differences } from "../connector/tools/difference.ts";
import type { ToolChange, ToolReview } from "../connector/tools/tool-review.ts";
import { dutyShape } from "./duty.ts";
import { Fact, listed, localTime } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain } from "./text.ts";

const ToolReviewCard = z.strictObject({
  ...dutyShape,
  changes: z.array(z.strictObject({ tool: z.string(), places: z.array(Fact) })),
  problem: z.string(),
  open: z.boolean(),
  releasable: z.boolean(),
  reviewId: z.uuid(),
});
const expand = cardTemplate("tool-review", ToolReviewCard);

/** All that the card about tools in quarantine shows. `title` of their system, as people know it. */
export type ToolReviewView = { review: ToolReview; title: string; nameOf(personId: string): string };

/**
 * Tools that are not as they were reviewed: what they say is somebody else's text, and it is shown as such, with every sign that
 * could be more than text made harmless. Nobody releases on a card what the card does not show.
 */
export function renderToolReview(view: ToolReviewView, problem = ""): Card {
  return fitting(
    () => render(view, problem, true),
    () => render(view, problem, false),
  );
}

function render({ review, title, nameOf }: ToolReviewView, problem: string, isWhole: boolean): Card {
  const { system, changes, state } = review;
  const many = changes.length === 1 ? "A tool" : `${changes.length} tools`;
  const isOpen = state === "open";
  const banner = isOpen
    ? `${many} of ${title} must be reviewed`
    : `${many} of ${title}: ${state === "released" ? "released" : "kept out"}`;
  const text = isOpen
    ? "Until somebody releases it, it is neither offered nor called. What follows is what the system says of itself, word for word: read it as somebody else's text."
    : `By ${nameOf(review.decidedBy)}: ${review.why}`;
  const elsewhere = ` It is more than a card holds: npm run ops -- tools ${review.number} shows it whole, and it is decided there.`;
  return expand({
    speak: plain(cut(banner, 300)),
    style: isOpen ? "attention" : state === "released" ? "good" : "warning",
    banner: plain(cut(banner, 300)),
    name: listed(
      changes.map(({ tool }) => `${system}.${tool}`),
      8,
    ),
    text: plain(cut(text, 1_200)) + (isOpen && !isWhole ? plain(elsewhere) : ""),
    facts: [
      { label: "System", value: brief(`${title} (${system})`) },
      { label: "Found", value: localTime(review.foundAt) },
      { label: "Number", value: String(review.number) },
    ],
    changes: isOpen && isWhole ? changes.map(shown) : [],
    problem: plain(cut(problem, 700)),
    open: isOpen,
    releasable: isOpen && isWhole,
    reviewId: review.reviewId,
  });
}

function shown({ tool, before, after }: ToolChange): { tool: string; places: Fact[] } {
  return {
    tool: plain(`${tool}: ${before === undefined ? "new" : "changed"}`),
    places: differences(before, after).map((place) => ({
      label: plain(place.at),
      value: plain(
        place.before === undefined
          ? `${place.after}`
          : place.after === undefined
            ? `${place.before} is gone`
            : `${place.after} – it was ${place.before}`,
      ),
    })),
  };
}
