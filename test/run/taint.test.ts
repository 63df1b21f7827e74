import assert from "node:assert/strict";
import type { ToolInfo } from "../../src/connector/client.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import { judge } from "../../src/policy/judge.ts";
import type { Plan, WriteStep } from "../../src/run/plan.ts";
import { writeForPolicy } from "../../src/run/step-for-policy.ts";
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
