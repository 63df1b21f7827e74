import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import sinon from "sinon";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("S14: long work", function () {
  this.timeout(60_000);
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  afterEach(() => sinon.restore());
  after(() => office.close());

  /** The n-th look-up from now on takes that long. */
  const slowLookUp = (n: number, ms: number): void => {
    const { connectors } = office.app.ports;
    const call = connectors.call.bind(connectors);
    let calls = 0;
    sinon.stub(connectors, "call").callsFake(async (wanted) => {
      calls += 1;
      if (calls === n) await sleep(ms);
      return call(wanted);
    });
  };

  it("one agent takes longer than 3 s: that is said, and the answer follows by itself", async () => {
    slowLookUp(1, 4_000);
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Which Fabrikam invoices are overdue?");
    await maya.sees(/takes longer than usual[\s\S]*by itself/);
    assert.doesNotMatch(
      maya
        .all()
        .map(({ card }) => readable(card))
        .join("\n"),
      /Overdue invoices/,
    );
    await maya.sees(/Overdue invoices[\s\S]*INV-1042/);
  });

  it("one of several agents takes longer: the part that is there is shown, and becomes the whole in its place", async () => {
    slowLookUp(2, 5_000);
    const maya = office.colleague("maya.lindqvist");
    await maya.says("Where does operations stand with its budget?");
    const part = await maya.sees(/I am still asking .+: the rest follows here by itself/);
    assert.doesNotMatch(readable(part.card), /Why this answer/, "what is not whole is not rated");
    const whole = await maya.sees(/answered because/);
    assert.equal(whole.id, part.id, "the same card");
    assert.doesNotMatch(readable(whole.card), /still asking/);
    assert.match(readable(whole.card), /Budget Variance · [\s\S]*Budget Variance · /);
  });
});
