import type { Lessons } from "./recogniser/lessons.ts";
import type { Judgement } from "./recogniser/model.ts";

/** What people have said about these very words: whose they are, or that they are nobody's. Names and ids do not count. */
export type Verbatim = (text: string) => { label: number; document: number } | "nobody" | undefined;

/** So sure are words that were registered: people have been asked, but a word may still be meant differently. */
export const SURE = 0.99;

/** @returns undefined for words that are not registered, or under several intents */
export function verbatimIn({
  documents,
  counterExamples,
  background = [],
}: Pick<Lessons, "documents" | "counterExamples"> & Partial<Pick<Lessons, "background">>): Verbatim {
  const known = new Map<string, { label: number; document: number } | "nobody" | undefined>();
  documents.forEach(({ text, label, isExample }, document) => {
    if (!isExample || text === "") return;
    const before = known.get(text);
    const isShared = known.has(text) && (typeof before !== "object" || before.label !== label);
    known.set(text, isShared ? undefined : { label, document });
  });
  for (const text of counterExamples) if (text !== "") known.set(text, known.has(text) ? undefined : "nobody");
  // Small talk is nobody's, unless somebody has registered it.
  for (const text of background) if (text !== "" && !known.has(text)) known.set(text, "nobody");
  return (text) => known.get(text);
}

/** What people have said about these words counts for more than what the model makes of them. */
export function settled(judged: Judgement, said: Exclude<ReturnType<Verbatim>, undefined>): Judgement {
  if (said === "nobody") {
    const scaled = judged.intents.map(({ label, score }) => ({ label, score: score * (1 - SURE) }));
    return { ...judged, inScope: judged.inScope * (1 - SURE), intents: scaled };
  }
  const { label, document } = said;
  const [first] = judged.intents;
  if (first?.label === label && first.score >= SURE) return judged;
  const others = judged.intents.filter((one) => one.label !== label);
  const left = others.reduce((sum, { score }) => sum + score, 0) || 1;
  return {
    ...judged,
    inScope: Math.max(judged.inScope, SURE),
    intents: [
      { label, score: SURE },
      ...others.map((one) => ({ label: one.label, score: ((1 - SURE) * one.score) / left })),
    ],
    nearest: document,
  };
}
