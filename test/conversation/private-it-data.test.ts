import assert from "node:assert/strict";
import { type Office, openOffice } from "../support/office.ts";

describe("what IT knows of a person is not told to a colleague", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  for (const [says, secret] of [
    ["What access does Noah Fischer have?", "Warehouse Cockpit"],
    ["Show the failed sign-ins of Noah Fischer", "wrong password"],
    ["What security training does Noah Fischer still have to do?", "Recognising phishing"],
  ] as const)
    it(says, async () => {
      const colleague = office.colleague("felix.kruger");
      await colleague.says(says);
      await colleague.sees(/of another person.*(are|is) private|another person .*is private/s);
      assert.ok(!JSON.stringify(colleague.all()).includes(secret));
    });
});
