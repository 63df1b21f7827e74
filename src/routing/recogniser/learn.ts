import type { Hit } from "../opinion.ts";
import { createBm25 } from "./bm25.ts";
import { FULL_LENGTH, featuresOf, learnVocabulary } from "./features.ts";
import type { Answers, Document, Lessons } from "./lessons.ts";
import { fuse, type Labelled, trainLogistic, trainMargins } from "./linear.ts";
import type { Learnt } from "./model.ts";
import { nearnessIn, remember } from "./nearest.ts";
import { pack } from "./packed.ts";
import { SHORTLIST } from "./propose.ts";
import { trainSparse } from "./sparse.ts";
import { type Terms, termsOf } from "./terms.ts";

export type Known = Document & { terms: Terms; hits: readonly Hit[] | undefined };
/** A text that is none of the intents. `isNear`: it sounds as if it were. */
export type Other = Known & { isNear: boolean };

const DESCRIPTION_WEIGHT = 0.6;
const BACKGROUND_WEIGHT = 0.5;
/** How much the margins count beside the logarithms of the odds: both kinds of score are then about as large. */
const MARGIN_FACTOR = 5;
/** Fewer texts than this are learnt more thoroughly. */
const FEW = 3_000;
/** Above this a weight for every term and every intent would not fit into memory: 160 MB. */
const MOST_WEIGHTS = 40_000_000;

/** Learns from everything. */
export function learnAll(lessons: Lessons): Learnt {
  const { known, others } = termsOfAll(lessons);
  return learn([...known, ...others], lessons);
}

/** After the intents come two classes of "none of them": the background, and what sounds alike. */
export function learn(documents: readonly Known[], { intents, seed }: Lessons): Learnt {
  const vocabulary = learnVocabulary(documents.map(({ terms }) => terms));
  const features = featuresOf(vocabulary);
  const examples: Labelled[] = documents.map(({ terms, label, isExample }) => ({
    vector: features.vectorOf(terms),
    label,
    weight: label === intents ? BACKGROUND_WEIGHT : isExample || label > intents ? 1 : DESCRIPTION_WEIGHT,
  }));
  const remembered = remember(examples, intents, features.size);
  const classes = Math.max(intents, ...documents.map(({ label }) => label)) + 1;
  if (features.size * classes > MOST_WEIGHTS) {
    const index = createBm25(
      documents.filter(({ label }) => label < intents),
      intents,
    );
    const rivalsOf = (i: number): number[] => index.shortlist(documents[i]?.text ?? "", SHORTLIST);
    const capped = examples.map((one) => ({ ...one, label: Math.min(one.label, intents) }));
    const linear = trainSparse(capped, features.size, intents + 1, rivalsOf, { epochs: 8, seed });
    return { vocabulary, linear, remembered };
  }
  const isSmall = examples.length < FEW;
  const logistic = trainLogistic(examples, features.size, classes, { epochs: isSmall ? 20 : 6, seed });
  const margins = trainMargins(examples, features.size, classes, { passes: isSmall ? 8 : 4, seed });
  return { vocabulary, linear: pack(fuse(logistic, margins, MARGIN_FACTOR)), remembered };
}

/** A sentence that is so near to an utterance is no background for these intents. */
const CLAIMED = 0.42;

export function termsOfAll(lessons: Lessons): Prepared {
  const before = prepared.get(lessons);
  if (before !== undefined) return before;
  const made = prepare(lessons);
  prepared.set(lessons, made);
  return made;
}

type Prepared = { known: Known[]; others: Other[] };
/** Every fold needs the same of the same lessons. */
const prepared = new WeakMap<Lessons, Prepared>();

function prepare(lessons: Lessons): Prepared {
  const { documents, background, counterExamples, intents, heard } = lessons;
  const known = documents.map((document, i) => ({
    ...document,
    terms: termsOf(document.text),
    hits: heard?.documents[i],
  }));
  const vocabulary = learnVocabulary(known.map(({ terms }) => terms));
  const features = featuresOf(vocabulary);
  const nearnessTo = nearnessIn(
    known.map(({ terms }) => features.vectorOf(terms)),
    features.size,
  );
  const others = (texts: readonly string[], answers: Answers | undefined, isNear: boolean): Other[] =>
    texts.map((text, i) => ({
      ...{ text, label: intents + Number(isNear), isExample: false, isNear },
      ...{ terms: termsOf(text), hits: answers?.[i] },
    }));
  const far = others(background, heard?.background, false).filter(
    ({ terms }) => nearnessTo(features.vectorOf(terms)).similarity / FULL_LENGTH < CLAIMED,
  );
  return { known, others: [...others(counterExamples, heard?.counterExamples, true), ...far] };
}
