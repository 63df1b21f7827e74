import assert from "node:assert/strict";
import { readCommand } from "../../src/bot/command.ts";
import { readWish } from "../../src/bot/memory/wish.ts";

describe("what people want remembered is read from what they write", () => {
  for (const [said, kind, name, value, clusterId] of [
    ["that my customer is Fabrikam", "preference", "my customer", "Fabrikam", undefined],
    ["in finance that my customer is Fabrikam.", "preference", "my customer", "Fabrikam", "finance"],
    ["in HR that my manager is Erik Johansson", "preference", "my manager", "Erik Johansson", "hr-legal"],
    ["that I mean Contoso Nord when I say “my account”", "preference", "my account", "Contoso Nord", undefined],
    ["when I say 'my account', I mean Contoso Nord", "preference", "my account", "Contoso Nord", undefined],
    ["this search as my overdue ones", "search", "my overdue ones", undefined, undefined],
    ["search weekly: Which invoices are overdue?", "search", "weekly", "Which invoices are overdue?", undefined],
    ["inv-1042 as the Fabrikam dispute", "case", "the Fabrikam dispute", "INV-1042", undefined],
    ["in sales OPP-5012 as the big one", "case", "the big one", "OPP-5012", "sales"],
    ["that my customer is Fabrikam in finance", "preference", "my customer", "Fabrikam", "finance"],
    ["this search as weekly, in IT & Security.", "search", "weekly", undefined, "it-security"],
    ["that my office is the one in sales street", "preference", "my office", "the one in sales street", undefined],
    ["in sales that my area is the one in finance", "preference", "my area", "the one in finance", "sales"],
    ["this as the Fabrikam dispute", "case", "the Fabrikam dispute", undefined, undefined],
  ] as const)
    it(`“remember ${said}”`, () => assert.deepEqual(readWish(said), { kind, name, value, clusterId }));

  it("what could not be used is not guessed at", () => {
    for (const said of ["to buy milk", "me", "everything"]) assert.equal(readWish(said), undefined, said);
  });

  it("commands about memory, and those that only look like one", () => {
    const verbOf = (text: string) => {
      const command = readCommand(text);
      return command?.kind === "memory" ? command.wish.verb : command?.kind;
    };
    assert.equal(verbOf("forget it"), "never-mind");
    assert.equal(verbOf("Forget my customer"), "forget");
    assert.equal(verbOf("what do you remember about me?"), "list");
    assert.equal(verbOf("memory off in IT"), "opt-out");
    assert.equal(verbOf("release memory 1a2b3c4d"), "release");
    assert.equal(verbOf("How much memory has DEV-101?"), undefined);
    assert.equal(verbOf("I forgot my password"), undefined);
  });
});
