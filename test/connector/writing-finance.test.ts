import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Data, visitCompany } from "./visit.ts";

const isoDay = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

describe("writing to the books: expense claims", () => {
  const { read, write, newKey, refused } = visitCompany();
  const claim = (changed: Data = {}): Data => ({
    ...{ claimant: "sara.lopez@contoso.example", category: "taxi", amount: "18.5", spent_on: isoDay(-3) },
    ...{ reason: "Last bus had gone", ...changed },
  });

  it("a claim waits for the claimant's manager, and is withdrawn, however often", async () => {
    const made = await write("erp.submit_expense_claim", claim());
    assert.deepEqual([made.amount, made.decider_name, made.changed], ["18.50", "Yusuf Demir", true]);
    assert.deepEqual([made.before, made.after], [{ claims_waiting: 1 }, { claims_waiting: 2 }]);
    const { claim_id } = made;
    assert.equal((await read("erp.get_expense_claim", { claim_id })).status, "submitted");
    assert.equal((await write("erp.withdraw_expense_claim", { claim_id })).changed, true);
    assert.equal((await write("erp.withdraw_expense_claim", { claim_id })).changed, false);
    assert.equal((await read("erp.get_expense_claim", { claim_id })).status, "withdrawn");
  });

  it("the same key twice is one claim with one answer", async () => {
    const key = newKey();
    const args = claim({ amount: "21.00" });
    const first = await write("erp.submit_expense_claim", args, key);
    assert.deepEqual(await write("erp.submit_expense_claim", args, key), first);
    const { claims } = await read("erp.list_expense_claims", { claimant: "Sara Lopez" });
    assert.equal((claims as Data[]).filter(({ amount }) => amount === "21.00").length, 1);
  });

  it("the same receipt twice is refused, also from two callers at once, until it is withdrawn", async () => {
    const args = claim({ amount: "33.30" });
    const both = await Promise.allSettled([
      write("erp.submit_expense_claim", args),
      write("erp.submit_expense_claim", args),
    ]);
    const [made, ...others] = both.filter(({ status }) => status === "fulfilled");
    assert.ok(made?.status === "fulfilled" && others.length === 0);
    await refused(write("erp.submit_expense_claim", args), /claimed before, as EXP-\d+ \(submitted\)/);
    await write("erp.withdraw_expense_claim", { claim_id: made.value.claim_id });
    await write("erp.submit_expense_claim", args);
  });

  for (const [what, changed, told] of [
    ["nothing", { amount: "0" }, /above zero/],
    ["less than nothing", { amount: "-5" }, /above zero/],
    ["parts of a cent", { amount: "1.005" }, /more than two decimals/],
    ["what is no amount", { amount: "1e1" }, /not an amount/],
    ["more than the limit", { amount: "80.01" }, /limit of Taxi and parking, which is 80\.00 EUR/],
    ["a day to come", { spent_on: isoDay(2) }, /still to come/],
    ["a day too long ago", { spent_on: isoDay(-95) }, /older than 90 days/],
    ["a category that does not exist", { category: "yacht" }, /no expense category "yacht"/],
  ] as const)
    it(`refuses to claim ${what}`, () => refused(write("erp.submit_expense_claim", claim(changed)), told));

  it("a claim at its limit is accepted", async () => {
    assert.equal((await write("erp.submit_expense_claim", claim({ amount: "80.00" }))).amount, "80.00");
  });

  it("a claim that was decided cannot be withdrawn", () =>
    refused(write("erp.withdraw_expense_claim", { claim_id: "EXP-8012" }), /approved by Oskar Lindholm/));
});
