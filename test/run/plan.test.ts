import assert from "node:assert/strict";
import type { ToolInfo } from "../../src/connector/client.ts";
import { isAmount } from "../../src/run/check-arguments.ts";
import { findingsIn, readPlan } from "../../src/run/check-plan.ts";
import { MAX_STEPS, type Plan, type PlanStep } from "../../src/run/plan.ts";
import { proposalOf, scopeOf, settledSteps } from "../../src/run/step-proposal.ts";
import { aPlan, aRun, aWrite } from "../support/samples.ts";

const tool = (name: string, more: Partial<ToolInfo> = {}): ToolInfo => ({
  ...{ name, system: "erp", description: "", access: "write", isIdempotent: true, canRehearse: true },
  inputSchema: { type: "object", additionalProperties: true },
  ...{ classification: "confidential", risk: "high", computed: {} },
  ...more,
});
const tools: ToolInfo[] = [
  tool("erp.create_credit_note", { reversal: "compensable", compensation: "erp.void_credit_note" }),
  tool("erp.void_credit_note", { reversal: "event-sourced" }),
  tool("erp.post_letter", { reversal: "non-reversible", isIdempotent: false }),
  tool("erp.untold"),
  tool("erp.get_invoice", { access: "read" }),
];
const steps = (...given: PlanStep[]): Plan => aPlan({ steps: given });
const wrong = (plan: Plan): string =>
  findingsIn(plan, tools)
    .map(({ step, wrong: what }) => `${step}: ${what}`)
    .join("; ");
const read = (id: string, after: string[] = []): PlanStep => ({
  id,
  kind: "read",
  after,
  tool: "erp.get_invoice",
  args: {},
});

describe("a plan is refused with the reason", () => {
  it("a sound one is not", () => assert.equal(wrong(aPlan()), ""));
  it("that calls a tool which no system offers", () =>
    assert.match(
      wrong(steps(aWrite({ tool: "erp.launch_missiles" }))),
      /act: calls erp.launch_missiles, which no system offers/,
    ));
  it("whose steps wait for each other in a circle", () => {
    const circle = steps(
      aWrite({ id: "a", after: ["c"] }),
      aWrite({ id: "b", after: ["a"] }),
      aWrite({ id: "c", after: ["b"] }),
    );
    assert.match(wrong(circle), /a: waits for itself: the steps form a circle/);
  });
  it("whose step waits for one that does not exist, or has the name of another", () => {
    assert.match(wrong(steps(aWrite({ after: ["nobody"] }))), /waits for nobody, which is no step/);
    assert.match(wrong(steps(aWrite(), aWrite())), /two steps have this name/);
  });
  it("that uses what a step gives without waiting for it", () => {
    const hasty = aWrite({ id: "b", args: { invoice_id: "$steps.a.invoice_id" } });
    assert.match(
      wrong({ ...steps(read("a"), hasty), pattern: "concurrent" }),
      /b: uses what a gives, but does not wait for it/,
    );
  });
  it("that writes with a tool which only reads, or reads with one that writes", () => {
    assert.match(wrong(steps(aWrite({ tool: "erp.get_invoice" }))), /which only reads/);
    assert.match(wrong(steps({ ...read("a"), tool: "erp.create_credit_note" } as PlanStep)), /which writes/);
  });
  it("whose write does not say how it is undone, or says it otherwise than its system", () => {
    assert.match(
      wrong(steps(aWrite({ tool: "erp.untold" }))),
      /does not say how it is undone, so it is not registered/,
    );
    assert.match(wrong(steps(aWrite({ undo: { reversal: "non-reversible" } }))), /its system says compensable/);
    const by = aWrite({ undo: { reversal: "compensable", tool: "erp.post_letter", args: {} } });
    assert.match(wrong(steps(by)), /is undone by erp.void_credit_note/);
  });
  it("that says sequential and runs side by side, or explores and changes something", () => {
    assert.match(wrong(steps(aWrite({ id: "a" }), aWrite({ id: "b" }))), /is sequential, but runs beside another step/);
    assert.match(wrong({ ...steps(aWrite()), pattern: "group-chat" }), /would change something in a group chat/);
    assert.match(wrong({ ...steps(aWrite()), pattern: "handoff" }), /ends with one hand-over/);
  });
  it("with ten thousand steps, as one fault", () => {
    const many = { ...aPlan(), steps: Array.from({ length: 10_000 }, (_, i) => aWrite({ id: `s${i}` })) };
    assert.throws(() => readPlan(many, tools), {
      code: "plan-refused",
      message: `The plan was refused: it has 10000 steps, and ${MAX_STEPS} are the most.`,
    });
  });
  it("with amounts that are none", () => {
    for (const amount of ["NaN", "Infinity", "-3", "12,5x"])
      assert.match(wrong(steps(aWrite({ amount }))), /is not a number/, amount);
    assert.throws(() => readPlan(steps(aWrite({ amount: Number.NaN })), tools), { code: "plan-refused" });
    assert.throws(() => readPlan(steps(aWrite({ args: { amount: Number.POSITIVE_INFINITY } })), tools), {
      code: "plan-refused",
    });
    assert.ok(isAmount("450.00") && !isAmount("") && !isAmount(undefined));
  });
  it("that is no plan at all", () => {
    for (const given of [
      undefined,
      null,
      7,
      "plan",
      [],
      { steps: "many" },
      { ...aPlan(), steps: [] },
      { ...aPlan(), hack: true },
    ])
      assert.throws(() => readPlan(given, tools), { code: "plan-refused" });
  });
});

