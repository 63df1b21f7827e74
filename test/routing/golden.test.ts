import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { RoutingDecision } from "../../src/routing/router.ts";
import { theRouter } from "../support/fleet.ts";

const Line = z.object({
  text: z.string().min(1),
  expect: z.union([
    z.object({ cluster: z.string(), agent: z.string(), intent: z.string() }),
    z.literal("out-of-scope"),
    z.literal("vague"),
  ]),
});
const golden = readFileSync("manifest/golden/routing.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => Line.parse(JSON.parse(line)));

/** Sentences that are in no record. A change of the registry or the scorer that makes these counts worse is seen here. */
describe("routing, on sentences that were never registered", () => {
  let outcomes: (z.infer<typeof Line> & { decision: RoutingDecision })[];
  let inScope: typeof outcomes;
  let served: typeof outcomes;
  before(async () => {
    const router = await theRouter();
    outcomes = await Promise.all(golden.map(async (line) => ({ ...line, decision: await router.route(line.text) })));
    inScope = outcomes.filter(({ expect }) => typeof expect === "object");
    served = inScope.filter(({ decision }) => decision.outcome === "serve");
  });
  const isRight = ({ expect, decision }: (typeof outcomes)[number]): boolean =>
    typeof expect === "object" &&
    decision.chosen?.displayName === expect.agent &&
    decision.chosen.intent === expect.intent;
  const list = (lines: typeof outcomes): string =>
    lines
      .map(
        ({ text, decision }) =>
          `${text} → ${decision.outcome} ${decision.candidates[0]?.intent} ${decision.candidates[0]?.score.toFixed(2)}`,
      )
      .join("\n");

  it("serves most of what the fleet can do, by the right agent", () => {
    const right = served.filter(isRight);
    assert.ok(
      right.length / inScope.length >= 0.8,
      `${right.length} of ${inScope.length}\n${list(inScope.filter((one) => !isRight(one)))}`,
    );
  });

  it("is right when it serves: the score is what it says", () => {
    const wrong = served.filter((one) => !isRight(one));
    assert.ok(wrong.length / served.length <= 0.03, list(wrong));
  });

  it("serves nothing that the fleet does not do", () => {
    const leaked = outcomes.filter(({ expect, decision }) => expect === "out-of-scope" && decision.outcome === "serve");
    assert.deepEqual(
      leaked.map(({ text }) => text),
      [],
    );
  });

  it("asks when somebody is vague, and never guesses", () => {
    const vague = outcomes.filter(({ expect }) => expect === "vague");
    const guessed = vague.filter(({ decision }) => decision.outcome === "serve");
    assert.deepEqual(
      guessed.map(({ text }) => text),
      [],
    );
    const asked = vague.filter(({ decision }) => decision.outcome === "clarify");
    assert.ok(asked.length / vague.length >= 0.9, list(vague.filter((one) => !asked.includes(one))));
  });

  it("offers the right agent among the first five when it is not sure", () => {
    const unsure = inScope.filter(({ decision }) => decision.outcome !== "serve");
    const missing = unsure.filter(
      ({ expect, decision }) =>
        typeof expect === "object" && !decision.candidates.some(({ intent }) => intent === expect.intent),
    );
    assert.ok(missing.length <= 3, list(missing));
  });
});
