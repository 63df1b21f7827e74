import assert from "node:assert/strict";
import sinon from "sinon";
import { NO_POLICY, POLICY_ERROR, type PolicyRequest } from "../../src/policy/cedar.ts";
import type { Verdict } from "../../src/policy/step.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

type Denial = {
  actor: string;
  turn_id: string;
  run_id: string | null;
  data: { onBehalfOf: string; tool: string; args: Record<string, unknown>; verdict: Verdict };
};

describe("a look-up that policy denies", () => {
  let office: Office;
  let maya: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  beforeEach(async () => {
    maya = office.colleague("maya.lindqvist");
    seen = (await denials()).length;
  });
  afterEach(() => sinon.restore());
  after(() => office.close());

  let seen = 0;
  const denials = async (): Promise<Denial[]> =>
    (
      await office.pool.query<Denial>(
        "select actor, turn_id, run_id, data from audit_log where kind = 'step.denied' order by seq",
      )
    ).rows;
  /** What became evidence since this test began. */
  const fresh = async (): Promise<Denial[]> => (await denials()).slice(seen);
  /** The policies that planners ask, which answer in a way of the test's. */
  const answering = (answer: (request: PolicyRequest, ask: (request: PolicyRequest) => unknown) => unknown) => {
    const { policies } = office.app.ports.planner;
    const ask = policies.ask.bind(policies);
    sinon.stub(policies, "ask").callsFake((request) => answer(request, ask) as ReturnType<typeof ask>);
  };
  const question = "Which Fabrikam invoices are overdue?";

  it("leaves evidence of who wanted it, through which agent, with which arguments and by which rule", async () => {
    const noah = office.colleague("noah.fischer");
    await noah.says("Show the company card payments of Hannah Schulz");
    await noah.sees(/Card data of another person is private/);
    const [denial, ...more] = await fresh();
    assert.deepEqual(more, []);
    assert.ok(denial);
    const { onBehalfOf, tool, args, verdict } = denial.data;
    assert.deepEqual([onBehalfOf, tool], [noah.person.aadObjectId, "erp.list_card_payments"]);
    assert.match(JSON.stringify(args), /hannah\.schulz/);
    assert.equal(verdict.verdict, "deny");
    assert.notEqual(verdict.policyId, NO_POLICY);
    const { rows } = await office.pool.query("select outcome, agent_id from turn where turn_id = $1", [denial.turn_id]);
    assert.deepEqual(rows, [{ outcome: "refused", agent_id: denial.actor }]);
  });

  it("is told from one that is allowed, which costs no link", async () => {
    await maya.says(question);
    await maya.sees(/Overdue invoices/);
    assert.deepEqual(await fresh(), []);
  });

  for (const [what, answer] of [
    [
      "an engine that throws",
      () => {
        throw new Error("out of memory");
      },
    ],
    [
      "a key that the context lacks",
      ({ context: { confirm: _, ...lacking }, ...request }: PolicyRequest, ask: (request: PolicyRequest) => unknown) =>
        ask({ ...request, context: lacking }),
    ],
  ] as const)
    it(`denies with ${what}: nothing is read, and that is evidence`, async () => {
      const call = sinon.spy(office.app.ports.planner.connectors, "call");
      answering(answer);
      await maya.says(question);
      await maya.sees(/I did not do this/);
      assert.equal(call.callCount, 0);
      const [denial, ...more] = await fresh();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [denial?.data.tool, denial?.data.verdict.verdict, denial?.data.verdict.policyId],
        ["erp.list_invoices", "deny", POLICY_ERROR],
      );
    });

  it("is as much evidence as a write that policy denies before anybody is asked", async () => {
    answering((request, ask) => {
      if (request.resource.id === "erp.create_credit_note") throw new Error("out of memory");
      return ask(request);
    });
    await maya.says("Raise a credit note of 43 for INV-1042, damaged goods");
    await maya.sees(/I did not do this/);
    const found = await fresh();
    assert.deepEqual(
      found.map(({ data }) => [data.tool, data.verdict.policyId]),
      [["erp.create_credit_note", POLICY_ERROR]],
    );
    assert.equal((await office.pool.query("select 1 from action where args ->> 'amount' like '43%'")).rowCount, 0);
  });

  it("by an agent that a run asks for its word is kept with that run", async () => {
    answering(() => {
      throw new Error("out of memory");
    });
    await maya.says("Let the agents discuss how we stand with Fabrikam");
    await maya.sees(/Executed/);
    const found = await fresh();
    assert.ok(found.length > 0);
    for (const { run_id: runId, data } of found) {
      assert.notEqual(runId, null);
      assert.equal(data.onBehalfOf, maya.person.aadObjectId);
    }
  });

  it("while an approver changes the inputs is kept with the run, and nothing is changed", async () => {
    const jonas = office.colleague("jonas.weber");
    await maya.says("Raise a credit note of 450 for INV-1042, damaged goods");
    const card = await jonas.sees(/Your approval is needed/);
    answering(() => {
      throw new Error("out of memory");
    });
    const answer = await jonas.clicks(card, "Approve with these values", { edit_amount: "200" });
    assert.match(JSON.stringify(answer.value), /It could not be judged/);
    const found = await fresh();
    assert.deepEqual([found.length, found[0]?.data.tool], [1, "erp.get_invoice"]);
    assert.notEqual(found[0]?.run_id, null);
    const { rowCount } = await office.pool.query("select 1 from erp.credit_note where amount in (200, 450)");
    assert.equal(rowCount, 0);
  });
});
