import assert from "node:assert/strict";
import type { ToolInfo } from "../../src/connector/client.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import { judge } from "../../src/policy/judge.ts";
import type { Plan, ReadStep, WriteStep } from "../../src/run/plan.ts";
import { readForPolicy, writeForPolicy } from "../../src/run/step-for-policy.ts";
import { proposalOf, scopeOf, settledSteps } from "../../src/run/step-proposal.ts";
import { anActor, thePolicies } from "../support/policy.ts";
import { aPlan, aRun, aWrite } from "../support/samples.ts";

const directory = loadDirectory("env/local/people.json");
const common = {
  description: "",
  isIdempotent: true,
  canRehearse: true,
  classification: "internal",
  computed: {},
} as const;
const tools: ToolInfo[] = [
  {
    ...{ name: "crm.log_activity", system: "crm", ...common, access: "write", risk: "low", reversal: "compensable" },
    inputSchema: { type: "object", properties: { customer: { type: "string" }, note: { type: "string" } } },
  },
  {
    ...{ name: "docs.find_statements", system: "docs", ...common, access: "read", risk: "low", inputSchema: {} },
    trust: { holds: "content" },
  },
];
const step = (args: WriteStep["args"]): WriteStep =>
  aWrite({ tool: "crm.log_activity", args, risk: "low", confirm: false, amount: undefined } as Partial<WriteStep>);
/** A plan that has read a mail, and whose person has said a note. */
const plan = (args: WriteStep["args"]): Plan => {
  const { scope, ...rest } = aPlan({ steps: [step(args)] });
  return {
    ...rest,
    scope: {
      ...scope,
      slots: { customer: "Fabrikam", note: "Met them." },
      steps: { mail: { statements: [{ value: "Mallory Ltd" }] } },
      origins: { slots: {}, computed: {}, steps: { mail: { tool: "docs.find_statements" } } },
    },
  };
};
const verdictOn = (args: WriteStep["args"], change: (made: Plan) => Plan = (made) => made) => {
  const made = change(plan(args));
  const [write] = made.steps;
  assert.ok(write?.kind === "write");
  const proposal = proposalOf(write, scopeOf({ ...aRun(), plan: made }), tools);
  assert.ok(!("wrong" in proposal), JSON.stringify(proposal));
  const actor = anActor({ tools: ["crm.log_activity"] });
  const maya = directory.byUpn("maya.lindqvist@contoso.example");
  return { proposal, verdict: judge(thePolicies, maya, actor, writeForPolicy(write, proposal, tools, "reserved")) };
};

describe("a write of low risk", () => {
  const said = { customer: "$slots.customer", note: "$slots.note" };
  it("that the person has said in full runs by itself", () => assert.equal(verdictOn(said).verdict.verdict, "allow"));

  it("whose recipient comes out of a mail waits for somebody else, and says which input it is and where it was read", () => {
    const { verdict, proposal } = verdictOn({ ...said, customer: "$steps.mail.statements.0.value" });
    assert.ok(verdict.verdict === "ask" && verdict.kind === "review");
    assert.equal(verdict.policyId, "untrusted-arguments");
    assert.deepEqual(proposal.untrusted, [{ argument: "customer", from: ["docs.find_statements, value"] }]);
  });

  it("that untrusted text has led to waits, too, though each of its inputs is the person's own", () => {
    const origin = { label: "untrusted", channel: "text", source: "itsm" } as const;
    const { verdict } = verdictOn(said, (made) => ({
      ...made,
      steps: made.steps.map((one) => (one.kind === "write" ? { ...one, chosenBy: [origin] } : one)),
    }));
    assert.ok(verdict.verdict === "ask" && verdict.policyId === "untrusted-tool-choice");
  });

  it("whose inputs nobody can account for waits: plans from before there were labels say nothing of what they read", () => {
    const { verdict } = verdictOn({ ...said, customer: "$steps.mail.statements.0.value" }, ({ scope, ...made }) => {
      const { origins: _, ...unlabelled } = scope;
      return { ...made, scope: unlabelled };
    });
    assert.equal(verdict.verdict, "ask");
  });

  it("stays tainted when it is handed over to another agent, whose run knows only the words of it", () => {
    const [settled] = settledSteps(plan({ ...said, customer: "$steps.mail.statements.0.value" }), "hand_", tools);
    assert.ok(settled?.kind === "write" && settled.args.customer === "Mallory Ltd");
    const { verdict } = verdictOn(said, (made) => ({ ...made, steps: [settled] }));
    assert.ok(verdict.verdict === "ask" && verdict.policyId === "untrusted-arguments");
  });
});

describe("a look-up of a run at a system that is not the company's own", () => {
  const step = (value: string): ReadStep => ({
    ...{ id: "look", after: [], kind: "read", tool: "market.find" },
    args: { about: value },
  });
  const actor = anActor({ tools: ["market.find"], scopes: [{ scope: "market.all", classification: "internal" }] });
  const market: ToolInfo = {
    ...{ name: "market.find", system: "market", ...common, access: "read", risk: "low", inputSchema: {} },
  };
  const verdictOf = (made: Plan, read: ReadStep) => {
    const wanted = readForPolicy(read, scopeOf({ ...aRun(), plan: made }), [...tools, market], "reserved");
    return judge(thePolicies, directory.byUpn("maya.lindqvist@contoso.example"), actor, wanted).policyId;
  };
  const made = (value: string): Plan => ({ ...plan({}), steps: [step(value)] });
  const fromMail = made("$steps.mail.statements.0.value");

  it("asks what the person has said, and nothing that a mail has said", () => {
    const said = made("$slots.customer");
    assert.notEqual(verdictOf(said, step("$slots.customer")), "untrusted-egress");
    assert.equal(verdictOf(fromMail, step("$steps.mail.statements.0.value")), "untrusted-egress");
  });

  it("does not ask it either when it was handed over to another agent", () => {
    const [settled] = settledSteps(fromMail, "hand_", tools);
    assert.ok(settled?.kind === "read" && settled.args.about === "Mallory Ltd");
    assert.equal(verdictOf(plan({}), settled), "untrusted-egress");
  });
});
