import assert from "node:assert/strict";
import { loadToolRegister } from "../../src/connector/tool-register.ts";
import { POLICY_ERROR, parsePolicies } from "../../src/policy/cedar.ts";
import { judge, judgeAloud } from "../../src/policy/judge.ts";
import { guardNames, type Step } from "../../src/policy/step.ts";
import { directory, theRegistry } from "../support/fleet.ts";
import { aCreditNote, anActor, aRead, thePolicies as policies } from "../support/policy.ts";

const person = (name: string) => directory.byUpn(`${name}@contoso.example`);
const maya = person("maya.lindqvist");
const judged = (step: Step, who = maya, actor = anActor()) => judge(policies, who, actor, step);

describe("the chain of guards", () => {
  it("asks them in one order, and stops at the first that refuses", () => {
    const { trail } = judgeAloud(policies, maya, anActor(), aCreditNote());
    assert.deepEqual(
      trail.map(({ guard }) => guard),
      [...guardNames],
    );
    const { trail: short, verdict } = judgeAloud(policies, maya, anActor({ tools: [] }), aCreditNote());
    assert.deepEqual([short.length, verdict.guard, verdict.policyId], [1, "allow-list", "tool-allow-list"]);
  });
  it("says with each verdict which guard and rule decided, in which version, and why", () => {
    const { guard, policyId, policyVersion, reason } = judged(aCreditNote());
    assert.deepEqual([guard, policyId, policyVersion], ["approval", "write.high-needs-review", policies.version]);
    assert.match(reason, /somebody other than the requester/);
  });

  describe("data", () => {
    const restricted = aRead({ tool: "erp.list_card_payments", classification: "restricted" });
    const actor = anActor({ tools: [restricted.tool] });
    const plain = parsePolicies({
      schema: policies.texts.schema,
      files: { "10-tools.cedar": policies.texts.files["10-tools.cedar"] ?? "" },
    });
    it("above their clearance is refused to a person, and given to one who is cleared", () => {
      const refused = judge(plain, maya, actor, restricted);
      assert.deepEqual(
        [refused.verdict, refused.guard, refused.policyId],
        ["deny", "classification", "data-clearance"],
      );
      assert.equal(judge(plain, person("jonas.weber"), actor, restricted).verdict, "allow");
    });
    it("of their own, or of their reports, is theirs whatever its class", () => {
      const own = { ...restricted, subject: maya?.upn ?? "" };
      assert.equal(judge(plain, maya, actor, own).verdict, "allow");
      assert.equal(judge(plain, person("noah.fischer"), actor, own).verdict, "deny");
      assert.equal(
        judge(plain, person("noah.fischer"), actor, { ...own, subjectManager: "noah.fischer@contoso.example" }).verdict,
        "allow",
      );
    });
    it("beyond what the agent was approved for is refused to everybody", () => {
      for (const scopes of [[], [{ scope: "erp.budgets", classification: "internal" as const }]]) {
        const verdict = judge(policies, person("helena.okafor"), anActor({ scopes }), aRead());
        assert.deepEqual([verdict.verdict, verdict.policyId], ["deny", "data-scope"]);
      }
    });
    it("of every tool of every agent is within the scopes that the agent was approved for", () => {
      const register = loadToolRegister("manifest/tools.json");
      for (const { display_name: name, tools, data_scopes } of theRegistry().agents)
        for (const tool of tools) {
          const known = register[tool];
          assert.ok(known !== undefined, `${tool} of ${name} is registered`);
          const scopes = data_scopes.map(({ scope_name: scope, classification }) => ({ scope, classification }));
          const read = aRead({ tool, classification: known.data });
          assert.notEqual(
            judge(plain, person("helena.okafor"), anActor({ tools: [tool], scopes }), read).policyId,
            "data-scope",
            `${tool} of ${name}`,
          );
        }
    });
  });

  it("a plan that says less than its tool is not believed", () => {
    const verdict = judged(aCreditNote({ risk: "low", toolRisk: "high" }));
    assert.deepEqual([verdict.verdict, verdict.risk, "kind" in verdict && verdict.kind], ["ask", "high", "review"]);
    assert.equal(judged(aCreditNote({ risk: "low", toolRisk: "low" })).verdict, "allow");
  });

  it("a call beyond the budget is refused", () => {
    const limits = { maxTurns: 9, maxToolCalls: 3, maxRuntimeSeconds: 60, maxTokens: 0, maxCostCents: 0 };
    const spent = { turns: 0, toolCalls: 2, seconds: 0, tokens: 0, costCents: 0 };
    const wanted = { toolCalls: 1, turns: 0 };
    assert.equal(judged(aRead({ budget: { spent, limits, wanted } })).verdict, "allow");
    const over = judged(aRead({ budget: { spent: { ...spent, toolCalls: 3 }, limits, wanted } }));
    assert.deepEqual([over.verdict, over.guard], ["deny", "budget"]);
    assert.match(over.reason, /budget of 3 tool calls/);
  });

  describe("arguments that derive from untrusted content", () => {
    const untrustedArguments = ["amount", "invoice_id"];
    it("have somebody else look at it, whatever the rules would have allowed, and the reason names them", () => {
      for (const step of [
        aCreditNote({ risk: "low", untrustedArguments }),
        aCreditNote({ risk: "low", confirm: true, untrustedArguments }),
        aCreditNote({ risk: "medium", untrustedArguments }),
      ]) {
        const verdict = judged(step);
        assert.deepEqual(
          [verdict.verdict, "kind" in verdict && verdict.kind, verdict.guard],
          ["ask", "review", "taint"],
        );
        assert.match(verdict.reason, /“amount”, “invoice_id” derive from content that nobody vouches for/);
      }
    });
    it("do not make less of what the rules ask for", () => {
      const verdict = judged(aCreditNote({ amountCents: 1_300_000, untrustedArguments }));
      assert.ok(verdict.verdict === "ask");
      assert.deepEqual(
        verdict.stages.map(({ who }) => who),
        ["reviewer", "lead"],
      );
      assert.match(verdict.reason, /“amount”/);
      assert.equal(judge(policies, undefined, anActor(), aCreditNote({ untrustedArguments })).verdict, "deny");
    });
    it("keep nobody from reading on", () => {
      assert.equal(judged(aRead({ untrustedArguments: ["invoice_id"] })).verdict, "allow");
    });
    it("are told to nobody outside: a look-up at a system that is not the company's own is refused, and why", () => {
      const outside = aRead({ leaves: true });
      assert.equal(judged(outside).verdict, "allow");
      const verdict = judged({ ...outside, untrustedArguments: ["invoice_id"] });
      assert.deepEqual([verdict.verdict, verdict.policyId], ["deny", "untrusted-egress"]);
      assert.match(verdict.reason, /“invoice_id” derives .*erp is not the company's own: nothing is sent there/);
    });
  });

  it("policy looks at arguments, not only at the tool's name", () => {
    const { schema, files } = policies.texts;
    const router = `@id("azure.list-only") @reason("This tool hides many: only listing is permitted.")
      forbid (principal, action == Action::"attempt", resource == Tool::"azure.run")
      unless { context.arguments.contains("command=list") };`;
    const more = parsePolicies({ schema, files: { ...files, "90-azure.cedar": router } });
    const actor = anActor({ tools: ["azure.run"], scopes: [{ scope: "azure.all", classification: "restricted" }] });
    const call = (command: string) => judge(more, maya, actor, aRead({ tool: "azure.run", args: { command } }));
    assert.equal(call("list").verdict, "allow");
    const refused = call("delete");
    assert.deepEqual([refused.verdict, refused.policyId], ["deny", "azure.list-only"]);
  });

  describe("where the policies cannot be asked", () => {
    it("a key that the context lacks denies", () => {
      const { confirm: _, ...lacking } = aCreditNote();
      const verdict = judged(lacking as Step);
      assert.deepEqual([verdict.verdict, verdict.policyId], ["deny", POLICY_ERROR]);
    });
    it("a rule that errors denies, also where it would forbid and others permit", () => {
      const { schema, files } = policies.texts;
      const broken = `@id("overflows") @reason("never seen") forbid (principal, action == Action::"use", resource)
        when { context.amountCents * 9223372036854775807 > 1 };`;
      const policy = parsePolicies({ schema, files: { ...files, "90.cedar": broken } });
      const verdict = judge(policy, maya, anActor(), aCreditNote({ risk: "low", amountCents: 45_000 }));
      assert.deepEqual([verdict.verdict, verdict.guard, verdict.policyId], ["deny", "role", POLICY_ERROR]);
    });
    it("an engine that throws denies, and no number that is none gets past it", () => {
      const thrown = judge(
        {
          ...policies,
          ask: () => {
            throw new Error("out of memory");
          },
        },
        maya,
        anActor(),
        aRead(),
      );
      assert.deepEqual([thrown.verdict, thrown.policyId], ["deny", POLICY_ERROR]);
      for (const amountCents of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 1e308])
        assert.equal(judged(aCreditNote({ amountCents })).policyId, POLICY_ERROR, String(amountCents));
    });
  });
});
