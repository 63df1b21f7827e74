import { fitScope, fitTemperature, type Judged, type Scope, scopeOf } from "./calibrate.ts";
import { type Classifier, type Labelled, logitsOf, softmax, trainClassifier } from "./classifier.ts";
import { type Features, featuresOf, learnVocabulary, type Vocabulary } from "./features.ts";

/** A text that stands for an intent. `label`: number of the intent. `isExample` tells an utterance from a description. */
export type Document = { text: string; label: number; isExample: boolean };

/** What the model makes of a text. */
export type Judgement = {
  /** P(any of the intents) */
  inScope: number;
  /** P(this intent) for each, given that one of them is meant; sums to one */
  intents: Float64Array;
  /** the words of the text that speak for an intent, strongest first */
  wordsFor(label: number): string[];
};
export type Model = { judge(text: string): Judgement };

/** What training leaves behind: plain data, which another thread can hand over. */
export type Trained = { vocabulary: Vocabulary; classifier: Classifier; scope: Scope; temperature: number };
/** What it is made of. */
export type Lessons = { documents: readonly Document[]; background: readonly string[]; intents: number; seed: number };

const FOLDS = 4;
const DESCRIPTION_WEIGHT = 0.6;
const BACKGROUND_WEIGHT = 0.5;
/** An intent that was held out is a near miss, of which few come; a sentence about something else is what most of them are. */
const NEAR_MISS_WEIGHT = 0.35;

/**
 * Trains on the texts of the registry alone, with sentences about other things as one more class, and learns from its own
 * mistakes how sure it may be: in each fold some intents are held out whole (they are out of scope then), and some
 * utterances of the others.
 * The texts are normalised; the same lessons give the same result.
 */
export function train({ documents, background, intents, seed }: Lessons): Trained {
  const cases: { logits: Float64Array; label: number }[] = [];
  const judged: Judged[] = [];
  const places = placesWithin(documents);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const isOut = ({ label }: Document): boolean => label % FOLDS === fold;
    const isTest = (document: Document): boolean =>
      document.isExample && !isOut(document) && (places.get(document) ?? 0) % FOLDS === fold;
    const kept = documents.filter((document) => !isOut(document) && !isTest(document));
    const fitted = learn(
      kept,
      background.filter((_, i) => i % FOLDS !== fold),
      intents,
      seed,
    );
    for (const document of documents) {
      if (!document.isExample || !(isOut(document) || isTest(document))) continue;
      const { logits, signals } = look(fitted, document.text);
      judged.push({ signals, inScope: !isOut(document), weight: isOut(document) ? NEAR_MISS_WEIGHT : 1 });
      if (!isOut(document)) cases.push({ logits, label: document.label });
    }
    background.forEach((text, i) => {
      if (i % FOLDS === fold) judged.push({ signals: look(fitted, text).signals, inScope: false, weight: 1 });
    });
  }
  const scope = fitScope(judged);
  const temperature = fitTemperature(
    cases.map(({ logits, label }) => ({ probabilityAt: (t: number) => within(logits, intents, t)[label] ?? 0 })),
  );
  const { vocabulary, classifier } = learn(documents, background, intents, seed);
  return { vocabulary, classifier, scope, temperature };
}

export function modelOf({ vocabulary, classifier, scope, temperature }: Trained): Model {
  const fitted = { features: featuresOf(vocabulary), classifier };
  const intents = classifier.classes - 1;
  return {
    judge(text) {
      const { logits, signals, indices, values } = look(fitted, text);
      return {
        inScope: scopeOf(scope, signals),
        intents: within(logits, intents, temperature),
        wordsFor: (label) => wordsFor(fitted, label, indices, values),
      };
    },
  };
}

/** The last class of the classifier is "none of the intents". */
type Fitted = { features: Features; classifier: Classifier };

function learn(
  documents: readonly Document[],
  background: readonly string[],
  none: number,
  seed: number,
): Fitted & { vocabulary: Vocabulary } {
  const vocabulary = learnVocabulary(documents.map(({ text }) => text));
  const features = featuresOf(vocabulary);
  const examples: Labelled[] = documents.map(({ text, label, isExample }) => ({
    vector: features.vectorOf(text),
    label,
    weight: isExample ? 1 : DESCRIPTION_WEIGHT,
  }));
  for (const text of background)
    examples.push({ vector: features.vectorOf(text), label: none, weight: BACKGROUND_WEIGHT });
  return { vocabulary, features, classifier: trainClassifier(examples, features.size, none + 1, seed) };
}

function look(fitted: Fitted, text: string) {
  const { features, classifier } = fitted;
  const none = classifier.classes - 1;
  const vector = features.vectorOf(text);
  const logits = logitsOf(classifier, vector);
  const all = softmax(logits, 1);
  const sorted = Float64Array.from(all.subarray(0, none)).sort().reverse();
  const coverage = features.coverageOf(text);
  const best = Math.max(...logits.subarray(0, none));
  const signals = [
    1 - (all[none] ?? 0),
    sorted[0] ?? 0,
    (sorted[0] ?? 0) - (sorted[1] ?? 0),
    coverage.words,
    coverage.characters,
    Math.max(0, best) / 5,
    (Math.max(0, best) / 5) * coverage.words * coverage.characters,
  ];
  return { logits, signals, ...vector };
}

/** Given that it is one of the intents. */
function within(logits: Float64Array, intents: number, temperature: number): Float64Array {
  return softmax(logits.slice(0, intents), temperature);
}

function wordsFor(
  { features, classifier }: Fitted,
  label: number,
  indices: Int32Array,
  values: Float32Array,
): string[] {
  const { classes, weights } = classifier;
  const found: { word: string; weight: number }[] = [];
  indices.forEach((index, i) => {
    const word = features.wordAt(index);
    const weight = (values[i] ?? 0) * (weights[index * classes + label] ?? 0);
    if (word !== undefined && !word.includes(" ") && weight > 0) found.push({ word, weight });
  });
  return found
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 5)
    .map(({ word }) => word);
}

/** The place of each utterance within its intent, so that every intent gives some to each fold. */
function placesWithin(documents: readonly Document[]): Map<Document, number> {
  const counts = new Map<number, number>();
  const places = new Map<Document, number>();
  for (const document of documents) {
    if (!document.isExample) continue;
    const place = counts.get(document.label) ?? 0;
    places.set(document, place);
    counts.set(document.label, place + 1);
  }
  return places;
}
