import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nearNames } from "../../src/registry/near-names.ts";
import { loadFiledFleet } from "../../src/registry-cli/filed-fleet.ts";
import { type Accepted, acceptable, acceptedText } from "../../src/routing/golden/accepted.ts";
import { checkRouting } from "../../src/routing/golden/check.ts";
import { compare } from "../../src/routing/golden/compare.ts";
import { type Figures, figuresOf } from "../../src/routing/golden/figures.ts";
import { gatesOf } from "../../src/routing/golden/gates.ts";
import { type JudgedLine, judgeLine } from "../../src/routing/golden/judge.ts";
import { readGolden } from "../../src/routing/golden/lines.ts";
import { findRegistered } from "../../src/routing/golden/registered.ts";
import { createNormaliser } from "../../src/routing/normalise.ts";
import type { RoutingDecision } from "../../src/routing/router.ts";
import { aCandidate } from "../support/samples.ts";
import { type SmallFleet, writeSmallFleet } from "../support/small-fleet.ts";

const registry = (...args: string[]) =>
  spawnSync(process.execPath, ["src/registry-cli.ts", ...args], { encoding: "utf8" });

const overdue = { cluster: "finance", agent: "Invoice Agent", intent: "overdue-invoices" };
const status = { ...overdue, intent: "invoice-status" };

const aDecision = (changes: Partial<RoutingDecision> = {}): RoutingDecision => ({
  ...{ outcome: "serve", reason: "", clusterId: "finance", chosen: aCandidate({ score: 0.9 }) },
  candidates: [aCandidate({ score: 0.9 }), aCandidate({ intent: "invoice-status", score: 0.05 })],
  phase1: {
    clusters: [{ clusterId: "finance", score: 0.95 }],
    evidence: { margin: 5, overNone: 5, coverage: 1, nearness: 1, known: 1 },
    ...{ inScope: 1, shortlist: 3, widened: false, shortlistMissed: false },
  },
  phase2: { scores: [], margin: 0.85, threshold: 0.8, fanOut: [] },
  ...{ thresholds: { clarify: 0.6, serve: 0.8 }, registryVersion: "r", model: "m" },
  ...changes,
});

let number = 0;
const judged = (changes: Partial<JudgedLine> = {}): JudgedLine => {
  number += 1;
  return {
    ...{
      text: `sentence ${number}`,
      line: number,
      expect: overdue,
      outcome: "serve",
      best: { ...overdue, score: 0.9 },
    },
    ...{ isRight: true, isRightCluster: true, isOffered: true, isAsExpected: true },
    ...changes,
  };
};
const unsure = (changes: Partial<JudgedLine> = {}): JudgedLine =>
  judged({ outcome: "handoff", best: { ...overdue, score: 0.7 }, isAsExpected: false, ...changes });
const wrong = (changes: Partial<JudgedLine> = {}): JudgedLine =>
  judged({ best: { ...status, score: 0.85 }, isRight: false, isOffered: false, isAsExpected: false, ...changes });
const versions = { registryVersion: "r", goldenVersion: "g" };
const acceptedOf = (lines: readonly JudgedLine[]) => acceptable(lines, figuresOf(lines), versions);
const compared = (before: readonly JudgedLine[], now: readonly JudgedLine[]) =>
  compare(acceptedOf(before), { judged: now, figures: figuresOf(now) });

describe("what becomes of a golden sentence", () => {
  const line = { text: "t", line: 1 };

  it("is right when the agent and the intent that were meant serve it", () => {
    const { isRight, isAsExpected, isRightCluster } = judgeLine({ ...line, expect: overdue }, aDecision());
    assert.deepEqual([isRight, isAsExpected, isRightCluster], [true, true, true]);
    const other = judgeLine({ ...line, expect: status }, aDecision());
    assert.deepEqual([other.isRight, other.isAsExpected, other.isOffered], [false, false, true]);
  });
  it("is not as expected when nobody serves it, though the right one is offered", () => {
    const { isRight, isAsExpected, isOffered, best } = judgeLine(
      { ...line, expect: overdue },
      aDecision({ outcome: "clarify", chosen: undefined }),
    );
    assert.deepEqual([isRight, isAsExpected, isOffered, best?.score], [true, false, true, 0.9]);
  });
  it("that is out of scope, or vague, is as expected when nobody serves it", () => {
    for (const expect of ["out-of-scope", "vague"] as const) {
      assert.equal(judgeLine({ ...line, expect }, aDecision()).isAsExpected, false);
      const left = aDecision({ outcome: "clarify", chosen: undefined, candidates: [] });
      assert.equal(judgeLine({ ...line, expect }, left).isAsExpected, true);
    }
  });
});

