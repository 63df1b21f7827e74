import assert from "node:assert/strict";
import type { PlanTemplate } from "../../src/agent/plan-template.ts";
import type { Answer } from "../../src/agent/reply.ts";
import { unverifiedIn } from "../../src/agent/unverified.ts";
import { renderAnswer } from "../../src/card/answer.ts";
import { loadInventory } from "../../src/connector/inventory.ts";
import { loadDirectory } from "../../src/identity/directory.ts";
import { isUntrusted } from "../../src/trust/label.ts";
import { originsOfRead } from "../../src/trust/read.ts";
import { nothingRead } from "../../src/trust/scope-origins.ts";
import { readable } from "../support/card-content.ts";
import { ids } from "../support/samples.ts";

const sources = [{ system: "itsm", tool: "itsm.list_services", at: "2026-11-22T06:05:00.000Z" }];
const linesOf = (answer: Partial<Answer>): string[] => {
  const agent = {
    agentId: ids.agent,
    displayName: "Service Health",
    intent: "current-outages",
    version: "1",
    clusterId: "it-security",
  };
  const whole = { title: "Services", facts: [], quotes: [], sources, ...answer };
  const reply = { kind: "answer" as const, agent, answers: [{ agent, answer: whole }], why: "you chose it" };
  return readable(renderAnswer(reply, { turnId: ids.turn, code: "7Q2K" })).split("\n");
};

describe("an answer says which of its words others wrote", () => {
  it("in the line of its sources, and not in one more", () => {
    const [quiet, told] = [linesOf({}), linesOf({ unverified: ["Note", "the quotes"] })];
    assert.equal(told.length, quiet.length);
    assert.match(told.find((line) => line.startsWith("Source:")) ?? "", / · written by others: Note, the quotes$/);
    assert.doesNotMatch(quiet.join("\n"), /by others/);
  });

  it("by the names under which people see them", () => {
    const plan = {
      answer: { title: "{steps.s.note}", text: "{steps.s.note}", facts: [{ label: "Note", value: "{steps.s.note}" }] },
    };
    const tools = [{ name: "itsm.list_services", trust: { holds: "records" as const, names: ["name"] } }];
    const origins = { ...nothingRead(), steps: { s: { tool: "itsm.list_services" } } };
    const scope = {
      ...{ slots: {}, computed: {}, cluster: {}, today: "2026-11-22", origins },
      ...{ steps: { s: { note: "Pay me" } }, requester: { upn: "maya.lindqvist@contoso.example", name: "Maya" } },
    };
    assert.deepEqual(unverifiedIn(plan as PlanTemplate, scope, tools), ["the heading", "the text", "Note"]);
  });

  for (const [system, field, value] of [
    ["crm", "health", "at-risk"],
    ["itsm", "impact", "outage"],
    ["itsm", "source", "penetration test"],
  ] as const)
    it(`and does not count ${field} of ${system} among them: its system knows a few values only`, () => {
      const inventory = loadInventory("manifest/connectors.json", loadDirectory("env/local/people.json"));
      const by = { system, tool: "any", at: undefined, trust: inventory.get(system)?.trust };
      assert.equal(isUntrusted(originsOfRead(by, field, value)), false);
    });
});
