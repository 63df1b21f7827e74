import assert from "node:assert/strict";
import { judge } from "../../src/policy/judge.ts";
import { directory, plans } from "../support/fleet.ts";
import { anActor, aRead, thePolicies as policies } from "../support/policy.ts";

const upn = (name: string) => `${name}@contoso.example`;

type Private = { tool: string; subject: string; permitted: string[]; refused: string[]; rule: string };

/** About Noah, whose manager is Oskar. */
const ofNoah = (tool: string, rule: string): Private => ({
  ...{ tool, subject: "noah.fischer", rule },
  permitted: ["noah.fischer", "oskar.lindholm", "amara.diallo", "viktor.petrov", "ewa.nowak"],
  refused: ["maya.lindqvist", "greta.sandberg", "thomas.berger", "sofia.rossi"],
});
const forLegal = (tool: string, rule: string): Private => ({
  ...{ tool, subject: "", rule },
  permitted: ["thomas.berger", "isabel.santos", "niamh.byrne", "viktor.petrov", "amara.diallo"],
  refused: ["noah.fischer", "ewa.nowak", "ingrid.bergstrom", "daniel.kim", "helena.okafor"],
});

const cases: Private[] = [
  ...["list_leave", "get_leave", "check_leave_period", "list_team_leave"].map((tool) =>
    ofNoah(tool, "hr.leave-entries-are-private"),
  ),
  ofNoah("list_training_duties", "hr.training-is-private"),
  ofNoah("list_benefit_eligibility", "hr.eligibility-is-private"),
  ...["list_review_tasks", "get_review_result"].map((tool) => ofNoah(tool, "hr.reviews-are-private")),
  {
    ...{ tool: "list_candidates", subject: "oskar.lindholm", rule: "hr.candidates-are-private" },
    permitted: ["oskar.lindholm", "katrin.baumann", "amara.diallo"],
    refused: ["greta.sandberg", "noah.fischer", "sofia.rossi", "thomas.berger"],
  },
  forLegal("get_data_request", "legal.data-subjects-are-private"),
  ...["list_matters", "get_matter", "list_matter_deadlines", "list_counsel_load"].map((tool) =>
    forLegal(tool, "legal.matters-are-confidential"),
  ),
];

describe("what is private in human resources and legal", () => {
  for (const { tool: name, subject, permitted, refused, rule } of cases) {
    const tool = `hris.${name}`;
    const actor = anActor({ clusterId: "hr-legal", mode: "read-only", tools: [tool] });
    const manager = subject === "" ? "" : (directory.byUpn(upn(subject))?.manager ?? "");
    // Who hires is the subject of a list of candidates: their own manager has no part in it.
    const step = aRead({ tool, subject: subject === "" ? "" : upn(subject), subjectManager: manager });
    const verdictFor = (who: string) => judge(policies, directory.byUpn(upn(who)), actor, step);

    it(`${tool} is for ${permitted.join(", ")}, and not for ${refused.join(", ")}`, () => {
      for (const who of permitted) assert.equal(verdictFor(who).verdict, "allow", who);
      for (const who of refused) {
        const { verdict, policyId } = verdictFor(who);
        assert.deepEqual([verdict, policyId], ["deny", rule], who);
      }
      assert.equal(judge(policies, undefined, actor, step).verdict, "deny", "a stranger");
    });

    it(`every plan that reads ${tool} says whose data it reads`, () => {
      const lookups = [...plans.values()].flatMap((plan) => plan.lookups.filter((lookup) => lookup.tool === tool));
      assert.ok(lookups.length > 0);
      for (const lookup of lookups)
        assert.match(
          String(lookup.subject ?? ""),
          subject === "" ? /^$/ : /^\$(slots\.person|steps\.p\.hiring_manager)$/,
        );
    });
  }
});
