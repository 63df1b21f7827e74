import assert from "node:assert/strict";
import type { Calls } from "../../src/policy/spending.ts";
import { decide, follow, type RunCommand, readySteps, startable } from "../../src/run/decide.ts";
import type { Budgets, Plan, PlanStep } from "../../src/run/plan.ts";
import { evolve, type Run, type RunEvent, type RunState, statusOf } from "../../src/run/run.ts";
import { aPlan, aWrite } from "../support/samples.ts";

const chain = aPlan({
  steps: [aWrite({ id: "a" }), aWrite({ id: "b", after: ["a"] }), aWrite({ id: "c", after: ["b"] })],
});
const side = aPlan({ pattern: "concurrent", steps: [aWrite({ id: "a" }), aWrite({ id: "b" }), aWrite({ id: "c" })] });
const planned = (plan: Plan, budgets: Partial<Budgets> = {}): RunEvent => ({
  type: "planned",
  data: {
    ...{ plan: plan.plan, version: 1, pattern: plan.pattern, budgets: { ...plan.budgets, ...budgets } },
    steps: plan.steps.map(({ id }) => id),
  },
});
const cleared = (stepId: string): RunEvent => ({
  type: "step-cleared",
  data: { stepId, actionId: `act-${stepId}`, by: "x", policyId: "p" },
});
const queued = (superstep: number): RunEvent => ({ type: "superstep-queued", data: { superstep } });
const done = (stepId: string): RunEvent => ({
  type: "step-done",
  data: { stepId, output: { from: stepId }, tokens: 0, costCents: 0 },
});
const started = (superstep: number, ...steps: string[]): RunEvent => ({
  type: "superstep-started",
  data: { superstep, steps, turns: 1, toolCalls: steps.length },
});
const ended = (superstep: number): RunEvent => ({ type: "superstep-ended", data: { superstep, seconds: 1 } });

type Sample = Pick<Run, "plan" | "state">;
const given = (plan: Plan, ...events: RunEvent[]): Sample => {
  const [first = planned(plan), ...rest] = events[0]?.type === "planned" ? events : [planned(plan), ...events];
  let state = evolve(undefined, first, 1);
  rest.forEach((event, i) => {
    state = evolve(state, event, i + 2);
  });
  return { plan, state };
};
const when = (run: Sample, command: RunCommand): string[] => {
  const decided = decide(run, command);
  return "refused" in decided ? [`refused: ${decided.refused}`] : decided.events.map(({ type }) => type);
};
const begin = (
  superstep: number,
  calls: Record<string, Calls> = {},
  more: Partial<Extract<RunCommand, { type: "begin" }>> = {},
): RunCommand => ({
  ...{ type: "begin", superstep, hold: undefined, calls, objections: {} },
  ...more,
});
const one: Calls = { toolCalls: 1, turns: 0 };

