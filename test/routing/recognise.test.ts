import assert from "node:assert/strict";
import { createRecogniser } from "../../src/routing/recognise.ts";
import { createBm25 } from "../../src/routing/recogniser/bm25.ts";
import { randomFrom } from "../../src/routing/recogniser/rounds.ts";
import { trainAside } from "../../src/routing/recogniser/train-aside.ts";

describe("the word index", () => {
  const documents = [
    { text: "refund the order", label: 0 },
    { text: "money back for the order", label: 0 },
    { text: "track the parcel", label: 1 },
  ];
  it("proposes the intents whose texts share words, the nearest first, and no others", () => {
    const index = createBm25(documents, 3);
    assert.deepEqual(index.shortlist("where is the parcel", 5), [1, 0]);
    assert.deepEqual(index.shortlist("order refund", 1), [0]);
    assert.deepEqual(index.shortlist("good morning", 5), []);
  });
  it("remembers nothing from one search to the next", () => {
    const index = createBm25(documents, 3);
    index.shortlist("refund the order", 5);
    assert.deepEqual(index.shortlist("parcel", 5), [1]);
  });
});

describe("a registry of thousands of intents", () => {
  /** Intents of three telling words each, in sentences of common ones. */
  const fleet = (intents: number) => {
    const random = randomFrom(5);
    const word = (of: number): string => `w${Math.floor(random() * of).toString(36)}x`;
    const keys = Array.from({ length: intents }, () => [word(9_000), word(9_000), word(9_000)]);
    const sentence = (label: number): string => {
      const [a = "", b = "", c = ""] = keys[label] ?? [];
      return [word(60), a, word(60), random() < 0.5 ? b : c, word(60)].join(" ");
    };
    return { sentence };
  };
  it("is learnt and recognised without a weight for every word and every intent", async () => {
    const intents = 1_200;
    const { sentence } = fleet(intents);
    const documents = Array.from({ length: 6 * intents }, (_, i) => ({
      ...{ text: sentence(i % intents), label: i % intents, isExample: true },
    }));
    const trained = await trainAside({
      documents,
      background: ["good morning", "how are you"],
      counterExamples: [],
      intents,
      seed: 1,
    });
    assert.equal(trained.linear.kind, "sparse");
    const recogniser = createRecogniser(trained, { documents, counterExamples: [], intents });
    const wanted = Array.from({ length: 200 }, (_, i) => i * 5);
    const right = wanted.filter((label) => recogniser.recognise(sentence(label)).intents[0]?.label === label);
    assert.ok(right.length >= 180, `${right.length} of 200`);
  }).timeout(120_000);
});
