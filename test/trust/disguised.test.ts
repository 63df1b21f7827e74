import assert from "node:assert/strict";
import { renderApproval } from "../../src/card/approval.ts";
import { digestOf } from "../../src/connector/digest.ts";
import { disguised } from "../../src/trust/disguised.ts";
import { readable } from "../support/card-content.ts";
import { anAction, anApproval, aRun } from "../support/samples.ts";

const around = { run: aRun(), approvals: [], nameOf: () => "Maya", agentName: () => "Invoice Agent", colleagues: [] };
/** What whoever decides about a payment to this payee reads. */
const cardFor = (payee: string, untrusted: { argument: string; from: string[] }[] = []): string => {
  const action = anAction({ args: { payee } }, { target: payee, untrusted });
  return readable(renderApproval({ ...around, approval: anApproval(), actions: [action] }));
};

describe("a payee that pretends to be another one", () => {
  for (const [how, payee, said] of [
    ["a change of direction", "Fabrikam \u202eLTD", "hidden characters"],
    ["a character without width", "Fabri\u200bkam", "hidden characters"],
    ["a tag", "Fabrikam\u{e0041}", "hidden characters"],
    ["a Cyrillic letter", "F\u0430brikam", "look-alike letters"],
    ["a Greek letter", "Fabrik\u03b1m", "look-alike letters"],
  ] as const)
    it(`by ${how} is flagged on the card, and nothing of it turns or hides there`, () => {
      assert.equal(disguised(payee), said);
      const card = cardFor(payee);
      assert.match(card, new RegExp(`Look twice[\\s\\S]*payee has ${said}`));
      assert.doesNotMatch(card, /[\u202e\u200b\u{e0041}]/u);
    });

  it("has a digest of its own: what is approved is the bytes, not how they look", () =>
    assert.notEqual(digestOf("erp.pay", { payee: "Fabrikam" }), digestOf("erp.pay", { payee: "F\u0430brikam" })));

  for (const honest of ["Fabrikam", "Søns & Größe", "Москва", "Ελλάδα", "Fabrikam (Москва)", "株式会社"])
    it(`is not what “${honest}” does`, () => {
      assert.equal(disguised(honest), undefined);
      assert.doesNotMatch(cardFor(honest), /Look twice/);
    });
});

describe("the card that asks for an approval", () => {
  it("names each input that others wrote, and where it was read", () =>
    assert.match(
      cardFor("Fabrikam", [{ argument: "payee", from: ["itsm.get_ticket, description"] }]),
      /Written by others, not checked[\s\S]*payee \\\(itsm\.get\\_ticket, description/,
    ));
  it("says nothing of the kind where all inputs are the person's own or data", () =>
    assert.doesNotMatch(cardFor("Fabrikam"), /Written by others/));
});
