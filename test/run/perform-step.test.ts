import assert from "node:assert/strict";
import { beginSuperstep } from "../../src/run/begin-superstep.ts";
import { giveUp, performStep } from "../../src/run/perform-step.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

describe("a write of which an answer was lost", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let invoices: string[];
  let invoice: string;
  let which: { runId: string; superstep: number };
  let write: { stepId: string; actionId: string };
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    invoices = await untouchedInvoices(office.pool);
  });
  after(() => office.close());

  /** Approved and begun, as a process leaves it that dies at this moment: nobody else goes on with it here. */
  beforeEach(async () => {
    invoice = invoices.shift() ?? "";
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    await maya.says(`Raise a credit note of 40 for ${invoice}, damaged goods`);
    const question = await jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
    const sofia = office.colleague("sofia.rossi");
    await sofia.says("stop all actions: we try something");
    await sofia.sees(/are stopped/);
    await jonas.clicks(question, "Approve");
    await maya.sees(/Paused/);
    const { rows } = await office.pool.query<{ run_id: string; action_id: string; step_id: string; superstep: number }>(
      `update run r set state = r.state || '{"hold":null,"isQueued":true}' from action a
        where a.run_id = r.run_id and a.args ->> 'invoice_id' = $1
       returning r.run_id, a.action_id, a.step_id, (r.state ->> 'superstep')::int as superstep`,
      [invoice],
    );
    await office.pool.query("update fleet_pause set resumed_at = now() where resumed_at is null");
    const [run] = rows;
    which = { runId: run?.run_id ?? "", superstep: run?.superstep ?? 0 };
    write = { stepId: run?.step_id ?? "", actionId: run?.action_id ?? "" };
    assert.deepEqual(
      (await beginSuperstep(office.app.ports, which)).map(({ actionId }) => actionId),
      [write.actionId],
    );
  });

  const attempted = (...outcomes: (string | null)[]) =>
    office.pool.query(
      `insert into action_attempt (tenant_id, action_id, attempt, outcome)
       select tenant_id, action_id, n, o from action, unnest($2::text[]) with ordinality as given (o, n) where action_id = $1`,
      [write.actionId, outcomes],
    );
  const notes = async (): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where invoice_id = $1 and amount = 40",
      [invoice],
    );
    return rows[0]?.n ?? 0;
  };
  const spentCalls = async (): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select (state -> 'spent' ->> 'toolCalls')::int as n from run where run_id = $1",
      [which.runId],
    );
    return rows[0]?.n ?? 0;
  };
  /** @param limit SQL over `spent`, the calls made so far */
  const budgetOfCalls = (limit: string) =>
    office.pool.query(
      `update run set state = jsonb_set(state, '{budgets,maxToolCalls}', (
         select to_jsonb(${limit}) from (select (state -> 'spent' ->> 'toolCalls')::int as spent) s)) where run_id = $1`,
      [which.runId],
    );
  const right = (change: string) =>
    office.pool.query(`update elevation set ${change} where action_id = $1`, [write.actionId]);

  it("is unknown when the tries are used up, though the last of them surely did not arrive", async () => {
    await attempted("unknown", "not-done");
    assert.equal((await giveUp(office.app.ports, which, write.stepId, "no connection")).is, "unknown");
  });
  it("is not done when none of its tries can have arrived", async () => {
    await attempted("not-done", "not-done");
    assert.equal((await giveUp(office.app.ports, which, write.stepId, "no connection")).is, "failed");
  });
  it("is done when one of them was answered, by whichever process", async () => {
    await attempted("done", "not-done");
    assert.equal((await giveUp(office.app.ports, which, write.stepId, "no connection")).is, "done");
  });
  it("is unknown, and not called off, where another try does not fit into its budget", async () => {
    await attempted(null);
    await office.pool.query(
      "update run set state = jsonb_set(state, '{budgets,maxToolCalls}', '0') where run_id = $1",
      [which.runId],
    );
    assert.equal((await performStep(office.app.ports, which, write)).is, "unknown");
    assert.equal(await notes(), 0);
  });
  it("a hundred repeats at one call below its budget: one is made, and the budget is never exceeded", async () => {
    await attempted(null);
    await budgetOfCalls("spent + 1");
    const before = await spentCalls();
    await Promise.all(Array.from({ length: 100 }, () => performStep(office.app.ports, which, write)));
    assert.equal(await spentCalls(), before + 1);
    assert.equal(await notes(), 1);
  });
  it("a begin that is repeated after a crash in the middle of the call charges nothing twice and gives nothing back", async () => {
    const before = await spentCalls();
    await attempted(null);
    await Promise.all(Array.from({ length: 10 }, () => beginSuperstep(office.app.ports, which)));
    assert.equal(await spentCalls(), before);
    // The repeat is another call.
    await performStep(office.app.ports, which, write);
    assert.equal(await spentCalls(), before + 1);
  });
  it("goes on after an outage that was longer than the right it was given", async () => {
    await right("ends_at = now() - interval '1 hour'");
    assert.deepEqual(await performStep(office.app.ports, which, write), { is: "done" });
    assert.equal(await notes(), 1);
  });
  it("is unknown, and not refused, where the right was taken away after a try that may have arrived", async () => {
    await attempted("unknown");
    await right("ended_at = now()");
    assert.equal((await performStep(office.app.ports, which, write)).is, "unknown");
    assert.equal(await notes(), 0);
  });
  it("may not be made by another version of the agent than the one that was judged", async () => {
    await right("agent_version = '999'");
    const performed = await performStep(office.app.ports, which, write);
    assert.ok(performed.is === "failed" && /does not hold the right/.test(performed.why));
    assert.equal(await notes(), 0);
  });
});