describe("a run, given its events", () => {
  it("begins with the steps that wait for nothing", () => {
    assert.deepEqual(
      readySteps(given(chain)).map(({ id }) => id),
      ["a"],
    );
    assert.deepEqual(
      readySteps(given(side)).map(({ id }) => id),
      ["a", "b", "c"],
    );
  });
  it("goes on with a step when those before it are done", () => {
    const run = given(chain, cleared("a"), queued(1), started(1, "a"), done("a"), ended(1));
    assert.deepEqual(
      readySteps(run).map(({ id }) => id),
      ["b"],
    );
  });
  it("begins a superstep once: a second begin of the same one is refused", () => {
    const run = given(side, cleared("a"), cleared("b"), queued(1));
    assert.deepEqual(when(run, begin(1, { a: one, b: one })), ["superstep-started"]);
    assert.match(
      when({ ...run, state: evolve(run.state, started(1, "a", "b"), 9) }, begin(1))[0] ?? "",
      /begun already/,
    );
    assert.match(when(run, begin(2))[0] ?? "", /begun already/);
  });
  it("ends a superstep once, with a checkpoint at its last event", () => {
    const run = given(side, cleared("a"), queued(1), started(1, "a"));
    const end: RunCommand = {
      type: "end-superstep",
      superstep: 1,
      results: { a: { is: "done", output: {}, tokens: 0, costCents: 0 } },
      seconds: 2,
    };
    assert.deepEqual(when(run, end), ["step-done", "superstep-ended"]);
    const after = given(side, cleared("a"), queued(1), started(1, "a"), done("a"), ended(1));
    assert.deepEqual(after.state.checkpoints, [{ superstep: 1, seq: 6 }]);
    assert.match(when(after, end)[0] ?? "", /ended already/);
  });
  it("is completed when every step is done", () => {
    const run = given(aPlan(), cleared("act"), queued(1), started(1, "act"), done("act"), ended(1));
    assert.deepEqual(follow(run), [{ type: "ended", data: { outcome: "completed" } }]);
  });
  it("stops at a failed step; what was done stands, and the end says partly done", () => {
    const run = given(chain, cleared("a"), queued(1), started(1, "a"), done("a"), ended(1), {
      type: "step-rejected",
      data: { stepId: "b", by: "x", reason: "no" },
    });
    assert.deepEqual(
      follow(run).map(({ type }) => type),
      ["step-skipped", "ended"],
    );
    const last = follow(run).at(-1);
    assert.deepEqual(last?.data, { outcome: "partly-done" });
  });
  it("tells rejected, expired and failed apart when nothing was done", () => {
    const ends: [RunEvent, string][] = [
      [{ type: "step-rejected", data: { stepId: "act", by: "x", reason: "no" } }, "rejected"],
      [{ type: "step-expired", data: { stepId: "act", approvalId: "y" } }, "expired"],
      [{ type: "step-failed", data: { stepId: "act", why: "closed" } }, "failed"],
    ];
    for (const [event, outcome] of ends)
      assert.deepEqual(follow(given(aPlan(), event)), [{ type: "ended", data: { outcome } }]);
  });
  it("where dependents are skipped, the others go on", () => {
    const plan: Plan = {
      ...side,
      onFailure: "skip-dependents",
      steps: [...side.steps, aWrite({ id: "d", after: ["a"] })],
    };
    const run = given(plan, { type: "step-failed", data: { stepId: "a", why: "no" } });
    assert.deepEqual(
      follow(run).map(({ data }) => ("stepId" in data ? data.stepId : "")),
      ["d"],
    );
  });
  it("where it goes on whatever happens, a failed step opens the next", () => {
    const plan: Plan = { ...chain, onFailure: "go-on" };
    const run = given(plan, cleared("a"), cleared("b"), { type: "step-failed", data: { stepId: "a", why: "no" } });
    assert.deepEqual(
      startable(run).map(({ id }) => id),
      ["b"],
    );
  });
  it("an effect of which nobody knows whether it happened holds up the end until a person has said so", () => {
    const run = given(
      aPlan(),
      cleared("act"),
      queued(1),
      started(1, "act"),
      { type: "step-unknown", data: { stepId: "act", why: "?" } },
      ended(1),
    );
    assert.equal(statusOf(run.state), "needs-check");
    assert.deepEqual(follow(run), []);
    assert.deepEqual(when(run, { type: "settle-check", by: "x", stepId: "act", happened: true }), ["check-settled"]);
    assert.match(when(run, { type: "rerun", by: "x", from: "act" })[0] ?? "", /settle that first/);
  });
});

describe("budgets are hard", () => {
  it("steps side by side never go over together: none of them begins, and people are asked", () => {
    const run = given(side, planned(side, { maxToolCalls: 2 }), cleared("a"), cleared("b"), cleared("c"), queued(1));
    assert.deepEqual(when(run, begin(1, { a: one, b: one, c: one })), ["held"]);
    const fits = given(side, planned(side, { maxToolCalls: 3 }), cleared("a"), cleared("b"), cleared("c"), queued(1));
    assert.deepEqual(when(fits, begin(1, { a: one, b: one, c: one })), ["superstep-started"]);
  });
  it("turns, seconds, tokens and money count as well", () => {
    const spends: [Partial<Budgets>, RunEvent[]][] = [
      [{ maxTurns: 1 }, [cleared("a"), queued(1), started(1, "a"), done("a"), ended(1)]],
      [{ maxRuntimeSeconds: 1 }, [cleared("a"), queued(1), started(1, "a"), done("a"), ended(1)]],
      [
        { maxTokens: 10 },
        [
          cleared("a"),
          queued(1),
          started(1, "a"),
          { type: "step-done", data: { stepId: "a", output: {}, tokens: 11, costCents: 0 } },
          ended(1),
        ],
      ],
      [
        { maxCostCents: 5 },
        [
          cleared("a"),
          queued(1),
          started(1, "a"),
          { type: "step-done", data: { stepId: "a", output: {}, tokens: 0, costCents: 6 } },
          ended(1),
        ],
      ],
    ];
    for (const [budget, events] of spends) {
      const run = given(side, planned(side, budget), ...events, cleared("b"), queued(2));
      assert.deepEqual(when(run, begin(2, { b: one })), ["held"], JSON.stringify(budget));
    }
  });
  it("crossing one asks, finishes with what is there, or stops, as the record says", () => {
    for (const [onCrossing, expected] of [
      ["ask", ["held"]],
      ["finish", ["held", "wrapped-up"]],
      ["stop", ["held", "cancelled"]],
    ] as const) {
      const run = given(side, planned(side, { maxToolCalls: 1, onCrossing }), cleared("a"), cleared("b"), queued(1));
      assert.deepEqual(when(run, begin(1, { a: one, b: one })), [...expected]);
    }
  });
  it("raising gives what the plan began with once more; resuming alone does not help", () => {
    const budgets = { maxToolCalls: 2 };
    const small = aPlan({ ...side, budgets: { ...side.budgets, ...budgets } });
    const run = given(small, cleared("a"), cleared("b"), cleared("c"), queued(1), {
      type: "held",
      data: { why: "budget", by: "signalbox", text: "" },
    });
    assert.match(when(run, { type: "resume", by: "x" })[0] ?? "", /raise it, finish with what is there, or stop it/);
    const decided = decide(run, { type: "raise", by: "x" });
    assert.ok(
      "events" in decided &&
        decided.events[0]?.type === "budget-raised" &&
        decided.events[0].data.budgets.maxToolCalls === 4,
    );
  });
  it("a repeat that does not fit puts its step back, and holds the run", () => {
    const run = given(aPlan(), cleared("act"), queued(1), started(1, "act"));
    const end: RunCommand = {
      type: "end-superstep",
      superstep: 1,
      results: { act: { is: "over-budget" } },
      seconds: 1,
    };
    assert.deepEqual(when(run, end), ["step-cleared", "superstep-ended", "held"]);
  });
});