describe("the figures of a golden set", () => {
  it("are counts of what is served, right and offered, for the fleet, its clusters and its intents", () => {
    const { inScope, clusters, intents, outOfScope, vague } = figuresOf([
      judged(),
      wrong({ expect: overdue }),
      unsure({ expect: status, isRight: false, isRightCluster: false }),
      judged({ expect: "out-of-scope", isRight: false, isAsExpected: false }),
      unsure({ expect: "out-of-scope", isRight: false, isAsExpected: true }),
      unsure({ expect: "vague", isRight: false, isAsExpected: true }),
    ]);
    const counts = ({ lines, served, right, rightCluster, offered }: typeof inScope) => [
      ...[lines, served, right, rightCluster, offered],
    ];
    assert.deepEqual(counts(inScope), [3, 2, 1, 2, 1]);
    assert.deepEqual(Object.keys(clusters), ["finance"]);
    assert.deepEqual(Object.keys(intents), [
      "finance / Invoice Agent / invoice-status",
      "finance / Invoice Agent / overdue-invoices",
    ]);
    assert.deepEqual(
      [outOfScope, vague],
      [
        { lines: 2, served: 1 },
        { lines: 1, served: 0 },
      ],
    );
  });
  it("hold the calibration error: 0.9 said and all right is 0.1; half of it out of scope is 0.4", () => {
    const right = [judged(), judged()];
    assert.equal(figuresOf(right).inScope.ece, 0.1);
    const outside = [1, 2].map(() => judged({ expect: "out-of-scope", isRight: false, isAsExpected: false }));
    assert.equal(figuresOf([...right, ...outside]).eceWithOutOfScope, 0.4);
    assert.equal(figuresOf([]).inScope.ece, null);
  });
});

