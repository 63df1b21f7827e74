import assert from "node:assert/strict";
import { afterwards, isWorthACard, type Said, wordsOf } from "../../src/correction/correction.ts";
import { aCorrection, ids } from "../support/samples.ts";

const intent = (name: string) => ({ agentId: ids.agent, intent: name });
const served = intent("overdue-invoices");
const said = (changes: Partial<Said> = {}): Said => aCorrection(changes);

describe("what becomes of a correction", () => {
  it("the first one of a turn is stored", () => {
    assert.deepEqual(afterwards(said(), served, undefined), { do: "insert", kind: "wrong-agent" });
  });
  it("the same again changes nothing, and neither does it once it is decided", () => {
    for (const state of ["open", "approved", "declined"] as const)
      assert.deepEqual(afterwards(said(), served, aCorrection({ state })), { do: "nothing" }, state);
  });
  it("another choice changes an open one, and is a new one after a decision", () => {
    const other = said({ chosen: intent("invoice-status") });
    assert.deepEqual(afterwards(other, served, aCorrection()), { do: "change", kind: "wrong-agent" });
    assert.deepEqual(afterwards(other, served, aCorrection({ state: "declined" })), {
      do: "insert",
      kind: "wrong-agent",
    });
    assert.deepEqual(afterwards(said({ chosen: null }), served, aCorrection()), { do: "change", kind: "wrong-agent" });
  });
  it("choosing what the router served takes an open one back; a decided one stands", () => {
    const first = said({ chosen: served });
    assert.deepEqual(afterwards(first, served, aCorrection()), { do: "take-back" });
    assert.deepEqual(afterwards(first, served, aCorrection({ state: "approved" })), { do: "nothing" });
    assert.deepEqual(afterwards(first, served, undefined), { do: "nothing" });
  });
  it("a contradiction stays one when the same person clicks a choice later, and a choice can become one", () => {
    const choice = said({ kind: "choice", answered: null, chosen: intent("invoice-status") });
    assert.deepEqual(afterwards(choice, null, aCorrection()), { do: "change", kind: "wrong-agent" });
    const before = aCorrection({ kind: "choice", answered: null });
    assert.deepEqual(afterwards(said(), null, before), { do: "change", kind: "wrong-agent" });
  });
});

describe("what is worth an owner's time", () => {
  it("one contradiction, or two choices; a single choice is not", () => {
    const choice = aCorrection({ kind: "choice" });
    assert.equal(isWorthACard([aCorrection()]), true);
    assert.equal(isWorthACard([choice, choice]), true);
    assert.equal(isWorthACard([choice]), false);
    assert.equal(isWorthACard([]), false);
  });
  it("words that differ in capitals, spaces and full stops only are the same words", () => {
    assert.equal(wordsOf("  Who owes\n us   MONEY?! "), wordsOf("who owes us money"));
    assert.notEqual(wordsOf("Who owes us money"), wordsOf("Who owes me money"));
  });
});
