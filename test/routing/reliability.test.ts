import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { calibrationError, reliabilityCurve, type Scored } from "../../src/routing/reliability/curve.ts";
import { binned, driftOf, populationStability } from "../../src/routing/reliability/drift.ts";
import { type Outcome, outcomesOf, type StoredTurn } from "../../src/routing/reliability/outcome.ts";
import { reliabilityOf } from "../../src/routing/reliability/report.ts";
import { reliabilityTable } from "../../src/routing/reliability/table.ts";
import { neededAt, thresholdAdvice, wilsonLowerBound } from "../../src/routing/reliability/threshold.ts";
import { type Office, openOffice } from "../support/office.ts";

const close = (actual: number | null, expected: number, within = 0.0005): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const scored = (score: number, right: number, wrong: number): Scored[] => [
  ...times(right, { score, right: true }),
  ...times(wrong, { score, right: false }),
];

describe("the reliability curve", () => {
  it("has fifteen bins of equal width; a score of 1 is in the last one", () => {
    const curve = reliabilityCurve(scored(1, 1, 0));
    assert.equal(curve.length, 15);
    assert.equal(curve[14]?.count, 1);
    assert.deepEqual([curve[0]?.meanScore, curve[0]?.shareRight], [null, null]);
  });
  for (const [what, decisions, error] of [
    ["0.9 said, 9 of 10 right", scored(0.9, 9, 1), 0],
    ["0.9 said, all right", scored(0.9, 10, 0), 0.1],
    ["0.9 said, half of them right", scored(0.9, 5, 5), 0.4],
    // (10 · |1 − 0.9| + 30 · |0.5 − 0.7|) / 40
    ["two bins, weighted by their counts", [...scored(0.9, 10, 0), ...scored(0.7, 15, 15)], 0.175],
    // In one bin: mean score 0.96, all right
    ["two scores of one bin", [...scored(0.94, 1, 0), ...scored(0.98, 1, 0)], 0.04],
  ] as const)
    it(`${what}: the calibration error is ${error}`, () =>
      close(calibrationError(reliabilityCurve(decisions)), error, 1e-9));
  it("of nothing has no error", () => assert.equal(calibrationError(reliabilityCurve([])), null));
});

describe("the drift of scores", () => {
  for (const [what, reference, latest, psi] of [
    ["the same shares", [10, 20, 70], [1, 2, 7], 0],
    // (0.25 − 0.5) · ln(0.25 / 0.5) + (0.75 − 0.5) · ln(0.75 / 0.5) = 0.1733 + 0.1014
    ["a half that became three quarters", [50, 50], [25, 75], 0.2747],
    // 0.1 · ln(0.6 / 0.5) + (−0.1) · ln(0.4 / 0.5)
    ["a half that became six tenths", [50, 50], [60, 40], 0.0405],
    // An empty bin counts as half a case of 100: (0.005 − 0.5) · ln(0.01) + (1 − 0.5) · ln 2
    ["a half that is gone", [50, 50], [0, 100], 2.6262],
  ] as const)
    it(`${what}: the index is ${psi}`, () => close(populationStability({ reference, latest }), psi));

  it("is measured in tenths of the reference, in fewer bins where scores are equal", () => {
    const tenths = Array.from({ length: 100 }, (_, i) => i / 100);
    assert.deepEqual(binned(tenths, [0.05, 0.95, 0.99]), {
      reference: times(10, 10),
      latest: [1, 0, 0, 0, 0, 0, 0, 0, 0, 2],
    });
    assert.deepEqual(binned(times(50, 0.9), [0.9, 0.2]), { reference: [0, 50], latest: [1, 1] });
  });
  const spread = (count: number, from: number, to: number): number[] =>
    Array.from({ length: count }, (_, i) => from + ((to - from) * i) / count);
  it("is read as stable below 0.1, as shifted from 0.25 on", () => {
    const reading = (latest: number[]) => {
      const drift = driftOf(spread(2_000, 0, 1), latest);
      return drift.state === "measured" ? drift.reading : drift.state;
    };
    assert.equal(reading(spread(500, 0, 1)), "stable");
    // Two tenths lack half of theirs, two have half as much again: 2 · 0.05 · ln 2 + 2 · 0.05 · ln 1.5 = 0.1099
    const moved = [...spread(50, 0, 0.2), ...spread(300, 0.2, 0.8), ...spread(150, 0.8, 1)];
    assert.equal(reading(moved), "moving");
    assert.equal(reading(spread(500, 0.5, 1)), "shifted");
  });
  it("is not told from chance with few scores: 16.919 · (1/n + 1/m) must be 0.1 or less", () => {
    assert.equal(driftOf(spread(848, 0, 1), spread(211, 0, 1)).state, "not-enough");
    assert.equal(driftOf(spread(848, 0, 1), spread(212, 0, 1)).state, "measured");
    assert.deepEqual(driftOf([], [0.5]), { state: "not-enough", byChance: null, reference: 0, latest: 1 });
  });
});

