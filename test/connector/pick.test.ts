import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pick } from "../../src/connector/servers/pick.ts";

const candidates = [
  { id: "C-1", name: "Fabrikam" },
  { id: "C-2", name: "Fabrikam Residences" },
  { id: "C-3", name: "Žižkov Søns" },
  { id: "maya.lindqvist@contoso.example", name: "Maya Lindqvist", also: "E-001" },
];

describe("finding what a person means by a name", () => {
  for (const [wanted, id] of [
    ["c-1", "C-1"],
    ["fabrikam", "C-1"],
    ["residences", "C-2"],
    ["zizkov sons", "C-3"],
    ["e-001", "maya.lindqvist@contoso.example"],
    [" MAYA.LINDQVIST@contoso.example ", "maya.lindqvist@contoso.example"],
  ] as const)
    it(`"${wanted}" is ${id}`, () => assert.equal(pick("thing", wanted, candidates).id, id));

  it("a part that fits two is asked back with both", () =>
    assert.throws(
      () => pick("customer", "fabri", candidates),
      /More than one customer .* Fabrikam \(C-1\), Fabrikam Residences \(C-2\)/,
    ));

  it("a typing error is answered with the near names", () =>
    assert.throws(() => pick("customer", "Fabrikm", candidates), /no customer "Fabrikm"\. Did you mean: Fabrikam/));

  it("what is near to nothing is answered without a guess", () =>
    assert.throws(() => pick("customer", "qqqq", candidates), /Check the name or the id/));
});