describe("operators", () => {
  it("the kill switch holds what was cleared before it begins", () => {
    const run = given(aPlan(), cleared("act"), queued(1));
    const hold = { why: "kill-switch", by: "x", text: "stop" } as const;
    assert.deepEqual(when(run, begin(1, {}, { hold })), ["held"]);
  });
  it("what must not start fails with the reason, and the rest begins", () => {
    const run = given(side, cleared("a"), cleared("b"), queued(1));
    assert.deepEqual(when(run, begin(1, { b: one }, { objections: { a: "The inputs have changed." } })), [
      "step-failed",
      "superstep-started",
    ]);
  });
  it("cancelling skips what has not begun; what is under way comes to its end", () => {
    const run = given(side, cleared("a"), queued(1), started(1, "a"), {
      type: "cancelled",
      data: { by: "x", why: "y" },
    });
    assert.deepEqual(
      follow(run).map(({ type }) => type),
      ["step-skipped", "step-skipped"],
    );
  });
  it("beginning again never repeats what stands: effects stay, looks are taken afresh", () => {
    const look: PlanStep = { id: "look", kind: "read", after: [], tool: "erp.get_invoice", args: {} };
    const plan = aPlan({ steps: [look, aWrite({ id: "a", after: ["look"] }), aWrite({ id: "b", after: ["a"] })] });
    const run = given(
      plan,
      done("look"),
      done("a"),
      { type: "step-failed", data: { stepId: "b", why: "no" } },
      { type: "ended", data: { outcome: "partly-done" } },
    );
    const decided = decide(run, { type: "rerun", by: "x", from: "look" });
    assert.ok("events" in decided && decided.events[0]?.type === "rerun");
    assert.deepEqual(decided.events[0].data.steps, ["look", "b"]);
    assert.match(when(run, { type: "rerun", by: "x", from: "zzz" })[0] ?? "", /no step zzz/);
  });
  it("illegal wishes are answers: what is over is over", () => {
    const run = given(aPlan(), { type: "ended", data: { outcome: "completed" } });
    for (const command of [
      { type: "pause", by: "x", why: "" },
      { type: "resume", by: "x" },
      { type: "cancel", by: "x", why: "" },
      { type: "wrap-up", by: "x" },
      { type: "raise", by: "x" },
    ] as RunCommand[])
      assert.match(when(run, command)[0] ?? "", /^refused/, command.type);
  });
});

describe("every event leads to a status", () => {
  it("and a run's state is what its events say, in whatever order processes read them again", () => {
    const events: RunEvent[] = [cleared("a"), queued(1), started(1, "a"), done("a"), ended(1), cleared("b"), queued(2)];
    const again: RunState = given(chain, ...events).state;
    assert.deepEqual(again, given(chain, ...events).state);
    assert.equal(statusOf(again), "cleared");
    assert.equal(statusOf(evolve(again, { type: "held", data: { why: "operator", by: "x", text: "" } }, 99)), "paused");
  });
});
