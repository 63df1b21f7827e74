import assert from "node:assert/strict";
import { asMarkdown } from "../../src/review/reports/markdown.ts";
import { type Kind, lastWhole, periodAt, periodBefore, periodNamed } from "../../src/review/reports/period.ts";
import { lastDue } from "../../src/review/schedules/schedule.ts";

const at = (text: string): Date => new Date(text);
const daysOf = (kind: Kind, moment: string): string[] => {
  const { name, from, to } = periodAt(kind, at(moment));
  return [name, from.toISOString(), to.toISOString()];
};

describe("the periods of reports", () => {
  it("a week goes from Monday to Monday and is called as ISO 8601 calls it, also around New Year", () => {
    assert.deepEqual(daysOf("weekly", "2026-11-22T23:59:59Z"), [
      ...["2026-W47", "2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ]);
    assert.equal(periodAt("weekly", at("2027-01-03T12:00:00Z")).name, "2026-W53");
    assert.equal(periodAt("weekly", at("2024-12-30T00:00:00Z")).name, "2025-W01");
    assert.equal(periodAt("weekly", at("2026-01-01T00:00:00Z")).name, "2026-W01");
  });

  it("months and quarters have the days of the calendar", () => {
    assert.deepEqual(daysOf("monthly", "2028-02-29T10:00:00Z"), [
      ...["2028-02", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    ]);
    assert.deepEqual(daysOf("quarterly", "2026-12-31T23:00:00Z"), [
      ...["2026-Q4", "2026-10-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ]);
  });

  it("the last whole one ends where the running one begins; none is left out and none overlaps", () => {
    for (const kind of ["weekly", "monthly", "quarterly"] as const) {
      let period = lastWhole(kind, at("2029-05-17T08:00:00Z"));
      assert.equal(period.to.getTime(), periodAt(kind, at("2029-05-17T08:00:00Z")).from.getTime());
      for (let i = 0; i < 100; i += 1) {
        const before = periodBefore(period);
        assert.equal(before.to.getTime(), period.from.getTime());
        assert.deepEqual(periodNamed(kind, period.name), period, "its name finds it");
        period = before;
      }
    }
  });

  it("a name that no period has finds none", () => {
    for (const name of ["2026-W54", "2026-W00", "2026-13", "2026-Q5", "2026", "x", "2026-W1; drop", "0001-W01"])
      for (const kind of ["weekly", "monthly", "quarterly"] as const)
        assert.equal(periodNamed(kind, name), undefined, `${kind} ${name}`);
    assert.equal(periodNamed("monthly", "2026-W12"), undefined);
  });

  it("months and quarters are due on their first day at six, and not before", () => {
    const due = (everyMonths: 1 | 3, now: string): string => lastDue({ hour: 6, everyMonths }, at(now)).toISOString();
    assert.equal(due(1, "2026-12-01T05:59:59Z"), "2026-11-01T06:00:00.000Z");
    assert.equal(due(1, "2026-12-01T06:00:00Z"), "2026-12-01T06:00:00.000Z");
    assert.equal(due(3, "2026-12-31T23:00:00Z"), "2026-10-01T06:00:00.000Z");
    assert.equal(due(3, "2027-01-01T06:00:00Z"), "2027-01-01T06:00:00.000Z");
  });
});

describe("a report as Markdown", () => {
  it("names that look like marks stay names", () => {
    const text = asMarkdown({
      ...{
        kind: "weekly",
        period: "2026-W47",
        title: "Weekly",
        from: "2026-11-16",
        through: "2026-11-22",
        isWhole: true,
      },
      sections: [
        {
          ...{ heading: "Runs", isBad: true, figures: [{ label: "a|b", value: "<b>", before: null }] },
          lines: ["[Approve](https://evil.example)\n# heading", "<script>alert(1)</script>"],
        },
      ],
    });
    assert.match(text, /\| a\\\|b \| \\<b\\> \|/);
    assert.match(text, /^- \\\[Approve\\\]\(https:\/\/evil\.example\) \\# heading$/m);
    assert.ok(!text.includes("<script>"));
  });
});
