import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import type { FleetLessons, Heard } from "./lessons.ts";
import { type Opinion, type OpinionSource, opinionOf } from "./opinion.ts";

/** Asks another service what it finds alike, and never waits for it longer than a turn can afford. */
export type Ear = {
  name: string;
  /** undefined: it failed, came too late, or is left in peace after many failures */
  hear(text: string, taught: FleetLessons): Promise<Opinion | undefined>;
  /** For learning. undefined: it cannot be asked now. */
  hearAll(written: FleetLessons["written"]): Promise<Heard | undefined>;
};

/** So many documents say enough about the intents. */
const MOST_HITS = 50;
/** After so many failures in a row it is left in peace, and asked again after a while. */
const FAILURES = 5;
const PEACE_MS = 10_000;

/** @param options.onTrouble is called when it begins to fail, and when it cannot be learnt from: not for every turn */
export function createEar(
  source: OpinionSource,
  { deadlineMs, onTrouble }: { deadlineMs: number; onTrouble: (what: string, error: unknown) => void },
): Ear {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: PEACE_MS, breaker: new ConsecutiveBreaker(FAILURES) });
  let isFailing = false;
  return {
    name: source.name,
    async hear(text, { lessons }) {
      if (text.trim() === "" || breaker.state === CircuitState.Isolated) return undefined;
      try {
        const hits = await breaker.execute(() =>
          source.ask(text, { most: MOST_HITS, signal: AbortSignal.timeout(deadlineMs) }),
        );
        isFailing = false;
        return opinionOf(hits, (document) => lessons.documents[document]?.label);
      } catch (error) {
        if (!isFailing) onTrouble(`${source.name} gave no opinion in time: the embedded score serves`, error);
        isFailing = true;
        return undefined;
      }
    },
    async hearAll({ documents, background, counterExamples }) {
      try {
        const texts = [...documents.map(({ text }) => text), ...background, ...counterExamples];
        const answers = await source.askAll(texts, { most: MOST_HITS });
        const end = documents.length + background.length;
        return {
          documents: answers.slice(0, documents.length),
          background: answers.slice(documents.length, end),
          counterExamples: answers.slice(end),
        };
      } catch (error) {
        onTrouble(`${source.name} could not be learnt from: the embedded score serves`, error);
        return undefined;
      }
    },
  };
}