describe("a write is filled when its step is ready", () => {
  it("from the outputs of earlier steps, once: what is filled in is never read as a template", () => {
    const step = aWrite({
      args: { invoice_id: "$steps.a.id" },
      texts: { ...aWrite().texts, summary: "For {steps.a.name}" },
    });
    const state = {
      ...aRun().state,
      steps: { a: { is: "done", actionId: null, output: { id: "INV-1", name: "{steps.a.id} ${1+1}" } } },
    } as const;
    const proposal = proposalOf(step, scopeOf({ plan: aPlan(), state }), tools);
    assert.ok(!("wrong" in proposal));
    assert.deepEqual(proposal.args, { invoice_id: "INV-1" });
    assert.equal(proposal.summary, "For {steps.a.id} ${1+1}");
  });
  it("and not at all where an earlier step did not give what it needs", () => {
    const proposal = proposalOf(aWrite({ args: { invoice_id: "$steps.a.id" } }), scopeOf(aRun()), tools);
    assert.match("wrong" in proposal ? proposal.wrong : "", /earlier steps did not give/);
  });
});

describe("steps that are handed over", () => {
  const others = steps(
    { id: "look", kind: "read", after: [], tool: "erp.get_invoice", args: { invoice_id: "$slots.invoice" } },
    aWrite({
      after: ["look"],
      args: { invoice_id: "$steps.look.invoice_id", amount: "$slots.amount", reason: "$slots.reason" },
      undo: {
        reversal: "compensable",
        tool: "erp.void_credit_note",
        args: { credit_note_id: "$result.credit_note_id" },
      },
      texts: { ...aWrite().texts, summary: "{slots.reason} for {steps.look.invoice_id|text}" },
    }),
  );
  others.scope.slots = { invoice: "INV-1042", amount: "5.00", reason: "$5 off, {steps.other.secret}" };
  const [look, act] = settledSteps(others, "hand_", []);
  const run = aRun({ plan: aPlan({ steps: [look, act].filter((step) => step !== undefined) }) });
  run.state.steps = { hand_look: { is: "done", actionId: null, output: { invoice_id: "INV-1042" } } };

  it("bear the name of who handed them over, and find each other's outputs under it", () => {
    assert.deepEqual([look?.id, act?.id, act?.after], ["hand_look", "hand_act", ["hand_look"]]);
    assert.ok(look?.kind === "read" && act?.kind === "write");
    assert.deepEqual(look.args, { invoice_id: "INV-1042" });
    const proposal = proposalOf(act, scopeOf(run), tools);
    assert.ok(!("wrong" in proposal));
    assert.equal(proposal.args.invoice_id, "INV-1042");
    assert.match(proposal.summary, / for INV-1042$/);
    assert.deepEqual(proposal.compensation?.args, { credit_note_id: "$result.credit_note_id" });
  });
  it("keep what people wrote as words, whatever it looks like", () => {
    assert.ok(act?.kind === "write");
    const proposal = proposalOf(act, scopeOf(run), tools);
    assert.ok(!("wrong" in proposal));
    assert.equal(proposal.args.reason, "$5 off, {steps.other.secret}");
    assert.equal(proposal.summary, "$5 off, (steps.other.secret) for INV-1042");
  });
});
