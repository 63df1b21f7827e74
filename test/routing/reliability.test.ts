import assert from "node:assert/strict";
import type { Correction, Intent } from "../../src/correction/correction.ts";
import { calibrationError, reliabilityCurve, type Scored } from "../../src/routing/reliability/curve.ts";
import { binned, driftOf, populationStability } from "../../src/routing/reliability/drift.ts";
import { type Outcome, outcomesOf, type StoredDecision } from "../../src/routing/reliability/outcome.ts";
import { type Recognition, recognitionOf } from "../../src/routing/reliability/recognition.ts";
import { reliabilityOf } from "../../src/routing/reliability/report.ts";
import { reliabilityTable } from "../../src/routing/reliability/table.ts";
import { neededAt, thresholdAdvice, wilsonLowerBound } from "../../src/routing/reliability/threshold.ts";
import { ops } from "../support/cli.ts";
import { theRegistry } from "../support/fleet.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

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

const stored = (changes: Partial<StoredDecision> = {}): StoredDecision => ({
  ...{
    at: new Date("2026-11-20T10:00:00Z"),
    outcome: "serve",
    word: null,
    widened: false,
    missed: false,
    opinion: null,
  },
  best: { agentId: "invoice", intent: "overdue", clusterId: "finance", score: 0.9 },
  ...changes,
});

describe("what became of a decision", () => {
  const overdue = { agentId: "invoice", intent: "overdue" };
  const status = { agentId: "invoice", intent: "status" };
  type Word = StoredDecision["word"];
  const word = (answered: Intent | null, chosen: Intent | null, state: Correction["state"] = "open"): Word => ({
    ...{ answered, chosen, state },
  });

  for (const [what, outcome, said, expected] of [
    ["served, and nobody corrected it: right", "serve", null, true],
    ["served, and another one chosen: wrong", "serve", word(overdue, status), false],
    ["served, and none of the fleet: wrong", "serve", word(overdue, null), false],
    [
      "served, another one chosen, and the owner lets it be learnt: wrong",
      "serve",
      word(overdue, status, "approved"),
      false,
    ],
    [
      "served, another one chosen, and the owner declines: unknown",
      "serve",
      word(overdue, status, "declined"),
      undefined,
    ],
    ["asked, and nothing chosen: unknown", "clarify", null, undefined],
    ["asked, and the likeliest chosen: right", "clarify", word(null, overdue), true],
    ["asked, and another one chosen: wrong", "clarify", word(null, status), false],
    ["asked, the likeliest chosen, and that was not it: wrong", "clarify", word(overdue, null), false],
    ["asked, the second chosen, and that was not it: unknown", "clarify", word(status, null), undefined],
    ["asked, the second chosen, then the likeliest after all: right", "clarify", word(status, overdue), true],
    ["handed to people: unknown", "handoff", null, undefined],
    ["handed to people, and chosen on their card: known", "handoff", word(null, overdue), true],
  ] as [string, StoredDecision["outcome"], Word, boolean | undefined][])
    it(what, () =>
      assert.deepEqual(
        outcomesOf([stored({ outcome, word: said })]).map((one) => one.right),
        [expected],
      ),
    );

  it("counts nothing of which nothing came into question", () =>
    assert.deepEqual(outcomesOf([stored({ outcome: "handoff", best: null })]), []));
});

describe("how recognising went", () => {
  it("counts how often the shortlist was widened, and had missed the winner", () => {
    const { decisions, widened, missed } = recognitionOf([
      ...times(7, stored()),
      ...times(2, stored({ widened: true })),
      stored({ widened: true, missed: true, outcome: "handoff", best: null }),
    ]);
    assert.deepEqual([decisions, widened, missed], [10, 3, 1]);
  });
  it("counts how often each second opinion was asked, and came in time", () => {
    const { opinions } = recognitionOf([
      stored(),
      ...times(3, stored({ opinion: { of: "search", inTime: true } })),
      stored({ opinion: { of: "search", inTime: false } }),
      stored({ opinion: { of: "embedding", inTime: false } }),
    ]);
    assert.deepEqual(opinions, [
      { of: "embedding", asked: 1, inTime: 0 },
      { of: "search", asked: 4, inTime: 3 },
    ]);
  });
  it("says so where nobody else was asked", () => {
    const none = reliabilityTable([], recognitionOf([]), 90);
    assert.match(none, /shortlist: widened 0 of 0 times, and had missed the winner 0 times/);
    assert.match(none, /second opinion: nobody else was asked/);
    const opinion = { of: "search", inTime: true };
    const some = reliabilityTable(
      [],
      recognitionOf([stored({ opinion }), stored({ widened: true, missed: true })]),
      90,
    );
    assert.match(some, /shortlist: widened 1 of 2 times \(50\.0 %\), and had missed the winner 1 time$/m);
    assert.match(some, /second opinion of search: asked 1 of 2 times \(50\.0 %\), in time 1 time \(100\.0 %\)/);
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
    const enough = reliabilityTable(reliabilityOf(times(130, outcome(1)), now), recognitionOf([]), 90);
    assert.match(enough, /finance: 130 decisions, 130 known, 130 of them right/);
    assert.match(enough, /0\.93–1\.00 +130 +100 % +▓{29}│/);
    assert.match(enough, /threshold: 0\.95 would do: 130 of 130 right/);
    assert.match(enough, /drift: not enough yet \(130 scores of the last 7 days, 0 of the 28 before\)/);
    const few = reliabilityTable(reliabilityOf([outcome(1)], now), recognitionOf([]), 90);
    assert.match(few, /threshold: not enough yet: 1 are known, and about 124 more are needed/);
    const none = reliabilityTable(reliabilityOf([], now), recognitionOf([]), 90);
    assert.match(none, /calibration error: not enough yet/);
  });
});

