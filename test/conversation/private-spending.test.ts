import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Office, openOffice } from "../support/office.ts";

describe("what people spend is theirs, their manager's and Finance's business", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const asked = async (by: string, text: string): Promise<string> => {
    const speaker = office.colleague(by);
    await speaker.says(text);
    await speaker.sees(/[\s\S]/);
    return readable(speaker.all().at(-1)?.card);
  };

  for (const [what, question, shown, refusal, allowed] of [
    [
      "company card payments",
      "Show the company card payments of Hannah Schulz",
      /Motel One/,
      /Card data of another person is private/,
      ["hannah.schulz", "erik.johansson", "priya.nair"],
    ],
    [
      "missing receipts",
      "Missing receipts on the company card of Hannah Schulz",
      /Taxi Berlin/,
      /Card data of another person is private/,
      ["erik.johansson", "priya.nair"],
    ],
    [
      "card limit",
      "What is the limit of the company card of Hannah Schulz?",
      /2,500\.00 EUR/,
      /Card data of another person is private/,
      ["erik.johansson"],
    ],
    [
      "expense claims",
      "Show the expense claims submitted by Felix Krüger",
      /Safety shoes/,
      /Expense claims of another person are private/,
      ["oskar.lindholm", "jonas.weber"],
    ],
    [
      "status of a claim",
      "What is the status of claim EXP-8005?",
      /Safety shoes/,
      /Expense claims of another person are private/,
      ["felix.kruger", "oskar.lindholm", "jonas.weber"],
    ],
    [
      "waiting claims",
      "Which expense claims are waiting for the approval of Oskar Lindholm?",
      /Work gloves/,
      /Expense claims of another person are private/,
      ["oskar.lindholm", "greta.sandberg"],
    ],
  ] as const)
    it(what, async () => {
      const told = await asked("noah.fischer", question);
      assert.match(told, refusal);
      assert.doesNotMatch(told, shown);
      for (const by of allowed) assert.match(await asked(by, question), shown, by);
    });
});