describe("what was accepted, against what is now", () => {
  it("a sentence that is lost is a drop of the fleet, the cluster and the intent, and is named", () => {
    const kept = [judged(), judged(), judged()];
    const before = judged();
    const { drops, moves } = compared([...kept, before], [...kept, { ...unsure(), text: before.text, line: 4 }]);
    assert.deepEqual(
      drops.filter(({ name }) => name === "served").map(({ group, name }) => `${group}: ${name}`),
      ["all: served", "finance: served", "finance / Invoice Agent / overdue-invoices: served"],
    );
    assert.deepEqual([drops[0]?.from, drops[0]?.to], [1, 0.75]);
    assert.deepEqual(
      moves.map(({ line, was, to }) => [line, was, to.outcome, to.score]),
      [[4, "lost", "handoff", 0.7]],
    );
  });
  it("one that is lost and one that is won leave the fleet's figure, and both are named", () => {
    const [a, b] = [judged(), judged({ expect: status, best: { ...status, score: 0.9 } })];
    const lost = { ...unsure(), text: a.text, line: a.line };
    const was = { ...unsure({ expect: status, best: { ...status, score: 0.7 } }), text: b.text, line: b.line };
    const { drops, gains, moves } = compared([a, was], [lost, b]);
    assert.deepEqual(
      moves.map((move) => move.was),
      ["lost", "won"],
    );
    assert.ok(!drops.some(({ group, name }) => group === "all" && name === "served"));
    assert.ok(drops.some(({ group }) => group === "finance / Invoice Agent / overdue-invoices"));
    assert.ok(gains.some(({ group }) => group === "finance / Invoice Agent / invoice-status"));
  });
  it("one that goes astray in another way has moved; one whose score alone is another has not", () => {
    const was = unsure();
    const here = { text: was.text, line: was.line };
    assert.deepEqual(
      compared([was], [{ ...wrong(), ...here }]).moves.map((move) => move.was),
      ["moved"],
    );
    assert.deepEqual(compared([was], [{ ...unsure({ best: { ...overdue, score: 0.5 } }), ...here }]).moves, []);
  });
  it("more that leaks is a drop, and so is a vague one that is guessed", () => {
    for (const expect of ["out-of-scope", "vague"] as const) {
      const left = unsure({ expect, isRight: false, isAsExpected: true });
      const leaked = { ...judged({ expect, isRight: false, isAsExpected: false }), text: left.text };
      const dropped = compared([left], [leaked]).drops.map(({ name }) => name);
      assert.ok(dropped.includes(expect === "vague" ? "vague served" : "out of scope served"));
      assert.equal(compared([leaked], [left]).drops.length, 0);
    }
  });
  it("the calibration error is judged from a hundred sentences on, and may waver by half a point", () => {
    const at = (score: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...judged({ best: { ...overdue, score } }), text: `t${i}` }));
    const errors = (from: number, to: number, count: number) =>
      compared(at(from, count), at(to, count)).drops.filter(({ name }) => name === "calibration error").length;
    assert.equal(errors(0.95, 0.9, 99), 0);
    assert.equal(errors(0.95, 0.947, 100), 0);
    assert.ok(errors(0.95, 0.9, 100) > 0);
  });
  it("the file has one line for each figure and each sentence, in the same order every time", () => {
    const lines = [unsure({ text: "b" }), unsure({ text: "a" }), judged({ text: "c" })];
    const text = acceptedText(acceptedOf(lines));
    assert.equal(text, acceptedText(acceptedOf([...lines].reverse())));
    assert.deepEqual(JSON.parse(text), acceptedOf(lines));
    assert.equal(text.split("\n").filter((line) => /"text":/.test(line)).length, 2);
    assert.ok(text.indexOf('"text":"a"') < text.indexOf('"text":"b"'));
  });
});

describe("the gates of routing", () => {
  const tally = { lines: 100, served: 90, right: 90, rightCluster: 100, offered: 10, ece: 0 };
  const enough: Figures = {
    ...{ inScope: tally, eceWithOutOfScope: 0, clusters: {}, intents: { i: { ...tally, lines: 6 } } },
    ...{ outOfScope: { lines: 200, served: 4 }, vague: { lines: 100, served: 0 } },
  };
  const missed = (figures: Figures, intents = ["i"]): string[] =>
    gatesOf(figures, intents, []).flatMap(({ name, holds }) => (holds ? [] : [name]));

  it("hold at 90 % served, 97 % right, 2 % leaked, 6, 200 and 100 lines", () => {
    assert.deepEqual(missed(enough), []);
    assert.deepEqual(missed({ ...enough, inScope: { ...tally, served: 100, right: 97 } }), []);
  });
  for (const [what, figures, gate] of [
    ["89 % served", { inScope: { ...tally, served: 89, right: 89 } }, /^served of what is in scope/],
    ["96 % right", { inScope: { ...tally, served: 100, right: 96 } }, /^right among served/],
    ["nothing served", { inScope: { ...tally, served: 0, right: 0 } }, /^right among served/],
    ["five of 200 leaked", { outOfScope: { lines: 200, served: 5 } }, /out of scope: 2 %/],
    ["five lines for an intent", { intents: { i: { ...tally, lines: 5 } } }, /^every intent/],
    ["no lines for an intent", { intents: {} }, /^every intent/],
    ["199 out-of-scope lines", { outOfScope: { lines: 199, served: 0 } }, /^200 out-of-scope/],
    ["99 vague lines", { vague: { lines: 99, served: 0 } }, /^100 vague/],
  ] as const)
    it(`are missed with ${what}`, () => assert.match(missed({ ...enough, ...figures })[0] ?? "", gate));

  it("find a golden sentence that was taught, whatever customer it names", () => {
    const normalise = createNormaliser({ customer: ["Fabrikam", "Northwind Traders"] });
    const agent = {
      display_name: "Invoice Agent",
      intent_patterns: [{ intent_label: "overdue", example_utterances: ["Which Fabrikam invoices are overdue?"] }],
      counter_examples: ["Pay my taxes"],
    } as unknown as Parameters<typeof findRegistered>[1][number];
    const line = (text: string) => ({ text, line: 7, expect: "vague" as const });
    const found = findRegistered(
      [line("which Northwind invoices are overdue"), line("pay my taxes!"), line("pay them")],
      [agent],
      normalise,
    );
    assert.deepEqual(
      found.map(({ as }) => as),
      ["utterance of Invoice Agent / overdue", "counter-example of Invoice Agent"],
    );
  });
});

