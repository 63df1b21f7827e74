import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { RoutableIntent } from "../../src/routing/intent-name.ts";
import { createNormaliser } from "../../src/routing/normalise.ts";
import { findAlike } from "../../src/routing/overlap/alike.ts";
import type { HeldOut } from "../../src/routing/overlap/held-out.ts";
import { overlapsOf } from "../../src/routing/overlap/pairs.ts";
import { overlapReport, overlapSummary } from "../../src/routing/overlap/report.ts";
import { type SmallFleet, writeSmallFleet } from "../support/small-fleet.ts";

const name = (intent: string) => ({ cluster: "c", agent: "A", intent });
const key = (intent: string) => `c / A / ${intent}`;
const heldOut = (from: string, to: string, changes: Partial<HeldOut> = {}): HeldOut => ({
  ...{ text: `${from} as ${to}`, intent: name(from), taken: name(to), score: 0.7, isServed: false },
  ...changes,
});
const many = (count: number, one: HeldOut): HeldOut[] => Array.from({ length: count }, () => one);

describe("intents that are taken for each other", () => {
  it("are listed in pairs, whatever the direction, what happens most first, and the surest example first", () => {
    const overlaps = overlapsOf(
      [
        ...[heldOut("b", "a", { score: 0.5 }), heldOut("a", "b", { score: 0.9 }), heldOut("a", "c")],
        ...many(9, heldOut("a", "a")),
      ],
      [],
    );
    assert.deepEqual(
      overlaps.map(({ intents, taken }) => [...intents, taken.length]),
      [
        [key("a"), key("b"), 2],
        [key("a"), key("c"), 1],
      ],
    );
    assert.equal(overlaps[0]?.taken[0]?.score, 0.9);
  });
  it("are not those of which nothing came into question, and not an intent with itself", () => {
    assert.deepEqual(overlapsOf([heldOut("a", "a"), heldOut("a", "b", { taken: undefined })], []), []);
  });
  it("are to be merged where a quarter goes astray in both directions, and otherwise sharpened", () => {
    const advice = (lines: HeldOut[]) => overlapsOf(lines, [])[0]?.advice;
    const both = [heldOut("a", "b"), heldOut("b", "a")];
    assert.equal(advice([...both, ...many(6, heldOut("a", "a"))]), "merge");
    assert.equal(advice([...both, ...many(7, heldOut("a", "a"))]), "sharpen");
    assert.equal(advice([heldOut("a", "b"), heldOut("a", "b"), heldOut("b", "b")]), "sharpen");
  });
  it("are shown with examples and advice", () => {
    const alike = [{ a: key("b"), b: key("a"), texts: ["say x", "say the x"] as [string, string], cosine: 0.9 }];
    const overlaps = overlapsOf([heldOut("a", "b", { isServed: true })], alike);
    const report = overlapReport(overlaps);
    assert.match(report, /c \/ A \/ a {2}and {2}c \/ A \/ b/);
    assert.match(report, /1 taken for the other, 1 nearly the same/);
    assert.match(report, /"a as b" → c \/ A \/ b 0\.70 \(would be served\)/);
    assert.match(report, /"say x" ≈ "say the x" 0\.90/);
    assert.match(report, /Sharpen them/);
    assert.match(overlapSummary(overlaps), /1 pairs? of intents/);
    assert.equal(overlapReport([]), "No intents overlap.");
  });
});

describe("utterances that are nearly the same", () => {
  const intent = (label: string, ...utterances: string[]): RoutableIntent => ({ name: name(label), utterances });
  const normalise = createNormaliser({ customer: ["Fabrikam", "Northwind"] });
  const alike = (...intents: RoutableIntent[]) => findAlike(intents, normalise);

  it("are found between intents: the same words with another name count as one", () => {
    const [found] = alike(
      intent("a", "Show the contacts of Fabrikam", "Open a ticket"),
      intent("b", "Show the contacts of Northwind!", "Which bills are late?"),
    );
    assert.deepEqual([found?.a, found?.b, found?.cosine], [key("a"), key("b"), 1]);
  });
  it("are found where a word is added, and not where the words are others", () => {
    const found = alike(
      intent("a", "list all the open invoices of this customer please"),
      intent("b", "list all the open invoices of this customer", "how many days of leave do I have"),
    );
    assert.equal(found.length, 1);
    assert.ok((found[0]?.cosine ?? 0) > 0.75 && (found[0]?.cosine ?? 0) < 1);
  });
  it("do no harm within one intent", () => assert.deepEqual(alike(intent("a", "Show it", "show it!")), []));
});

describe("npm run registry -- overlaps", () => {
  let fleet: SmallFleet;
  before(() => {
    fleet = writeSmallFleet();
    // Two intents of one meaning: what one says, the other says too.
    fleet.change("Canteen Desk", (record) => {
      const [menu, slip] = record.intent_patterns;
      if (menu === undefined || slip === undefined) return;
      const said = menu.example_utterances;
      menu.example_utterances = said.filter((_, i) => i % 2 === 0);
      slip.example_utterances = said.filter((_, i) => i % 2 === 1);
    });
  });
  after(() => fleet.remove());
  const overlaps = (...args: string[]) =>
    spawnSync(process.execPath, ["src/registry-cli.ts", "overlaps", "--manifest", fleet.manifest, ...args], {
      encoding: "utf8",
    });

  it("finds two intents of one meaning", () => {
    const { status, stdout, stderr } = overlaps("--json");
    assert.equal(status, 0, stderr);
    const [first] = JSON.parse(stdout);
    assert.deepEqual(Object.keys(first), ["intents", "taken", "alike", "advice", "why"]);
    assert.deepEqual(first.intents, ["hr-legal / Canteen Desk / canteen-menu", "hr-legal / Canteen Desk / pay-slip"]);
    assert.ok(first.taken.length > 1);
  });
  it("refuses what it does not know", () => {
    const { status, stderr } = overlaps("--accept");
    assert.equal(status, 2);
    assert.match(stderr, /accept[\s\S]*overlaps \[--json\]/);
  });
}).timeout(120_000);
