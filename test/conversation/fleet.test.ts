import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { type Office, openOffice } from "../support/office.ts";

/** One thing to say for each intent, complete enough to be served. */
const sayings: Record<string, string> = {
  "customer-details": "Who is the account manager of Fabrikam?",
  "list-opportunities": "Which opportunities do we have with Fabrikam?",
  "list-contacts": "Who are our contacts at Fabrikam?",
  "quarter-forecast": "What is the sales forecast for this quarter?",
  "stalled-deals": "Which deals are stalled?",
  "closing-soon": "Which deals close this month?",
  "customer-overview": "Give me an overview of Fabrikam",
  "customer-health": "How healthy is the relationship with Fabrikam?",
  "overdue-invoices": "Which invoices are overdue?",
  "invoice-status": "What is the status of INV-1042?",
  "credit-note": "Raise a credit note for INV-1042 of 10, scratched",
  "extend-due-date": "Extend the due date of INV-1042 to 31 December because they asked",
  "budget-variance": "How do actuals compare with the budget?",
  "budget-remaining": "How much budget is left for Finance?",
  "overspent-cost-centers": "Which cost centers are over budget?",
  "bills-due": "What do we owe our suppliers?",
  "receivables-ageing": "Show the ageing of receivables",
  "credit-notes-list": "Which credit notes did we issue?",
  "my-tickets": "What are my open tickets?",
  "ticket-status": "What is the status of TCK-3007?",
  "open-ticket": "Open a ticket: my laptop does not start",
  "raise-ticket-priority": "Raise the priority of TCK-3007 to critical because the line stands still",
  "missing-patches": "Which devices are missing patches?",
  "device-lookup": "Show device DEV-4001",
  "devices-of-person": "Which laptop does Noah Fischer have?",
  "patch-compliance": "What is our patch compliance?",
  advisories: "What new security advisories are there?",
  exposure: "Which devices are exposed to CVE-2026-10431?",
  "policy-question": "What is the policy on remote work?",
  "policy-read": "Show me POL-03",
  "onboarding-checklist": "Onboarding checklist for Petra Malik",
  "onboarding-progress": "How far is everybody with onboarding?",
  "leave-left": "How many days of leave do I have left?",
  "who-is-away": "Who is away this week?",
  "dunning-letter": "Send a dunning letter for INV-1042",
  "settle-complaint": "Settle the complaint on INV-1042: credit 10, scratched, new due date 31 December 2027",
  "stolen-device": "My laptop DEV-4001 was stolen",
  "prepare-workplace": "Have IT prepare a workplace for Petra Malik",
  "account-review": "Let the agents discuss how we stand with Fabrikam",
  "leave-rules": "What are the rules for parental leave?",
};

describe("every intent of the fleet, over the real systems", () => {
  let office: Office;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  after(() => office.close());

  it("is tried here", () => {
    const labels = theRegistry().agents.flatMap(({ intent_patterns }) =>
      intent_patterns.map(({ intent_label }) => intent_label),
    );
    assert.deepEqual(Object.keys(sayings).sort(), labels.sort());
  });

  for (const [intent, text] of Object.entries(sayings))
    it(`${intent}: “${text}”`, async () => {
      // Somebody who may read what these are about.
      const speaker = office.colleague(
        intent.startsWith("onboarding") || intent === "prepare-workplace" ? "amara.diallo" : "noah.fischer",
      );
      await speaker.says(text);
      await speaker.sees(/[\s\S]/);
      const { rows } = await office.pool.query<{ intent: string; outcome: string; reply: { told?: string } }>(
        "select intent, outcome, reply from turn order by created_at desc limit 1",
      );
      assert.equal(rows[0]?.intent, intent);
      assert.ok(
        ["answer", "proposal"].includes(rows[0]?.outcome ?? ""),
        `${rows[0]?.outcome}: ${rows[0]?.reply.told ?? readable(speaker.all().at(-1)?.card)}`,
      );
      const said = readable(speaker.all().at(-1)?.card);
      assert.doesNotMatch(said, /undefined|NaN|\[object|\{steps\.|\{slots\.|\{computed\./);
    });
});