describe("names that somebody may have meant", () => {
  const names = ["Invoice Agent", "Customer 360", "Budget Variance"];
  it("are near in their letters, the nearest first", () => {
    assert.deepEqual(nearNames("Invoce Agent", names), ["Invoice Agent"]);
    assert.deepEqual(nearNames("variance of budget", names), ["Budget Variance"]);
    assert.deepEqual(nearNames("zzz", names), []);
  });
});

describe("routing as a whole", () => {
  let fleet: SmallFleet;
  before(() => {
    fleet = writeSmallFleet();
  });
  after(() => fleet.remove());
  /** Routes every sentence as the golden set has it, but for those that go astray. */
  const checked = (astray: readonly string[], before?: Accepted) => {
    const filed = loadFiledFleet(fleet.manifest);
    const golden = readGolden(join(fleet.manifest, "golden/routing.jsonl"), filed.registry.agents);
    const route = (text: string): RoutingDecision => {
      const expect = golden.find((one) => one.text === text)?.expect;
      if (typeof expect !== "object" || astray.includes(text))
        return aDecision({ outcome: "clarify", chosen: undefined, candidates: [] });
      const { cluster, agent, intent } = expect;
      const chosen = aCandidate({ clusterId: cluster, displayName: agent, intent, score: 0.99 });
      const phase1 = { ...aDecision().phase1, clusters: [{ clusterId: cluster, score: 0.99 }] };
      return aDecision({ chosen, candidates: [chosen], phase1 });
    };
    return checkRouting(golden, { ...filed, router: { route: async (text) => route(text) }, accepted: before });
  };

  it("is sound where nothing dropped and every gate holds, and not before something was accepted", async () => {
    const first = await checked([]);
    assert.deepEqual([first.isSound, first.comparison], [false, undefined]);
    assert.equal((await checked([], first.acceptable)).isSound, true);
  });
  it("is not sound where a single sentence is lost, also above the gates; what was accepted then is sound again", async () => {
    const lost = "Please show me the parcel delivery";
    const { isSound, gates, comparison, acceptable: now } = await checked([lost], (await checked([])).acceptable);
    assert.deepEqual([isSound, gates.every(({ holds }) => holds)], [false, true]);
    assert.deepEqual(
      comparison?.moves.map(({ to }) => to.text),
      [lost],
    );
    assert.equal((await checked([lost], now)).isSound, true);
  });
  it("knows when the golden set is another one", async () => {
    const { acceptable: before } = await checked([]);
    fleet.writeGolden(fleet.golden.slice(1));
    const { isOtherGolden, gates } = await checked([], before);
    assert.equal(isOtherGolden, true);
    assert.equal(gates.find(({ name }) => name.startsWith("every intent"))?.holds, false);
    fleet.writeGolden(fleet.golden);
  });
});

