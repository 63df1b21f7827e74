import assert from "node:assert/strict";
import { PlanTemplate } from "../../src/agent/plan-template.ts";
import { extractSlots } from "../../src/agent/slots.ts";
import { directory, plans } from "../support/fleet.ts";

const maya = directory.byUpn("maya.lindqvist@contoso.example");
const vocabulary = {
  customers: ["Fabrikam", "Northwind Traders", "Contoso Retail", "Contoso Foods"],
  departments: ["Finance", "Sales", "IT"],
  directory,
  names: new Map([
    ["erp.list_vendors vendors.name", ["Litware", "Wingtip Toys", "Contoso Logistics", "Contoso Steel"]],
  ]),
};
const slotsOf = (plan: string, text: string, known: Record<string, unknown> = {}, asked?: string) => {
  const template = plans.get(plan);
  assert.ok(template !== undefined, plan);
  return extractSlots(template, text, { today: "2026-11-20", requester: maya, vocabulary }, known, asked);
};

describe("what is wanted is read from what people write", () => {
  for (const [text, expected] of [
    [
      "Raise a credit note of 450 for INV-1042, damaged goods",
      { invoice: "INV-1042", amount: "450", reason: "damaged goods" },
    ],
    [
      "credit note for inv 1042 over 1,250.50 EUR because the price was wrong",
      { invoice: "INV-1042", amount: "1250.50", reason: "the price was wrong" },
    ],
    ["Credit note: 450 on INV-1042, damaged goods", { invoice: "INV-1042", amount: "450", reason: "damaged goods" }],
    ["Credit 450 on INV-1042: damaged, and late", { invoice: "INV-1042", amount: "450", reason: "damaged, and late" }],
    ["Credit €75 on INV-1042, broken, and late", { invoice: "INV-1042", amount: "75", reason: "broken, and late" }],
    [
      "Create a credit note for INV-1042 of 99.95 due to double charging",
      { invoice: "INV-1042", amount: "99.95", reason: "double charging" },
    ],
  ] as const)
    it(`“${text}”`, () => {
      const { values, missing } = slotsOf("finance/credit-note", text);
      const { amount, ...rest } = expected;
      assert.equal(Number(values.amount), Number(amount));
      assert.deepEqual({ invoice: values.invoice, reason: values.reason }, rest);
      assert.deepEqual(missing, []);
    });

  it("asks for what is missing, in the order of the plan", () => {
    assert.deepEqual(slotsOf("finance/credit-note", "I want a credit note").missing, ["invoice", "amount", "reason"]);
    assert.deepEqual(slotsOf("finance/credit-note", "credit INV-1042").missing, ["amount", "reason"]);
  });

  it("takes the next message as the answer, and keeps what was known", () => {
    const known = { invoice: "INV-1042", amount: "450" };
    const { values, missing } = slotsOf("finance/credit-note", "the goods came back", known, "reason");
    assert.deepEqual([values.invoice, values.reason, missing], ["INV-1042", "the goods came back", []]);
  });

  it("does not take an invoice number for an amount", () => {
    assert.ok(slotsOf("finance/credit-note", "credit note for INV-1042, damaged").missing.includes("amount"));
  });

  it("reads days as people say them", () => {
    for (const [said, day] of [
      ["Extend the due date of INV-1042 to 15 December", "2026-12-15"],
      ["Extend the due date of INV-1042 to 2026-12-31", "2026-12-31"],
      ["Extend the due date of INV-1042 to tomorrow", "2026-11-21"],
    ] as const)
      assert.ok(Object.values(slotsOf("finance/extend-due-date", said).values).includes(day), said);
  });

  it("reads a period by its first and its last day, and asks where only a length is said", () => {
    for (const [said, from, to] of [
      ["Book me off from 3 August to 7 August", "2027-08-03", "2027-08-07"],
      ["Leave from 10 May until 14 May please", "2027-05-10", "2027-05-14"],
      ["I am off on Monday and Tuesday", "2026-11-23", "2026-11-24"],
      ["Take 18 May off, I want the day for myself", "2027-05-18", "2027-05-18"],
      ["a week of holiday, 7 June to 11 June", "2027-06-07", "2027-06-11"],
      ["two weeks of leave from 3 August", "2027-08-03", undefined],
    ] as const) {
      const { values, missing } = slotsOf("hr-legal/request-leave", said);
      assert.deepEqual([values.from, values.to, missing], [from, to, to === undefined ? ["to"] : []], said);
    }
    const { values } = slotsOf("hr-legal/request-leave", "16 August", { from: "2027-08-03" }, "to");
    assert.deepEqual([values.from, values.to], ["2027-08-03", "2027-08-16"]);
  });

  it("reads days that have been, whatever the calendar says of the next such day", () => {
    for (const [said, day, amount] of [
      ["Claim 42.50 for a taxi yesterday, late shift", "2026-11-19", "42.50"],
      ["Claim 12.50 taxi on 3 November, late shift", "2026-11-03", "12.50"],
      ["Claim 12.50 on 3 November for a taxi", "2026-11-03", "12.50"],
      ["38 EUR for lunch on 12 December, seminar", "2025-12-12", "38"],
      ["Taxi 19.90 on Monday, airport", "2026-11-16", "19.90"],
      ["Parking, 8 EUR, 2026-11-18", "2026-11-18", "8"],
    ] as const) {
      const { values } = slotsOf("finance/submit-expense-claim", said);
      assert.deepEqual([values.day, values.amount], [day, amount], said);
    }
  });

  it("finds the customer, and offers the choice where a name is not unique", () => {
    assert.equal(
      slotsOf("finance/overdue-invoices", "Which fabrikam invoices are overdue?").values.customer,
      "Fabrikam",
    );
    const { choices } = slotsOf("sales/customer-details", "Show me the customer Contoso");
    assert.deepEqual(choices.customer?.sort(), ["Contoso Foods", "Contoso Retail"]);
  });

  it("takes “me” in “show me” for nobody, and knows colleagues by their first name", () => {
    const of = (text: string) => slotsOf("it-security/devices-of-person", text).values.person;
    assert.equal(of("Show me the devices of Petra"), "petra.malik@contoso.example");
    assert.equal(of("Which laptop does Noah have?"), "noah.fischer@contoso.example");
    assert.equal(of("show me the laptops"), undefined);
    assert.equal(of("which laptop do I have"), maya?.upn);
  });

  it("tells the department IT from the word it", () => {
    const of = (text: string) => slotsOf("finance/budget-remaining", text).values.department;
    assert.equal(of("is it true that Sales has budget left?"), "Sales");
    assert.equal(of("how much of it is left"), undefined);
    for (const text of ["budget left for IT", "it", "IT."]) assert.equal(of(text), "IT", text);
  });

  describe("of the kinds that any plan can declare", () => {
    const vendors = { tool: "erp.list_vendors", rows: "vendors", field: "name" };
    const plan = PlanTemplate.parse({
      ...{ plan: "test/any", version: 1, pattern: "sequential", lookups: [], answer: { title: "Any" } },
      slots: {
        contract: { type: "id", prefix: "CTR", ask: "Which contract?" },
        vendor: { type: "name", names: vendors, ask: "Which vendor?" },
        kind: {
          type: "choice",
          choices: { annual: ["annual", "yearly"], once: ["once", "one time"] },
          ask: "How often?",
        },
        seats: { type: "number", ask: "How many?" },
        discount: { type: "percent", ask: "Which discount, in percent?", optional: true },
      },
    });
    const read = (text: string, asked?: string) =>
      extractSlots(plan, text, { today: "2026-11-20", requester: maya, vocabulary }, {}, asked);

    it("finds the number, the name, the choice and the count, whatever else is said", () => {
      assert.deepEqual(read("Renew ctr 204 with Litware for 12 seats, one time").values, {
        ...{ contract: "CTR-204", vendor: "Litware", kind: "once", seats: 12 },
      });
    });

    it("takes percent for percent and the other number for the count, in whichever order", () => {
      for (const [text, discount] of [
        ["12 seats less 10 %", 10],
        ["7.5% off, 12 seats", 7.5],
        ["at 12,5 percent for 12 seats", 12.5],
      ] as const) {
        const { values } = read(text);
        assert.deepEqual([values.seats, values.discount], [12, discount], text);
      }
      assert.equal(read("12 seats").values.discount, undefined);
      assert.equal(read("15", "discount").values.discount, 15);
    });

    it("finds a name by its first word with an s of possession", () => {
      assert.equal(read("Litware's contract").values.vendor, "Litware");
      assert.equal(read("wingtip's seats").values.vendor, "Wingtip Toys");
    });

    it("finds a name in the plural, and the count before an x", () => {
      assert.deepEqual(read("12x Contoso Logistics").values, { vendor: "Contoso Logistics", seats: 12 });
      assert.equal(read("three Wingtip Toyss").values.vendor, "Wingtip Toys");
      assert.equal(read("Litwaress").values.vendor, undefined);
    });

    it("asks which of two names is meant", () => {
      assert.deepEqual(read("renew with Contoso").choices.vendor?.sort(), ["Contoso Logistics", "Contoso Steel"]);
    });

    it("takes no amount, no day and no other id for a count", () => {
      assert.deepEqual(read("12.50 EUR on 2026-12-31 for INV-1042 and CTR-9").missing.sort(), [
        ...["contract", "kind", "seats", "vendor"],
      ]);
    });

    it("takes a bare number as the answer to the question for it", () => {
      assert.equal(read("204", "contract").values.contract, "CTR-204");
      assert.equal(read("12", "seats").values.seats, 12);
    });
  });

  for (const text of ["", "🔥", "x".repeat(100_000), "${amount} {{invoice}}", "INV-99999999999999999999"])
    it(`survives ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.ok(slotsOf("finance/credit-note", text).missing.length > 0);
    });
});
