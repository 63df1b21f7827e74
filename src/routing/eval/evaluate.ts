import { performance } from "node:perf_hooks";
import { background as ownBackground } from "../background.ts";
import { createNormaliser } from "../normalise.ts";
import { createRecogniser } from "../recognise.ts";
import { trainAside } from "../recogniser/train-aside.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import type { Row } from "./rows.ts";

export type Prediction = { text: string; intent: string; score: number; scope: number; latency_us: number };
export type Evaluation = { predictions: Prediction[]; metrics: Metrics; trainingSeconds: number };

/** Trains the router's own recogniser on some rows, out-of-scope ones as background, and measures it on others. */
export async function evaluate(rows: {
  train: readonly Row[];
  test: readonly Row[];
  seed: number;
}): Promise<Evaluation> {
  const { train, test, seed } = rows;
  const labels = [...new Set(train.flatMap(({ intent }) => (intent === null ? [] : [intent])))];
  const numbers = new Map(labels.map((label, i) => [label, i]));
  const normalise = createNormaliser({});
  const documents = [
    ...train.flatMap(({ text, intent }) => {
      const label = intent === null ? undefined : numbers.get(intent);
      return label === undefined ? [] : [{ text: normalise(text), label, isExample: true }];
    }),
    // The name of an intent says something too, as it does in the registry.
    ...labels.map((name, label) => ({ text: normalise(name.replaceAll(/[_-]/g, " ")), label, isExample: false })),
  ];
  const others = train.flatMap(({ text, intent }) => (intent === null ? [text] : []));
  const background = [...ownBackground, ...others].map(normalise);
  const began = performance.now();
  const lessons = { documents, background, counterExamples: [], intents: labels.length, seed };
  const trained = await trainAside(lessons);
  const recogniser = createRecogniser(trained, lessons);
  const trainingSeconds = (performance.now() - began) / 1_000;
  const predictions = test.map(({ text }): Prediction => {
    const start = performance.now();
    const { intents, inScope: scope } = recogniser.recognise(normalise(text));
    const latency_us = (performance.now() - start) * 1_000;
    const [first] = intents;
    return { text, intent: labels[first?.label ?? -1] ?? "", score: first?.score ?? 0, scope, latency_us };
  });
  const judged = predictions.map(({ intent, score, scope }, i) => ({
    ...{ wanted: test[i]?.intent ?? null, intent, score, scope },
  }));
  return { predictions, metrics: metricsOf(judged), trainingSeconds };
}
