import type { FleetLessons } from "./lessons.ts";
import type { Recognised } from "./recognise.ts";
import type { Vocabulary } from "./recogniser/features.ts";
import { FULL_LENGTH, featuresOf, widened } from "./recogniser/features.ts";
import { nearnessIn } from "./recogniser/nearest.ts";
import { termsOf } from "./recogniser/terms.ts";

/** Among the utterances that no model has learnt yet, the one that a text resembles. `nearness`: the cosine, 0 to 1. */
export type Newcomers = (text: string) => { label: number; document: number; nearness: number } | undefined;

/**
 * What is less alike than this shares a few words only. Of held-out sentences meant for an agent that was left out of the
 * training, three in four are as near as this to its utterances, and of all others one in two hundred.
 */
const ALIKE = 0.35;
/** So likely is a newcomer that is resembled: likely enough to be asked about, and no more. */
const ASKED = 0.5;

/** @param learnt what the serving model was taught, and the words that it knows */
export function newcomersIn(
  { lessons, intents }: FleetLessons,
  learnt: { taught: FleetLessons; vocabulary: Vocabulary },
): Newcomers {
  const before = learnt.taught;
  const known = new Set(before.lessons.documents.map(({ text, label }) => placed(before.intents[label], text)));
  const fresh = lessons.documents.flatMap(({ text, label, isExample }, document) =>
    isExample && !known.has(placed(intents[label], text)) ? [{ label, document, terms: termsOf(text) }] : [],
  );
  if (fresh.length === 0) return () => undefined;
  const features = featuresOf(
    widened(
      learnt.vocabulary,
      fresh.map(({ terms }) => terms),
    ),
  );
  const nearest = nearnessIn(
    fresh.map(({ terms }) => features.vectorOf(terms)),
    features.size,
  );
  return (text) => {
    const { at, similarity } = nearest(features.vectorOf(termsOf(text)));
    const one = fresh[at];
    const nearness = similarity / FULL_LENGTH;
    return one === undefined || nearness < ALIKE ? undefined : { label: one.label, document: one.document, nearness };
  };
}

type Intent = FleetLessons["intents"][number];

const placed = (intent: Intent | undefined, text: string): string =>
  `${intent?.agentId} ${intent?.intentLabel}\n${text}`;

/** What was recognised, with the newcomer in front; whom the former lessons numbered is found in the newer ones. */
export function withNewcomer(
  recognised: Recognised,
  { label, document, nearness }: Exclude<ReturnType<Newcomers>, undefined>,
  before: FleetLessons,
  after: FleetLessons,
): Recognised {
  const labels = new Map(after.intents.map((intent, at) => [placed(intent, ""), at]));
  const formerly = new Map<number, number>();
  const others = recognised.intents.flatMap((one) => {
    const now = labels.get(placed(before.intents[one.label], ""));
    if (now === undefined) return [];
    formerly.set(now, one.label);
    return now === label ? [] : [{ label: now, score: one.score * (1 - ASKED) }];
  });
  return {
    ...recognised,
    inScope: Math.max(recognised.inScope, ASKED),
    intents: [{ label, score: ASKED }, ...others],
    nearest: document,
    evidence: { ...recognised.evidence, coverage: 1, nearness },
    wordsFor: (now) => {
      const former = formerly.get(now);
      return former === undefined ? [] : recognised.wordsFor(former);
    },
  };
}
