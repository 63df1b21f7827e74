import assert from "node:assert/strict";
import { type Mover, type Status, whyNot } from "../../src/registry/lifecycle.ts";

const statuses: Status[] = ["draft", "active", "degraded", "suspended", "deprecated"];
const lawful: Record<Status, Status[]> = {
  draft: ["active", "deprecated"],
  active: ["degraded", "suspended", "deprecated"],
  degraded: ["active", "suspended", "deprecated"],
  suspended: ["active", "degraded", "deprecated"],
  deprecated: [],
};

describe("the lifecycle of an agent (R8.3)", () => {
  for (const from of statuses)
    for (const to of statuses)
      it(`${from} → ${to}: ${lawful[from].includes(to) ? "allowed" : "refused with the reason"}`, () => {
        const why = whyNot(from, to, { by: "owner", hasOwner: true });
        if (lawful[from].includes(to)) assert.equal(why, undefined);
        else assert.match(String(why), /^[A-Z].*\.$/);
      });

  it("a draft serves when its owner has signed off, and on nobody else's word", () => {
    for (const by of ["operator", "lead", "flow"] satisfies Mover[])
      assert.match(String(whyNot("draft", "active", { by, hasOwner: true })), /owner signs off/);
  });

  it("an agent for whom nobody answers does not come into service, and may be taken out of it", () => {
    for (const from of ["draft", "degraded", "suspended"] satisfies Status[])
      assert.match(String(whyNot(from, "active", { by: "owner", hasOwner: false })), /Nobody answers for it/);
    assert.equal(whyNot("active", "suspended", { by: "flow", hasOwner: false }), undefined);
  });

  it("a flow brings back what was degraded, and leaves what was suspended to people", () => {
    assert.equal(whyNot("degraded", "active", { by: "flow", hasOwner: true }), undefined);
    assert.match(String(whyNot("suspended", "active", { by: "flow", hasOwner: true })), /a person decides/);
  });
});
