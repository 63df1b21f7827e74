import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

describe("access and accounts: what IT's agents do is approved, done, and taken back", () => {
  let office: Office;
  let noah: Colleague;
  let tomas: Colleague;
  let sofia: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  beforeEach(() => {
    noah = office.colleague("noah.fischer");
    tomas = office.colleague("tomas.novak");
    sofia = office.colleague("sofia.rossi");
  });
  after(() => office.close());

  const codeOf = (shown: Shown): string => /Code\n([0-9A-Z]{4,9}(?:-\d)?)/.exec(readable(shown.card))?.[1] ?? "";
  const levelsOf = async (application: string, upn: string): Promise<string[]> => {
    const { rows } = await office.pool.query<{ level: string }>(
      `select level from itsm.access_grant join itsm.application using (app_id)
       where name = $1 and upn like $2 || '@%' and revoked_on is null`,
      [application, upn],
    );
    return rows.map(({ level }) => level);
  };
  const statusOf = async (upn: string): Promise<string | undefined> => {
    const { rows } = await office.pool.query<{ status: string }>(
      "select status from itsm.sign_in_account where upn like $1 || '@%'",
      [upn],
    );
    return rows[0]?.status;
  };
  /** Says it, has it approved, and gives the code of the run. */
  const approved = async (says: string, summary: string): Promise<string> => {
    await noah.says(says);
    await tomas.clicks(await tomas.sees(new RegExp(`Your approval is needed[\\s\\S]*${summary}`)), "Approve");
    return codeOf(await noah.sees(new RegExp(`Executed[\\s\\S]*${summary}`)));
  };
  const takenBack = async (code: string, summary: string): Promise<void> => {
    await noah.says(`undo ${code}`);
    await tomas.clicks(
      await tomas.sees(new RegExp(`Your approval is needed[\\s\\S]*Take back: ${summary}`)),
      "Approve",
    );
    await noah.sees(/Executed[\s\S]*Take back/);
  };

  it("access that was given is taken away by an undo", async () => {
    const says = "Give Marta Ricci write access to the Supplier Portal because she orders pallets";
    const summary = "Give Marta Ricci write access to Supplier Portal";
    const code = await approved(says, summary);
    assert.deepEqual(await levelsOf("Supplier Portal", "marta.ricci"), ["write"]);
    await takenBack(code, summary);
    assert.deepEqual(await levelsOf("Supplier Portal", "marta.ricci"), []);
  });

  it("access that was taken away is given back by an undo", async () => {
    await noah.says("Revoke Jakub Svoboda's access to the Warehouse Cockpit");
    const summary = "Take read access to Warehouse Cockpit away from Jakub Svoboda";
    await noah.clicks(await noah.sees(new RegExp(`Please confirm[\\s\\S]*${summary}`)), "Confirm");
    const code = codeOf(await noah.sees(new RegExp(`Executed[\\s\\S]*${summary}`)));
    assert.deepEqual(await levelsOf("Warehouse Cockpit", "jakub.svoboda"), []);
    await takenBack(code, summary);
    assert.deepEqual(await levelsOf("Warehouse Cockpit", "jakub.svoboda"), ["read"]);
  });

  it("an account that was locked is unlocked by an undo", async () => {
    const summary = "Lock the account of Simon Achebe";
    const code = await approved("Lock the account of Simon Achebe, somebody has his password", summary);
    assert.equal(await statusOf("simon.achebe"), "locked");
    await takenBack(code, summary);
    assert.equal(await statusOf("simon.achebe"), "active");
  });

  it("an account that was unlocked is locked by an undo", async () => {
    const summary = "Unlock the account of Ivan Horvat";
    const code = await approved("Please unlock the account of Ivan Horvat", summary);
    assert.equal(await statusOf("ivan.horvat"), "active");
    await takenBack(code, summary);
    assert.equal(await statusOf("ivan.horvat"), "locked");
  });

  it("ended sessions do not come again, so two people approve before they end", async () => {
    const open = async () =>
      (
        await office.pool.query(
          "select 1 from itsm.sign_in_session where upn like 'hannah.schulz@%' and ended_on is null",
        )
      ).rowCount;
    await noah.says("End all sessions of Hannah Schulz");
    const summary = /Your approval is needed[\s\S]*Sign Hannah Schulz out everywhere/;
    await tomas.clicks(await tomas.sees(summary), "Approve");
    assert.equal(await open(), 2, "one of two has approved");
    await sofia.clicks(await sofia.sees(summary), "Approve");
    await noah.sees(/Executed[\s\S]*signed out of 2 sessions/);
    assert.equal(await open(), 0);
  });

  for (const [says, told] of [
    ["Give Petra Malik write access to the CRM because of her leads", /has read access to CRM already, since/],
    ["Take Petra Malik's access to the ERP away", /has no access to ERP, so there is nothing to take away/],
    ["Lock the account of Bruno Costa", /is locked already, since .*Password was found in a list of stolen ones/],
    ["Unlock the account of Maya Lindqvist", /is not locked\. If signing in fails, open a ticket/],
    ["Sign Linnea Holm out everywhere", /is signed in nowhere at the moment/],
  ] as const)
    it(`refuses what makes no sense: “${says}”`, async () => {
      await noah.says(says);
      await noah.sees(told);
    });

  it("asks what the access is needed for", async () => {
    await noah.says("Grant Theo Andersen access to the Sales Dashboards");
    await noah.sees(/What is the access needed for\?/);
    await noah.says("He compares the forecast with the books");
    await noah.sees(/Waiting for an approver[\s\S]*Give Theo Andersen read access to Sales Dashboards/);
  });
});
