import assert from "node:assert/strict";
import { createRegistry } from "../../src/registry/registry.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";
import { theRegistry, theRouter } from "../support/fleet.ts";

describe("the router", () => {
  let router: Router;
  before(async () => {
    router = await theRouter();
  });

  it("explains its choice: scores of both phases, the nearest utterance, the words that mattered", async () => {
    const { chosen, phase1, phase2, candidates, registryVersion } = await router.route(
      "Which Fabrikam invoices are overdue?",
    );
    assert.equal(chosen?.intent, "overdue-invoices");
    assert.ok(chosen.score >= 0.8 && chosen.score <= 1);
    assert.match(chosen.matched, /overdue/);
    assert.ok(chosen.why.includes("overdue"));
    assert.deepEqual(phase1.clusters.map(({ clusterId }) => clusterId).sort(), [
      "finance",
      "hr-legal",
      "it-security",
      "sales",
    ]);
    assert.ok(phase2.margin > 0);
    assert.ok(candidates.length <= 5);
    assert.equal(registryVersion, theRegistry().version);
  });

  it("is not moved by names and numbers: another customer, the same agent", async () => {
    for (const name of ["Northwind Traders", "Fabrikam"])
      assert.equal((await router.route(`Which ${name} invoices are overdue?`)).chosen?.intent, "overdue-invoices");
    for (const id of ["INV-1001", "INV-1199"])
      assert.equal((await router.route(`What is the status of ${id}?`)).chosen?.intent, "invoice-status");
  });

  it("decides the same every time, and after every start", async () => {
    const [one, other] = [await createRouter(theRegistry()), await createRouter(theRegistry())];
    for (const text of ["Which invoices are overdue?", "It's broken again.", "who is away"])
      assert.deepEqual(await one.route(text), await other.route(text));
  });

  it("follows the registry: a suspended agent is out of routing at once, what it did goes to nobody else by mistake, and it is back at once", async () => {
    let registry = theRegistry();
    const live = {
      get agents() {
        return registry.agents;
      },
      get byId() {
        return registry.byId;
      },
      get version() {
        return registry.version;
      },
    };
    const followed = await createRouter(live);
    const ask = () => followed.route("How many days of leave do I have left?");
    assert.equal((await ask()).chosen?.displayName, "Leave Balance");
    const before = registry;
    registry = createRegistry(
      before.agents.map((agent) =>
        agent.display_name === "Leave Balance" ? { ...agent, status: "suspended" as const } : agent,
      ),
    );
    const { registryVersion, candidates, outcome } = await ask();
    assert.equal(registryVersion, registry.version);
    assert.ok(candidates.every(({ displayName }) => displayName !== "Leave Balance"));
    assert.notEqual(outcome, "serve");
    await followed.follow();
    assert.notEqual((await ask()).outcome, "serve");
    registry = before;
    assert.equal((await ask()).chosen?.displayName, "Leave Balance");
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["blanks", " \n\t "],
    ["only punctuation", "?!… ()[]{}"],
    ["emoji", "🔥🔥🔥"],
    ["another script", "مرحبا كيف حالك"],
    ["a template", "${evil} {{x}}"],
    ["a megabyte", "x".repeat(1_000_000)],
    ["a megabyte of blanks and words", "a b ".repeat(250_000)],
  ] as const)
    it(`survives ${what}, and does not serve it`, async () =>
      assert.notEqual((await router.route(text)).outcome, "serve"));
});