describe("advice on thresholds", () => {
  for (const [right, all, bound] of [
    [10, 10, 0.7225],
    [5, 10, 0.2366],
    [0, 10, 0],
    [97, 100, 0.9155],
    [125, 125, 0.9702],
    [0, 0, 0],
  ] as const)
    it(`of ${all}, ${right} right: at least ${bound} (Wilson)`, () => close(wilsonLowerBound(right, all), bound));
  it("needs 125 decisions where all are right, and more where some are not", () => {
    assert.equal(neededAt(1), 125);
    assert.ok(wilsonLowerBound(124, 124) < 0.97 && wilsonLowerBound(125, 125) >= 0.97);
    assert.ok(neededAt(0.98) > 500);
    assert.equal(neededAt(0.97), Number.POSITIVE_INFINITY);
  });
  it("is the lowest score above which 97 % are surely right", () => {
    const advice = thresholdAdvice([...scored(0.95, 300, 0), ...scored(0.7, 10, 10)]);
    assert.deepEqual(advice, {
      ...{ state: "advised", threshold: 0.95, known: 300, right: 300 },
      atLeast: wilsonLowerBound(300, 300),
    });
  });
  it("is not given from few, and says how many are missing", () => {
    assert.deepEqual(thresholdAdvice(scored(0.95, 100, 0)), { state: "not-enough", known: 100, missing: 25 });
    assert.deepEqual(thresholdAdvice([]), { state: "not-enough", known: 0, missing: 125 });
    assert.equal(thresholdAdvice(scored(0.95, 50, 50)).state, "not-enough");
  });
  it("says so where no score is good enough", () => {
    assert.deepEqual(thresholdAdvice(scored(0.95, 900, 100)), { state: "out-of-reach", known: 1_000, right: 900 });
  });
});

describe("what became of a decision", () => {
  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 10, minute));
  const best = { agentId: "invoice", intent: "overdue", clusterId: "finance", score: 0.9 };
  const routed = (outcome: string, changes: Partial<StoredTurn> = {}): StoredTurn => ({
    ...{ turnId: "t", parentTurnId: null, at: at(0), routing: { outcome, best } },
    ...(outcome === "serve" ? { agentId: "invoice", intent: "overdue" } : { agentId: null, intent: null }),
    ...changes,
  });
  const followed = (minute: number, changes: Partial<StoredTurn> = {}): StoredTurn => ({
    ...{ turnId: `f${minute}`, parentTurnId: "t", at: at(minute), agentId: "invoice", intent: "status", routing: null },
    ...changes,
  });
  const right = (turns: StoredTurn[], complaints: { turnId: string; at: Date }[] = []) =>
    outcomesOf(turns, complaints).map((one) => one.right);
  const complaint = (turnId: string, minute: number) => ({ turnId, at: at(minute) });
  const overdue = { intent: "overdue" };

  for (const [what, turns, complaints, expected] of [
    ["served, and nobody complained: right", [routed("serve")], [], true],
    ["served, and another one chosen: wrong", [routed("serve"), followed(1)], [], false],
    ["served, and “Wrong agent?”: wrong", [routed("serve")], [complaint("t", 1)], false],
    ["served, and a missing detail given: right", [routed("serve"), followed(1, overdue)], [], true],
    [
      "served, a detail given, and then another one chosen: wrong",
      [routed("serve"), followed(1, overdue), followed(2, { parentTurnId: "f1" })],
      [],
      false,
    ],
    [
      "served, “Wrong agent?” below the detail: wrong",
      [routed("serve"), followed(1, overdue)],
      [complaint("f1", 2)],
      false,
    ],
    ["asked, and nothing chosen: unknown", [routed("clarify")], [], undefined],
    ["asked, and the likeliest chosen: right", [routed("clarify"), followed(1, overdue)], [], true],
    ["asked, and another one chosen: wrong", [routed("clarify"), followed(1)], [], false],
    [
      "asked, the second chosen, and that was not it: unknown",
      [routed("clarify"), followed(1)],
      [complaint("f1", 2)],
      undefined,
    ],
    [
      "asked, another one chosen, then the likeliest after all: right",
      [routed("clarify"), followed(1), followed(2, overdue)],
      [],
      true,
    ],
    ["handed to people: unknown", [routed("handoff")], [], undefined],
    ["handed to people, and chosen on their card: known", [routed("handoff"), followed(1, overdue)], [], true],
    [
      "a person called after an answer: right, as far as is known",
      [routed("serve"), followed(1, { agentId: null, intent: null })],
      [],
      true,
    ],
  ] as [string, StoredTurn[], { turnId: string; at: Date }[], boolean | undefined][])
    it(what, () => assert.deepEqual(right(turns, complaints), [expected]));

  it("counts nothing of which nothing came into question, nor what continues a turn that was not read", () => {
    assert.deepEqual(right([routed("clarify", { routing: { outcome: "clarify", best: null } })]), []);
    assert.deepEqual(right([followed(1)], [complaint("gone", 1)]), []);
  });
});

