import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import { SignalboxError } from "../errors.ts";
import type { FleetLessons } from "./lessons.ts";
import type { OpinionSource } from "./opinion.ts";
import type { Answers, Heard } from "./recogniser/lessons.ts";
import { MOST_HITS, type Opinion, opinionOf } from "./recogniser/mix.ts";
import { unlessAborted } from "./service/shared.ts";

/** Asks another service what it finds alike, and never waits for it longer than a turn can afford. */
export type Ear = {
  name: string;
  /** undefined: it failed, came too late, or is left in peace after many failures */
  hear(text: string): Promise<Opinion | undefined>;
};

export type EarOptions = {
  /** how long a turn waits, in milliseconds */
  deadlineMs: number;
  /** how long the service is left in peace after many failures, in milliseconds */
  peaceMs: number;
  /** is told once when it begins to be left in peace, and again only after it was heard */
  onLost: (error: unknown) => void;
};

/** After so many failures in a row it is left in peace, and asked again after a while. */
const FAILURES = 5;
/** Where an intent has more texts than this, not all that is like it is of use. */
const MOST_OF_ONE = 150;

export function createEar(source: OpinionSource, { lessons }: FleetLessons, options: EarOptions): Ear {
  const { deadlineMs, peaceMs, onLost } = options;
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: peaceMs, breaker: new ConsecutiveBreaker(FAILURES) });
  let isLost = false;
  breaker.onBreak((reason) => {
    if (!isLost) onLost("error" in reason ? reason.error : undefined);
    isLost = true;
  });
  breaker.onReset(() => {
    isLost = false;
  });
  return {
    name: source.name,
    async hear(text) {
      if (text.trim() === "") return undefined;
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        // Whatever the source and the breaker wait for, the turn does not.
        const asking = breaker.execute(() => unlessAborted(source.ask(text, { most: MOST_HITS, signal }), signal));
        const hits = await unlessAborted(asking, signal);
        return opinionOf(hits, (document) => lessons.documents[document]?.label);
      } catch {
        // The source tells the log how it fares; the record of the turn tells that it was not heard.
        return undefined;
      }
    },
  };
}

/**
 * What the service finds alike to each text that is learnt from.
 * @throws SignalboxError "too-little-heard": most of them could not be asked
 */
export async function hearAll(
  source: OpinionSource,
  { lessons, written }: FleetLessons,
  signal: AbortSignal,
): Promise<Heard> {
  const { documents, background, counterExamples } = written;
  const texts = [...documents.map(({ text }) => text), ...background, ...counterExamples];
  // A text is learnt from as if the others of its intent were not there: as many must be left then as a turn finds.
  const ofEach = Array.from({ length: lessons.intents }, () => 0);
  for (const { label } of lessons.documents) ofEach[label] = (ofEach[label] ?? 0) + 1;
  const most =
    MOST_HITS +
    Math.min(
      MOST_OF_ONE,
      ofEach.reduce((a, b) => Math.max(a, b), 0),
    );
  const answers = await source.askAll(texts, { most, signal });
  const end = documents.length + background.length;
  const heard = {
    documents: answers.slice(0, documents.length),
    background: answers.slice(documents.length, end),
    counterExamples: answers.slice(end),
  };
  for (const some of Object.values(heard)) if (!isMostly(some)) throw tooLittle(source.name);
  return heard;
}

const isMostly = (answers: Answers): boolean =>
  answers.filter((answer) => answer !== undefined).length >= answers.length / 2;

export const tooLittle = (name: string): SignalboxError =>
  new SignalboxError(
    "too-little-heard",
    `Most of the registered texts got no answer of ${name} that can be learnt from. Look at its quota and its log.`,
  );
