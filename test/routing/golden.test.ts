import assert from "node:assert/strict";
import { readAccepted } from "../../src/routing/golden/accepted.ts";
import { type CheckedRouting, checkRouting } from "../../src/routing/golden/check.ts";
import { readGolden } from "../../src/routing/golden/lines.ts";
import { reportOf } from "../../src/routing/golden/report.ts";
import { theEntities, theRegistry, theRouter } from "../support/fleet.ts";

/** Sentences that are in no record. A change of the registry or of the recogniser that loses some of them is seen here. */
describe("routing, on sentences that were never registered", () => {
  let checked: CheckedRouting;
  before(async () => {
    const registry = theRegistry();
    checked = await checkRouting(readGolden("manifest/golden/routing.jsonl", registry.agents), {
      ...{ registry, router: await theRouter(), entities: theEntities },
      accepted: readAccepted("manifest/golden/accepted.json"),
    });
  });
  const holds = (gate: RegExp): void => {
    const found = checked.gates.find(({ name }) => gate.test(name));
    assert.ok(found?.holds, `${found?.name}: ${found?.is}\n${found?.missed.join("\n")}`);
  };

  it("serves most of what the fleet can do", () => holds(/^served of what is in scope/));
  it("is right when it serves", () => holds(/^right among served/));
  it("serves next to nothing that the fleet does not do", () => holds(/^served of what is out of scope/));
  it("knows enough sentences for every intent", () => holds(/^every intent has/));
  it("knows enough sentences that are none of its business, and enough vague ones", () => {
    holds(/out-of-scope lines/);
    holds(/vague lines/);
  });
  it("is measured with nothing that it was taught", () => holds(/registered$/));
  it("does with every sentence what was accepted: `npm run -s registry -- check-routing` says more", () => {
    assert.deepEqual(
      [checked.comparison?.drops, checked.comparison?.moves, checked.isOtherGolden],
      [[], [], false],
      reportOf(checked),
    );
  });
});
