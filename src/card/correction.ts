import { z } from "zod";
import { type Correction, type Intent, pupilOf } from "../correction/correction.ts";
import type { LearntLesson } from "../registry/lessons/store.ts";
import { Fact, intentName, localTime, Style } from "./shared.ts";
import { type Card, cardTemplate, fitting } from "./template.ts";
import { brief, cut, plain, visible } from "./text.ts";

const CorrectionCard = z.strictObject({
  speak: z.string(),
  style: Style,
  banner: z.string(),
  said: z.string(),
  facts: z.array(Fact),
  problem: z.string(),
  utterance: z.string(),
  typed: z.string(),
  open: z.boolean(),
  groupId: z.uuid(),
  turnId: z.uuid(),
});
const expand = cardTemplate("correction", CorrectionCard);

/** All that the card about a group of corrections shows: those that say the same, of which the first has the words. */
export type CorrectionView = {
  first: Correction;
  corrections: readonly Correction[];
  /** where it was approved */
  lesson: LearntLesson | undefined;
  nameOf(personId: string): string;
  agentName(agentId: string): string;
};

/** Why it could not be learnt, with the words that were tried. */
export type Problem = { text: string; tried: string };

const LONGEST = 300;

/** What people say about who should have answered, for whoever decides what is learnt of it; later what became of it. */
export function renderCorrection(view: CorrectionView, problem?: Problem): Card {
  return fitting(
    () => render(view, problem, 1_000),
    () => render(view, problem, 200),
  );
}

function render(view: CorrectionView, problem: Problem | undefined, length: number): Card {
  const { first } = view;
  const open = first.state === "open";
  const { style, banner } = stateOf(view);
  return expand({
    speak: plain(cut(`${banner} ${first.said}`, 300)),
    style,
    banner: plain(cut(banner, 300)),
    said: `“${plain(cut(first.said, length))}”`,
    facts: [
      { label: "Said by", value: brief(whoSaid(view)) },
      { label: "When", value: localTime(first.createdAt) },
      { label: "Answered by", value: answeredBy(view) },
      { label: "Should be", value: first.chosen === null ? "none of the fleet" : inWords(view, first.chosen) },
      { label: "Now", value: plain(cut(outcomeOf(view), length)) },
    ],
    problem: problem === undefined ? "" : plain(cut(problem.text, 700)),
    utterance: visible(cut(problem?.tried ?? first.said, LONGEST)),
    typed: `Or type: learn ${first.code} · learn ${first.code} as other words · dismiss ${first.code} and your reason`,
    open,
    groupId: first.groupId,
    turnId: first.turnId,
  });
}

function stateOf({ first, agentName, nameOf }: CorrectionView): { style: Style; banner: string } {
  const agent = agentName(pupilOf(first).agentId);
  const by = nameOf(first.decidedBy ?? "");
  switch (first.state) {
    case "open":
      return first.chosen === null
        ? { style: "accent", banner: `Should ${agent} leave this alone from now on?` }
        : {
            style: "accent",
            banner: `Should ${agent} answer this as “${intentName(first.chosen.intent)}” from now on?`,
          };
    case "approved":
      return { style: "good", banner: `Approved by ${by}: ${agent} has learnt it` };
    case "declined":
      return { style: "default", banner: `Declined by ${by}: nothing was learnt` };
  }
}

/** "Maya Lindqvist, Noah Fischer and 3 more" */
function whoSaid({ corrections }: CorrectionView): string {
  const names = [...new Set(corrections.map(({ personName }) => cut(personName, 30)))];
  const more = names.length - 2;
  return more > 0 ? `${names.slice(0, 2).join(", ")} and ${more} more` : names.join(" and ");
}

function answeredBy(view: CorrectionView): string {
  const { answered, score } = view.first;
  const sure = `${Math.round(score * 100)} %`;
  return answered === null
    ? `nobody: I asked what was meant (${sure} sure of my best guess)`
    : `${inWords(view, answered)}; I was ${sure} sure`;
}

function inWords({ agentName }: CorrectionView, { agentId, intent }: Intent): string {
  return `${brief(agentName(agentId))}, ${brief(intentName(intent))}`;
}

function outcomeOf({ first, lesson, agentName }: CorrectionView): string {
  const agent = agentName(pupilOf(first).agentId);
  switch (first.state) {
    case "open":
      return first.chosen === null
        ? `Nothing is learnt yet. If you approve, ${agent} keeps the words below as something that it does not do: a new version, which serves at once. Names and ids do not count: the same words about anybody else are learnt with them.`
        : `Nothing is learnt yet. If you approve, the words below become an example of “${intentName(first.chosen.intent)}”: a new version of ${agent}, which serves at once.`;
    case "approved":
      return `Learnt as “${lesson?.utterance ?? first.said}” with version ${lesson?.version ?? "?"} of ${agent}.`;
    case "declined":
      return first.why ?? "No reason was given.";
  }
}
