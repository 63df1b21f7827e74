import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import type { FleetLessons, Heard } from "./lessons.ts";
import { type Opinion, opinionOf } from "./mix.ts";
import type { OpinionSource } from "./opinion.ts";

/** Asks another service what it finds alike, and never waits for it longer than a turn can afford. */
export type Ear = {
  name: string;
  /** undefined: it failed, came too late, or is left in peace after many failures */
  hear(text: string): Promise<Opinion | undefined>;
};

/** So many documents say enough about the intents. */
const MOST_HITS = 50;
/** After so many failures in a row it is left in peace, and asked again after a while. */
const FAILURES = 5;
const PEACE_MS = 10_000;

export function createEar(source: OpinionSource, { lessons }: FleetLessons, deadlineMs: number): Ear {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: PEACE_MS, breaker: new ConsecutiveBreaker(FAILURES) });
  return {
    name: source.name,
    async hear(text) {
      if (text.trim() === "") return undefined;
      try {
        const hits = await breaker.execute(() =>
          source.ask(text, { most: MOST_HITS, signal: AbortSignal.timeout(deadlineMs) }),
        );
        return opinionOf(hits, (document) => lessons.documents[document]?.label);
      } catch {
        // The source tells the log how it fares; the record of the turn tells that it was not heard.
        return undefined;
      }
    },
  };
}

/** What the service finds alike to each text that is learnt from. */
export async function hearAll(source: OpinionSource, { written }: FleetLessons, signal: AbortSignal): Promise<Heard> {
  const { documents, background, counterExamples } = written;
  const texts = [...documents.map(({ text }) => text), ...background, ...counterExamples];
  const answers = await source.askAll(texts, { most: MOST_HITS, signal });
  const end = documents.length + background.length;
  return {
    documents: answers.slice(0, documents.length),
    background: answers.slice(documents.length, end),
    counterExamples: answers.slice(end),
  };
}
