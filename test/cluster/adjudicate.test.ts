import assert from "node:assert/strict";
import type { Figure } from "../../src/agent/reply.ts";
import { adjudicate } from "../../src/cluster/adjudicate.ts";

const stated = (value: string, authority: Figure["authority"], asOf: string, about = "Budget of IT"): Figure => ({
  ...{ about, value, shown: value, authority, source: authority, asOf },
});

describe("what counts where statements differ (R3.2)", () => {
  it("the system of record counts for more than any document, however new", () => {
    const [conflict] = adjudicate([
      stated("38500", "document", "2026-11-20"),
      stated("40000", "system", "2026-01-01"),
      stated("39000", "mail", "2026-11-21"),
    ]);
    assert.equal(conflict?.counts.value, "40000");
    assert.deepEqual(
      conflict.others.map(({ value }) => value),
      ["38500", "39000"],
    );
  });

  it("a document counts for more than a mail, and of two equals the later", () => {
    const [one] = adjudicate([stated("1", "mail", "2026-11-21"), stated("2", "document", "2026-01-01")]);
    assert.equal(one?.counts.value, "2");
    const [two] = adjudicate([stated("1", "document", "2026-01-01"), stated("2", "document", "2026-02-01")]);
    assert.equal(two?.counts.value, "2");
  });

  it("what is written differently and says the same is no conflict", () => {
    assert.deepEqual(
      adjudicate([stated("40000", "system", "2026-01-01"), stated("40000.00", "mail", "2026-01-02")]),
      [],
    );
    assert.deepEqual(
      adjudicate([stated("Anna Ek", "system", "2026-01-01"), stated("ánna ek ", "mail", "2026-01-02")]),
      [],
    );
  });

  it("statements about different things are never held against each other", () => {
    const other = stated("2", "document", "2026-01-01", "Budget of Sales");
    assert.deepEqual(adjudicate([stated("1", "system", "2026-01-01"), other]), []);
    assert.deepEqual(adjudicate([]), []);
  });

  it("who says the same as another is told once, the weightier of the two", () => {
    const [conflict] = adjudicate([
      stated("1", "system", "2026-01-01"),
      stated("2", "mail", "2026-01-03"),
      stated("2.0", "document", "2026-01-02"),
    ]);
    assert.deepEqual(
      conflict?.others.map(({ authority }) => authority),
      ["document"],
    );
  });
});
