import assert from "node:assert/strict";
import { compare, compute } from "../../src/agent/compute.ts";

const scope = {
  slots: {},
  steps: { i: { rows: [{ amount: "0.10" }, { amount: "0.20" }, { amount: "1250.00" }] } },
  computed: {},
  requester: { upn: "", name: "" },
  today: "2026-11-20",
};

describe("figures are computed in decimal arithmetic", () => {
  it("ten cents and twenty cents are thirty cents", () => {
    assert.equal(compute({ as: "total", op: "sum", of: "$steps.i.rows", field: "amount" }, scope), "1250.30");
  });
  it("compares amounts as numbers, whatever their zeros, and days as days", () => {
    assert.ok(compare("9.00", "<", "10"));
    assert.ok(compare("450.00", "=", "450"));
    assert.ok(compare("2026-11-20", "<", "2026-12-01"));
    assert.ok(compare("paid", "!=", "open"));
  });
  it("an operand that is no number is an error, not a zero", () => {
    assert.throws(() => compute({ as: "x", op: "add", args: ["$steps.i.rows", 1] }, scope));
  });
});