describe("npm run registry -- check-routing", () => {
  let fleet: SmallFleet;
  before(() => {
    fleet = writeSmallFleet();
  });
  after(() => fleet.remove());
  const accepted = () => join(fleet.manifest, "golden/accepted.json");
  const check = (...args: string[]) => registry("check-routing", "--manifest", fleet.manifest, ...args);

  it("accepts what passes the gates, and is content from then on; the same fleet gives the same file", () => {
    const first = check("--accept");
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /Nothing was accepted yet[\s\S]*accepted\.json is written/);
    assert.doesNotMatch(first.stdout, /MISSED/);
    const stored = readFileSync(accepted(), "utf8");
    const again = check("--accept", "--json");
    assert.equal(again.status, 0, again.stderr);
    const { isSound, figures, comparison, overlaps } = JSON.parse(again.stdout);
    assert.deepEqual([isSound, figures.inScope.lines, comparison.drops, comparison.moves], [true, 48, [], []]);
    assert.ok(Array.isArray(overlaps));
    assert.equal(readFileSync(accepted(), "utf8"), stored);
  });
  it("names every sentence that a changed registry loses, with where it goes, and lets nothing be accepted past a gate", () => {
    let taken: string[] = [];
    fleet.change("Printer Desk", ({ intent_patterns: [toner] }) => {
      if (toner === undefined) return;
      taken = toner.example_utterances;
      toner.example_utterances = ["Reset the fax", "Is the fax busy?", "Send this by fax"];
    });
    fleet.change("Canteen Desk", ({ intent_patterns: [menu] }) => {
      if (menu !== undefined) menu.example_utterances = taken;
    });
    fleet.change("Parcel Desk", (record) => {
      record.status = "suspended";
    });
    const { status: code, stdout } = check("--accept");
    assert.equal(code, 1);
    assert.match(stdout, /DROPPED {2}all: right among served 100\.0 % → \d+\.\d %/);
    assert.match(stdout, /DROPPED {2}it-security \/ Printer Desk \/ printer-toner: right among served/);
    const lost = /lost {5}line \d+ "Tell me the news about the ink cartridges": as expected → served by hr-legal/;
    assert.match(stdout, lost);
    assert.match(stdout, /canteen-menu [01]\.\d\d; expected it-security \/ Printer Desk \/ printer-toner/);
    assert.match(stdout, /12 lines are left out: their agents are not in service/);
    assert.match(stdout, /MISSED {2}right among served/);
  });
  it("says which golden lines are wrong, all at once, with the cure", () => {
    const line = (expect: unknown) => JSON.stringify({ text: `unlike any other ${JSON.stringify(expect)}`, expect });
    fleet.writeGolden([
      "{oops",
      line("nonsense"),
      line({ cluster: "sales", agent: "Parcle Desk", intent: "track-parcel" }),
      line({ cluster: "finance", agent: "Parcel Desk", intent: "trak-parcel" }),
      '{"text": "", "expect": "vague"}',
      '{"text": "Twice", "expect": "vague"}',
      '{"text": "twice", "expect": "vague"}',
    ]);
    const { status: code, stderr } = check();
    assert.equal(code, 2);
    for (const told of [
      /routing\.jsonl, line 1: is not valid JSON\. Cure: a line is/,
      /line 2: expect: must be \{"cluster"/,
      /line 3: no agent is called "Parcle Desk"\. Cure: choose "Parcel Desk"/,
      /line 4: Parcel Desk is not of the cluster "finance"\. Cure: write "sales"/,
      /line 4: Parcel Desk has no intent "trak-parcel"\. Cure: choose "track-parcel"/,
      /line 5: text: /,
      /line 7: "twice" stands in line 6 already/,
    ])
      assert.match(stderr, told);
    fleet.writeGolden(fleet.golden);
  });
  it("says what is wrong with the call, the folder and the accepted file", () => {
    const broken = check("--frobnicate");
    assert.equal(broken.status, 2);
    assert.match(broken.stderr, /frobnicate[\s\S]*--accept/);
    assert.match(registry("check-routing", "--manifest", "nowhere").stderr, /nowhere[\s\S]*--manifest/);
    assert.match(registry("chek").stderr, /no command "chek"[\s\S]*check-routing/);
    assert.equal(registry("chek").status, 2);
    assert.equal(registry("--help").status, 0);
    assert.match(registry("check-routing", "--help").stdout, /--accept[\s\S]*Exit codes/);
  });
}).timeout(120_000);