describe("npm run ops -- reliability", () => {
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());
  const reliability = (...args: string[]) => ops({ DATABASE_URL: office.databaseUrl }, "reliability", ...args);

  it("has nothing to say before anybody spoke, and says so", async () => {
    const { code, out } = await reliability();
    assert.equal(code, 0);
    assert.match(out, /all: 0 decisions[\s\S]*not enough yet/);
  });
  type Report = { days: number; recognition: Recognition; groups: ReturnType<typeof reliabilityOf> };
  const report = async (): Promise<Report> => {
    const { code, out } = await reliability("--json");
    assert.equal(code, 0);
    return JSON.parse(out) as Report;
  };
  const counts = async (): Promise<number[]> => {
    const [all] = (await report()).groups;
    return [all?.decisions ?? 0, all?.known ?? 0, all?.right ?? 0];
  };
  const intent = (label: string) => {
    const agent = theRegistry().agents.find((one) => one.intent_patterns.some((two) => two.intent_label === label));
    return { other: `${agent?.agent_id}/${label}` };
  };
  /** “Wrong agent?” below an answer, and who should have answered. */
  const corrects = async (who: Colleague, shown: Shown, label: string): Promise<void> => {
    await who.clicks(shown, "Wrong agent?");
    await who.clicks(await who.sees(/Who should have answered\?/), "Let them answer", intent(label));
  };

  it("counts an answer as right, a corrected one as wrong, and a choice on a card as what was meant", async () => {
    const maya = office.colleague("maya.lindqvist");
    await maya.says("How many days of leave do I have left?");
    await maya.sees(/days of leave left/);
    await maya.says("Which Fabrikam invoices are overdue?");
    await corrects(maya, await maya.sees(/Overdue invoices/), "receivables-ageing");
    await maya.sees(/because you chose it/);
    await maya.says("the usual please");
    // It may ask, or call people: both cards offer the likeliest.
    await maya.clicks(await maya.sees(/Which of these do you mean\?|was it one of these\?/), / \(.+\)$/);
    await maya.sees(/./);
    assert.deepEqual(await counts(), [3, 3, 2]);
    const { days, groups, recognition } = await report();
    const finance = groups.find(({ group }) => group === "finance");
    assert.equal((finance?.known ?? 0) - (finance?.right ?? 0), 1);
    assert.deepEqual([days, recognition.decisions, recognition.opinions], [90, 3, []]);
    assert.ok(recognition.widened >= 1, "“the usual please” is nobody's word");
  });
  it("counts one that its owner declined as unknown, and a taken back one as right", async () => {
    const noah = office.colleague("noah.fischer");
    const priya = office.colleague("priya.nair");
    await noah.says("Which invoices of Fabrikam are overdue?");
    await corrects(noah, await noah.sees(/Overdue invoices/), "receivables-ageing");
    await noah.sees(/because you chose it/);
    assert.deepEqual(await counts(), [4, 4, 2]);
    await priya.clicks(await priya.sees(/invoices of Fabrikam/), "Do not learn it", { reason: "One person's wording" });
    assert.deepEqual(await counts(), [4, 3, 2]);
    const amara = office.colleague("amara.diallo");
    await amara.says("Which Contoso invoices are overdue?");
    await corrects(amara, await amara.sees(/Overdue invoices/), "receivables-ageing");
    await corrects(amara, await amara.sees(/because you chose it/), "overdue-invoices");
    assert.deepEqual(await counts(), [5, 4, 3]);
  });
  it("takes the latest word where a turn has been corrected again after it was decided on", async () => {
    const noah = office.colleague("noah.fischer");
    await noah.says("wrong agent");
    await noah.clicks(await noah.sees(/Who should have answered\?/), "Let them answer", intent("invoice-status"));
    await noah.sees(/Which invoice\?/);
    assert.deepEqual(await counts(), [5, 5, 3]);
  });
  it("counts what the decision records say of the shortlist and of a second opinion", async () => {
    await office.pool.query(
      `update turn set routing = jsonb_set(routing, '{phase1}', routing->'phase1' ||
         '{"widened": true, "shortlistMissed": true, "opinion": {"of": "search", "inTime": false}}')
        where text like '%of Fabrikam%' and routing is not null`,
    );
    const { recognition } = await report();
    assert.deepEqual([recognition.decisions, recognition.missed], [5, 1]);
    assert.deepEqual(recognition.opinions, [{ of: "search", asked: 1, inTime: 0 }]);
    assert.match((await reliability()).out, /second opinion of search: asked 1 of 5 times/);
  });
  it("refuses a number of days that is none", async () => {
    const { code, err } = await reliability("--days", "soon");
    assert.equal(code, 1);
    assert.match(err, /--days must be a whole number/);
  });
}).timeout(120_000);