describe("reliability from use", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const outcome = (daysAgo: number, changes: Partial<Outcome> = {}): Outcome => ({
    at: new Date(now.getTime() - daysAgo * 86_400_000),
    ...{ clusterId: "finance", score: 0.95, right: true },
    ...changes,
  });

  it("is told for the fleet and for each cluster, and leaves what is unknown out of the curve", () => {
    const groups = reliabilityOf(
      [outcome(1), outcome(2, { right: false }), outcome(3, { clusterId: "sales", right: undefined })],
      now,
    );
    assert.deepEqual(
      groups.map(({ group, decisions, known, right }) => [group, decisions, known, right]),
      [
        ["all", 3, 2, 1],
        ["finance", 2, 2, 1],
        ["sales", 1, 0, 0],
      ],
    );
    close(groups[0]?.calibrationError ?? null, 0.45, 1e-9);
    assert.equal(groups[2]?.calibrationError, null);
  });
  it("compares the last seven days with the 28 before, whatever is known of them", () => {
    const daysAgo = [0, 6.9, 7.1, 34.9, 35.1];
    const [all] = reliabilityOf(
      daysAgo.map((days) => outcome(days, { right: undefined })),
      now,
    );
    assert.deepEqual([all?.drift.latest, all?.drift.reference], [2, 2]);
  });
  it("is a table with a curve, and says where there is not enough yet", () => {
    const enough = reliabilityTable(reliabilityOf(times(130, outcome(1)), now), 90);
    assert.match(enough, /finance: 130 decisions, 130 known, 130 of them right/);
    assert.match(enough, /0\.93–1\.00 +130 +100 % +▓{29}│/);
    assert.match(enough, /threshold: 0\.95 would do: 130 of 130 right/);
    assert.match(enough, /drift: not enough yet \(130 scores of the last 7 days, 0 of the 28 before\)/);
    const few = reliabilityTable(reliabilityOf([outcome(1)], now), 90);
    assert.match(few, /threshold: not enough yet: 1 are known, and about 124 more are needed/);
    const none = reliabilityTable(reliabilityOf([], now), 90);
    assert.match(none, /calibration error: not enough yet/);
  });
});

describe("npm run ops -- reliability", () => {
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());
  const reliability = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const { PATH = "", HOME = "" } = process.env;
      const env = { PATH, HOME, DATABASE_URL: office.databaseUrl };
      execFile(process.execPath, ["src/cli.ts", "reliability", ...args], { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });

  it("has nothing to say before anybody spoke, and says so", async () => {
    const { code, out } = await reliability();
    assert.equal(code, 0);
    assert.match(out, /all: 0 decisions[\s\S]*not enough yet/);
  });
  it("counts an answer as right, “Wrong agent?” as wrong, and a choice on a card as what was meant", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("How many days of leave do I have left?");
    await maya.sees(/days of leave left/);
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.clicks(await maya.sees(/Overdue invoices/), "Wrong agent?");
    await maya.says("the usual please");
    // It may ask, or call people: both cards offer the likeliest.
    await maya.clicks(await maya.sees(/Which of these do you mean\?|was it one of these\?/), / \(.+\)$/);
    await maya.sees(/./);
    const { code, out } = await reliability("--json");
    assert.equal(code, 0);
    const { days, groups } = JSON.parse(out) as { days: number; groups: ReturnType<typeof reliabilityOf> };
    assert.equal(days, 90);
    const [all, ...clusters] = groups;
    assert.deepEqual([all?.decisions, all?.known, all?.right], [3, 3, 2]);
    const finance = clusters.find(({ group }) => group === "finance");
    assert.equal((finance?.known ?? 0) - (finance?.right ?? 0), 1);
  });
  it("refuses a number of days that is none", async () => {
    const { code, err } = await reliability("--days", "soon");
    assert.equal(code, 1);
    assert.match(err, /--days must be a whole number/);
  });
}).timeout(120_000);
