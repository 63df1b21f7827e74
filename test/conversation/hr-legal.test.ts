import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const dayIn = (days: number): string => dayFormat.format(new Date(Date.now() + days * 86_400_000));

describe("human resources and legal at the chat", () => {
  let office: Office;
  let noah: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  beforeEach(() => {
    noah = office.colleague("noah.fischer");
  });
  after(() => office.close());

  const count = async (sql: string): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`);
    return rows[0]?.n ?? 0;
  };
  const booked = () =>
    count(
      "hris.leave where upn = 'noah.fischer@contoso.example' and status = 'booked' and from_day = current_date + 90",
    );
  const places = () =>
    count(
      "hris.enrolment where upn = 'noah.fischer@contoso.example' and course_id = 'CRS-212' and status = 'enrolled'",
    );

  it("leave is booked when HR has agreed, not before, and the request can be undone", async () => {
    const amara = office.colleague("amara.diallo");
    await noah.says(`Book annual leave for me from ${dayIn(90)} to ${dayIn(93)}`);
    const waiting = await noah.sees(/Waiting for an approver of HR & Legal/);
    const question = await amara.sees(/Your approval is needed/);
    assert.match(readable(question.card), /Days left\n\d+\.50\n\d+\.50/);
    assert.equal(await booked(), 0, "nothing is booked before somebody agrees");
    await amara.clicks(question, "Approve");
    await noah.sees(/Leave LV-\d+ of Noah Fischer is booked/);
    assert.equal(await booked(), 1);

    const code = /Code\n([0-9A-Z]{4,8})/.exec(readable(waiting.card))?.[1] ?? "";
    await noah.says(`undo ${code}`);
    await noah.sees(/can be undone/);
    await amara.clicks(await amara.sees(/Your approval is needed/), "Approve");
    await noah.sees(/Executed[\s\S]*Take back/);
    assert.equal(await booked(), 0);
  });

  it("a place on a course is taken when the requester has confirmed it", async () => {
    await noah.says("Enrol me on the course Business English");
    const question = await noah.sees(/Enrol Noah Fischer on Business English/);
    assert.equal(await places(), 0);
    await noah.clicks(question, /Confirm/);
    await noah.sees(/Noah Fischer has place ENR-\d+ on Business English/);
    assert.equal(await places(), 1);
  });

  for (const [what, says, told] of [
    ["leave in the past", "Book leave for me from 4 May 2020 to 8 May 2020", /4 May 2020 is over/],
    [
      "leave for longer than the days that are left",
      `Book annual leave for me from ${dayIn(120)} to ${dayIn(160)}`,
      /working days, and Noah Fischer has \d+(\.5)? left\. Choose a shorter period/,
    ],
    [
      "leave over other leave",
      `Book annual leave for me from ${dayIn(49)} to ${dayIn(51)}`,
      /has an absence in that period already: LV-9038\. Cancel that one first/,
    ],
    ["cancelling somebody else's leave", "Cancel my leave LV-9026", /Noah Fischer has no leave LV-9026/],
    ["leave of a stranger to the team", "Book leave for Felix Krüger from 4 June to 5 June", /private/],
    [
      "a course that is full",
      "Enrol me on the course Fire Wardens",
      /All 3 seats of Fire Wardens \\?\(CRS-203\\?\) are taken/,
    ],
    ["a course that has begun", "Enrol me on the course CRS-216", /began on .* find a later one/],
    [
      "the leave entries of somebody else",
      "Leave entries of Maya Lindqvist with numbers",
      /Leave entries .* are private/,
    ],
    [
      "the rating of a colleague",
      "How was Felix Krüger rated in the last review?",
      /Reviews of another person are private/,
    ],
    [
      "the benefits of a colleague",
      "Benefits that Felix Krüger may have by now",
      /Benefits of another person are private/,
    ],
    ["what a colleague must learn", "Outstanding mandatory courses of Aisha Bello", /must still learn is private/],
    ["who applied", "Names of the candidates for Platform Engineer", /known to HR and to the hiring manager only/],
    ["who asked about their data", "What is the status of DSR-101?", /known to the legal team only/],
    ["legal matters", "Which legal matters are open at the moment?", /Legal matters are confidential/],
    ["one legal matter", "Show matter MAT-52", /Legal matters are confidential/],
    ["a party with two contracts", "Key terms of the contract with Fabrikam", /More than one contract matches/],
  ] as const)
    it(`refuses ${what}, and says why`, async () => {
      await noah.says(says);
      const seen = await noah.sees(told);
      assert.doesNotMatch(readable(seen.card), /exceeds expectations|Straßer|Größ|conciliation/);
    });

  it("a hiring manager reads who applied for the own position, and not for another", async () => {
    const sofia = office.colleague("sofia.rossi");
    await sofia.says("Names of the candidates for Platform Engineer");
    await sofia.sees(/Ananya Krishnan/);
    await sofia.says("Names of the candidates for Warehouse Shift Lead");
    await sofia.sees(/known to HR and to the hiring manager only/);
  });

  it("a manager cancels leave of the team, and it can be confirmed", async () => {
    const oskar = office.colleague("oskar.lindholm");
    await oskar.says("Cancel leave LV-9026 of Felix Krüger");
    await oskar.clicks(await oskar.sees(/Cancel LV-9026 of Felix Krüger/), /Confirm/);
    await oskar.sees(/LV-9026 is cancelled/);
    assert.equal(await count("hris.leave where leave_id = 'LV-9026' and status = 'cancelled'"), 1);
  });
});
