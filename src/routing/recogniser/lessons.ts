import type { Hit } from "../opinion.ts";

/** A text that stands for an intent. `label`: number of the intent. `isExample` tells an utterance from a description. */
export type Document = { text: string; label: number; isExample: boolean };

/**
 * What a model is made of: the texts of the registry, and sentences about other things. All are normalised; the same lessons
 * give the same model. `outside`: the share of the traffic that is none of the intents, 0 to 1.
 */
export type Lessons = {
  documents: readonly Document[];
  background: readonly string[];
  /** what sounds alike and is none of the intents */
  counterExamples: readonly string[];
  intents: number;
  seed: number;
  outside?: number;
  /** what another service finds alike among the documents; undefined where it could not be asked */
  heard?: Heard;
};
/** Of each text what was found alike; undefined where it could not be asked. */
export type Answers = readonly (readonly Hit[] | undefined)[];
export type Heard = { documents: Answers; background: Answers; counterExamples: Answers };
