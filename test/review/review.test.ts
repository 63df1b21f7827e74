import assert from "node:assert/strict";
import { addDays } from "../../src/review/day.ts";
import {
  daysOverdue,
  dueOn,
  latestExtension,
  NOTHING_DECIDED,
  nextOf,
  type Review,
  urgency,
  whyNotExtend,
} from "../../src/review/reviews/review.ts";
import { lastDue } from "../../src/review/schedules/schedule.ts";

const record = {
  ...{ last_review_at: "2026-10-15", review_cadence_days: 90, deprecation_date: "2028-08-31" },
  status: "active" as const,
};
const DUE = "2027-01-13";
const at = (day: string, time = "06:00:00"): Date => new Date(`${day}T${time}Z`);
const open: Review & { state: "open" } = {
  ...{ reviewId: "r", agentId: "a", dueOn: DUE, askedAt: at(DUE), reminded: 1, degradedAt: null, version: 1 },
  ...{ state: "open", decidedBy: null, decidedAt: null, untilOn: null, why: null },
};

describe("when an agent is to be looked over (R9.1)", () => {
  for (const [days, style] of [
    [0, "default"],
    [14, "default"],
    [15, "warning"],
    [21, "warning"],
    [22, "attention"],
    [400, "attention"],
  ] as const)
    it(`${days} days overdue looks ${style}`, () => {
      assert.equal(daysOverdue(open, at(addDays(DUE, days), "23:59:59")), days);
      assert.equal(urgency(days), style);
    });

  it("it is due when the last review is as old as the cadence, whoever recorded that review later", () => {
    assert.equal(dueOn(record, NOTHING_DECIDED), DUE);
    assert.equal(dueOn(record, { ...NOTHING_DECIDED, reviewedOn: "2026-11-01" }), "2027-01-30");
    assert.equal(
      dueOn({ ...record, last_review_at: "2026-12-01" }, { ...NOTHING_DECIDED, reviewedOn: "2026-11-01" }),
      "2027-03-01",
    );
  });

  it("an extension counts until the next review, and not after it", () => {
    const extended = { reviewedOn: null, extendedOn: "2027-01-14", extendedUntil: "2027-02-01" };
    assert.equal(dueOn(record, extended), "2027-02-01");
    assert.equal(dueOn({ ...record, last_review_at: "2027-02-02" }, extended), "2027-05-03");
  });

  it("within seven days nothing is said; then it is degraded, and there are three reminders in all", () => {
    const whenAsked = (days: number, changes = {}) =>
      nextOf({ ...open, ...changes }, record, NOTHING_DECIDED, at(addDays(DUE, days)));
    assert.equal(whenAsked(6), undefined);
    assert.deepEqual(whenAsked(7), { type: "remind", reminded: 2, degrade: true });
    const degraded = { reminded: 2, degradedAt: at(addDays(DUE, 7)) };
    assert.equal(whenAsked(13, degraded), undefined);
    assert.deepEqual(whenAsked(14, degraded), { type: "remind", reminded: 3, degrade: false });
    assert.equal(whenAsked(300, { ...degraded, reminded: 3 }), undefined);
  });

  it("a record that tells of a newer review settles it", () => {
    const newer = { ...record, last_review_at: DUE };
    assert.deepEqual(nextOf(open, newer, NOTHING_DECIDED, at(DUE)), { type: "settled", as: "reviewed" });
    const retired = { ...record, status: "deprecated" as const };
    assert.deepEqual(nextOf(open, retired, NOTHING_DECIDED, at(DUE)), { type: "settled", as: "deprecated" });
  });
});

describe("how far a review can be put off", () => {
  const wish = (until: string, why = "the new ledger comes in February") =>
    whyNotExtend({ verb: "extend", until, why }, record, NOTHING_DECIDED, at(DUE));
  it("for thirty days at most", () => {
    assert.equal(wish("2027-02-12"), undefined);
    assert.match(wish("2027-02-13") ?? "", /30 days at most, until 2027-02-12/);
  });
  it("never beyond the deprecation date", () => {
    const ending = { ...record, deprecation_date: "2027-01-20" };
    assert.equal(latestExtension(ending, at(DUE)), "2027-01-20");
    const late = { verb: "extend", until: "2027-01-21", why: "x" } as const;
    assert.match(whyNotExtend(late, ending, NOTHING_DECIDED, at(DUE)) ?? "", /nothing is put off beyond that/);
  });
  it("into the future, to a day that there is, with a reason, and once", () => {
    assert.match(wish(DUE) ?? "", /not in the future/);
    for (const none of ["", "soon", "2027-02-30", "2027-1-20"]) assert.match(wish(none) ?? "", /Choose the day/);
    assert.match(wish("2027-01-20", "  ") ?? "", /Say why/);
    const before = { reviewedOn: null, extendedOn: "2026-12-01", extendedUntil: "2027-01-10" };
    assert.match(
      whyNotExtend({ verb: "extend", until: "2027-01-20", why: "x" }, record, before, at(DUE)) ?? "",
      /possible once/,
    );
  });
});

describe("the calendar of the flows", () => {
  it("daily: the last 06:00 UTC that has come", () => {
    assert.equal(lastDue({ hour: 6 }, at("2027-01-13", "05:59:59")).toISOString(), "2027-01-12T06:00:00.000Z");
    assert.equal(lastDue({ hour: 6 }, at("2027-01-13")).toISOString(), "2027-01-13T06:00:00.000Z");
  });
  it("weekly: the last Monday", () => {
    const monday = { hour: 6, weekday: 1 };
    assert.equal(lastDue(monday, at("2027-01-13")).toISOString(), "2027-01-11T06:00:00.000Z");
    assert.equal(lastDue(monday, at("2027-01-11", "05:00:00")).toISOString(), "2027-01-04T06:00:00.000Z");
  });
});
