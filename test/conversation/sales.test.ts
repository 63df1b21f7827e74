import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

describe("what sales asks of its agents", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  const asks = async (who: string, says: string, sees: RegExp): Promise<string> => {
    const colleague = office.colleague(who);
    await colleague.says(says);
    return readable((await colleague.sees(sees)).card);
  };
  const value = async (sql: string): Promise<unknown> => Object.values((await office.pool.query(sql)).rows[0] ?? {})[0];

  /** Asks for a request to be taken back, and has an approver of sales agree. */
  const takenBack = async (who: Colleague, receipt: string, what: string): Promise<void> => {
    const lucia = office.colleague("lucia.moreno");
    await who.says(`undo ${/\nCode\n([0-9A-Z]{4})/.exec(receipt)?.[1]}`);
    const question = await lucia.sees(new RegExp(`Your approval is needed[\\s\\S]*Take back: ${what}`));
    await lucia.clicks(question, "Approve");
    await who.sees(/Executed[\s\S]*Take back/);
  };

  describe("a quota is private", () => {
    const aboutFatima = "What is the quota attainment of Fatima Zahra?";

    for (const who of ["fatima.zahra", "lucia.moreno", "erik.johansson"])
      it(`${who}: herself, her manager and the lead of sales see it`, async () =>
        assert.match(await asks(who, aboutFatima, /Zahra has attained/), /540,000\.00 EUR/));

    for (const who of ["ben.carter", "noah.fischer", "amara.diallo"])
      it(`${who}: nobody else does, and reads whom to ask`, async () => {
        const said = await asks(who, aboutFatima, /private/);
        assert.match(said, /ask that person or their manager/);
        assert.doesNotMatch(said, /540,000|460,000/);
      });

    it("a ranking names everybody, so it is for those who answer for sales", async () => {
      const says = "Rank the whole sales team by quota attainment";
      assert.match(await asks("lucia.moreno", says, /Ranking by attainment/), /Fatima Zahra[\s\S]*Ben Carter/);
      assert.doesNotMatch(await asks("ben.carter", says, /answer for sales/), /Fatima/);
    });

    it("the gap of the whole team names nobody, and is open to all", async () => {
      const said = await asks(
        "noah.fischer",
        "How big is the gap of the team to the yearly quota?",
        /short of its yearly/,
      );
      assert.doesNotMatch(said, /Fatima|Hannah|Ben Carter/);
    });
  });

  describe("a quote", () => {
    it("is made when it is confirmed, and withdrawn when it is taken back", async () => {
      const hannah = office.colleague("hannah.schulz");
      await hannah.says("Make a quote for Litware: 10 ring scanners with 10 % discount");
      const question = await hannah.sees(/Please confirm[\s\S]*Ring Scanner/);
      assert.equal(await value("select count(*)::int from crm.quote where quote_id >= 'QUO-9'"), 0);
      await hannah.clicks(question, "Confirm");
      const receipt = readable((await hannah.sees(/Executed/)).card);
      assert.match(receipt, /Quote QUO-901 over 3,690\.00 EUR was made for Litware/);
      await takenBack(hannah, receipt, "Quote Litware");
      assert.equal(await value("select status from crm.quote where quote_id = 'QUO-901'"), "withdrawn");
    });

    it("with more discount than the price list allows is not proposed, and the limit is named", async () =>
      assert.match(
        await asks("hannah.schulz", "Make a quote for Litware: 10 ring scanners with 40 % discount", /at most/),
        /On Ring Scanner at most 15 % may be given/,
      ));

    it("of ten thousand or more is for the lead of sales to approve", async () => {
      const erik = office.colleague("erik.johansson");
      await office
        .colleague("hannah.schulz")
        .says("Make a quote for Litware: 30 warehouse scanners with 10 % discount");
      const question = readable((await erik.sees(/Your approval is needed[\s\S]*Warehouse Scanner/)).card);
      assert.match(question, /17,280\.00 EUR/);
    });
  });

  it("a withdrawn quote, a lead that was given away, a stage and a close date are put back on demand", async () => {
    const hannah = office.colleague("hannah.schulz");
    for (const [says, summary, now, then, back] of [
      [
        ...["Please withdraw the quote QUO-804, they have changed their mind", "Withdraw QUO-804"],
        ...["select status from crm.quote where quote_id = 'QUO-804'", "withdrawn", "open"],
      ],
      [
        ...["Assign the lead LEAD-305 to Fatima Zahra", "Give LEAD-305"],
        ...["select coalesce(owner, 'nobody') from crm.lead where lead_id = 'LEAD-305'"],
        ...["fatima.zahra@contoso.example", "nobody"],
      ],
      [
        ...["Move the deal OPP-5012 into the propose stage", "Move OPP-5012"],
        ...["select stage || ' ' || probability from crm.opportunity where opportunity_id = 'OPP-5012'"],
        ...["propose 50", "discover 30"],
      ],
      [
        ...[
          "Move the close date of OPP-5024 to 31 December 2027, their board meets later",
          "Move the close date of OPP-5024",
        ],
        ...["select (close_date = '2027-12-31')::text from crm.opportunity where opportunity_id = 'OPP-5024'"],
        ...["true", "false"],
      ],
    ] as [string, string, string, string, string][]) {
      await hannah.says(says);
      await hannah.clicks(await hannah.sees(new RegExp(`Please confirm[\\s\\S]*${summary}`)), "Confirm");
      const receipt = readable((await hannah.sees(/Executed/)).card);
      assert.equal(await value(now), then, says);
      await takenBack(hannah, receipt, summary);
      assert.equal(await value(now), back, says);
    }
  });

  it("a lead is not proposed to somebody who does not sell, and a closed deal is not moved", async () => {
    assert.match(
      await asks("hannah.schulz", "Assign the lead LEAD-305 to Noah Fischer", /salesperson/),
      /There is no salesperson/,
    );
    assert.match(
      await asks("mateo.garcia", "Move the deal OPP-5007 into the propose stage", /is won/),
      /a closed deal is not moved any more/,
    );
    assert.match(
      await asks("mateo.garcia", "Move the close date of OPP-5024 to 1 March 2020", /past/),
      /An open deal closes today or later/,
    );
  });
});
