import assert from "node:assert/strict";
import type { ToolInfo } from "../../src/connector/client.ts";
import { isAmount, wrongArguments } from "../../src/run/check-arguments.ts";
import { findingsIn, readPlan } from "../../src/run/check-plan.ts";
import type { Plan, PlanStep } from "../../src/run/plan.ts";
import { proposalOf, scopeOf } from "../../src/run/step-proposal.ts";
import { aPlan, aRun, aWrite } from "../support/samples.ts";

const creditNote: ToolInfo = {
  ...{ name: "erp.create_credit_note", system: "erp", description: "", access: "write", reversal: "compensable" },
  ...{ isIdempotent: true, canRehearse: true, compensation: "erp.void_credit_note" },
  ...{ classification: "confidential", risk: "high", computed: { amount: "totals" } },
  inputSchema: {
    type: "object",
    properties: {
      invoice_id: { type: "string", minLength: 1 },
      amount: { type: "string", minLength: 1 },
      lines: { type: "integer", minimum: 1 },
    },
    required: ["invoice_id", "amount"],
    additionalProperties: false,
  },
};
const voidNote: ToolInfo = {
  ...{ name: "erp.void_credit_note", system: "erp", description: "", access: "write", reversal: "event-sourced" },
  ...{ isIdempotent: true, canRehearse: true, classification: "confidential", risk: "high", computed: {} },
  inputSchema: { type: "object", properties: { credit_note_id: { type: "string" } }, additionalProperties: false },
};
const tools = [creditNote, voidNote];
const fine = { invoice_id: "INV-1042", amount: "450.00" };

describe("what a planner gives a tool", () => {
  it("amounts are decimals as text: no float, no exponent, nothing negative or endless", () => {
    for (const amount of ["0", "450", "450.5", "450.00", "999999999999.99", 450])
      assert.ok(isAmount(amount), `${amount}`);
    const floats = [0.1 + 0.2, 450.5, 1e308, Number.NaN, Number.POSITIVE_INFINITY, -5];
    for (const amount of [
      ...floats,
      "0.30000000000000004",
      "1e308",
      "1e2",
      "NaN",
      "Infinity",
      "-5",
      "",
      " 5",
      "5.",
      "٤٥",
    ])
      assert.ok(!isAmount(amount), `${amount}`);
    for (const amount of [undefined, null, true, {}, ["5"]]) assert.ok(!isAmount(amount));
  });
  it("arguments fit what the tool says that it takes", () => {
    assert.equal(wrongArguments(fine, creditNote), undefined);
    for (const [args, why] of [
      [{ ...fine, approved: true }, /has no argument approved/],
      [{ invoice_id: "INV-1042" }, /amount/],
      [{ ...fine, invoice_id: 7 }, /invoice_id/],
      [{ ...fine, invoice_id: "" }, /invoice_id/],
      [{ ...fine, lines: 1.5 }, /lines/],
      [{ ...fine, amount: 0.1 + 0.2 }, /amount: 0.30000000000000004 is not an amount/],
      [{ ...fine, amount: "1e308" }, /amount: 1e308 is not an amount/],
      [{ ...fine, amount: "-5" }, /amount: -5 is not an amount/],
    ] as const)
      assert.match(wrongArguments(args, creditNote) ?? "", why, JSON.stringify(args));
  });
  it("a tool whose schema nobody can read is not called", () => {
    const odd = {
      ...creditNote,
      inputSchema: { ...creditNote.inputSchema, not: { type: "null" }, if: { type: "null" } },
    };
    assert.match(wrongArguments(fine, odd) ?? "", /does not say in a way that can be read/);
  });
  it("a proposal that does not fit is refused before anybody is asked", () => {
    const wrongIn = (step: Parameters<typeof aWrite>[0]): string => {
      const proposal = proposalOf(aWrite(step), scopeOf(aRun()), tools);
      return "wrong" in proposal ? proposal.wrong : "";
    };
    assert.equal(wrongIn({ args: fine }), "");
    assert.match(wrongIn({ args: { ...fine, iban: "DE00" } }), /has no argument iban/);
    assert.match(wrongIn({ args: fine, amount: "1e308" }), /1e308 is not an amount/);
    assert.match(wrongIn({ args: fine, amount: 0.1 + 0.2 }), /is not an amount/);
  });
  it("a plan is refused in which a model's word feeds what only code may compute", () => {
    const talk: PlanStep = {
      ...{ id: "talk", kind: "discuss", after: [], question: "How much?", rounds: 1 },
      participants: [1, 2].map((n) => ({ agentId: `0f000000-0000-4000-8000-00000000000${n}`, intent: "x" })),
    };
    const write = (changes: Parameters<typeof aWrite>[0]) =>
      aWrite({ after: ["talk"], args: fine, amount: "450.00", ...changes });
    const boundary = (changes: Parameters<typeof aWrite>[0], more: Partial<Plan> = {}) =>
      findingsIn({ ...aPlan({ steps: [talk, write(changes)] }), ...more }, tools)
        .map(({ wrong }) => wrong)
        .filter((wrong) => wrong.includes("may compute"));
    assert.deepEqual(boundary({}), []);
    const told = "only code or declared arithmetic may compute it";
    assert.deepEqual(boundary({ args: { ...fine, amount: "$steps.talk.total" } }), [
      `takes its amount (totals) from what is said in talk: ${told}`,
    ]);
    assert.match(boundary({ amount: "$steps.talk.total" })[0] ?? "", /amount that policy looks at/);
    const byModel = { madeBy: "model" } as const;
    for (const amount of ["450.00", 450, "$slots.amount", "$$computed.total"])
      assert.equal(boundary({ args: { ...fine, amount }, amount: "$computed.total" }, byModel).length, 1, `${amount}`);
    for (const amount of ["$computed.total", "$steps.i.open_amount"])
      assert.deepEqual(boundary({ args: { ...fine, amount }, amount }, byModel), []);
  });
  it("a plan is refused that calls an unknown tool, or is no plan", () => {
    const plan = (step: Parameters<typeof aWrite>[0]) => ({ ...aPlan(), steps: [aWrite(step)] });
    assert.throws(
      () => readPlan(plan({ tool: "erp.wire_money" }), tools),
      /calls erp.wire_money, which no system offers/,
    );
    assert.throws(() => readPlan('{"plan":', tools), /plan was refused/);
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => readPlan(plan({ args: { ...fine, amount } }), tools), /plan was refused/);
    for (const amount of ["-5", "1e308", "0.30000000000000004", -5, 1e308])
      assert.throws(() => readPlan(plan({ amount }), tools), /which is not a number|plan was refused/, String(amount));
  });
});
