import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const HELPDESK = theRegistry().agents.find(({ display_name }) => display_name === "Helpdesk Triage")?.agent_id;

describe("plans of several steps", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let priya: Colleague;
  let invoices: string[];
  let invoice: string;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    invoices = await untouchedInvoices(office.pool);
  });
  beforeEach(() => {
    invoice = invoices.shift() ?? "";
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    priya = office.colleague("priya.nair");
  });
  after(() => office.close());

  const count = async (sql: string, ...values: unknown[]): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values);
    return rows[0]?.n ?? 0;
  };
  const settle = async (): Promise<Shown> => {
    const { rows } = await office.pool.query<{ day: string }>(
      "select (due_date + 90)::text as day from erp.invoice where invoice_id = $1",
      [invoice],
    );
    await maya.says(`Settle the complaint on ${invoice}: credit 120, broken pallets, new due date ${rows[0]?.day}`);
    return jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
  };

  it("sequential: each step is asked for when its inputs are known, and uses what the one before gave", async () => {
    const question = await settle();
    assert.match(
      readable((await maya.sees(/Waiting for an approver/)).card),
      /waiting for people[\s\S]*later[\s\S]*later/,
    );
    await jonas.clicks(question, "Approve");
    const confirmation = await maya.sees(/Please confirm[\s\S]*Extend/);
    assert.equal(
      await count("erp.credit_note where invoice_id = $1 and amount = 120", invoice),
      1,
      "the first step is done",
    );
    assert.equal(await count("erp.due_date_change where invoice_id = $1", invoice), 0, "the second waits for a word");
    await maya.clicks(confirmation, "Confirm");
    const receipt = readable((await maya.sees(/Executed/)).card);
    assert.match(receipt, /Credit note CN-\d+ of 120\.00 EUR was raised/);
    assert.match(receipt, /Note on the record of .+: credit note CN-\d+/, "the third step names what the first gave");
    assert.equal(await count("erp.due_date_change where invoice_id = $1", invoice), 1);
    const { rows } = await office.pool.query<{ supersteps: number; events: string[] }>(
      `select (select count(*)::int from run_event e where e.run_id = r.run_id and type = 'superstep-ended') as supersteps,
              (select array_agg(type order by seq) from run_event e where e.run_id = r.run_id) as events
         from run r order by created_at desc limit 1`,
    );
    assert.equal(rows[0]?.supersteps, 3, "each superstep ends in a checkpoint");
    assert.equal(rows[0]?.events.at(-1), "ended");
  });

  it("sequential: a later step that is declined leaves what was done, says so, and names the way back", async () => {
    await jonas.clicks(await settle(), "Approve");
    const confirmation = await maya.sees(/Please confirm[\s\S]*Extend/);
    await maya.clicks(confirmation, "Send rejection", { reason: "they have paid" });
    const receipt = readable((await maya.sees(/Partly executed/)).card);
    assert.match(receipt, /Credit note CN-\d+/);
    assert.match(receipt, /rejected: they have paid/);
    assert.match(receipt, /step 2 was not done/);
    assert.match(readable((await maya.sees(/Partly done/)).card), /undo [0-9A-Z]{4}/);
    assert.equal(await count("erp.due_date_change where invoice_id = $1", invoice), 0);
  });

  it("concurrent: steps that need nothing of each other are done side by side, in one superstep", async () => {
    await maya.says("My laptop DEV-4001 was stolen");
    const first = await maya.sees(/Please confirm[\s\S]*Lock a stolen device/);
    const second = await maya.sees(/Please confirm[\s\S]*Replace a stolen device/);
    await maya.clicks(first, "Confirm");
    await maya.clicks(second, "Confirm");
    await maya.sees(/Executed/);
    assert.equal(await count("itsm.ticket where title like '%stolen device'"), 2);
  });

  it("handoff: another agent plans and acts, under its own name and rights", async () => {
    const amara = office.colleague("amara.diallo");
    await amara.says("Have IT prepare a workplace for Petra Malik");
    const confirmation = await amara.sees(/Please confirm[\s\S]*Prepare a workplace/);
    assert.match(readable(confirmation.card), /Helpdesk Triage/);
    await amara.clicks(confirmation, "Confirm");
    await amara.sees(/Executed/);
    const { rows } = await office.pool.query<{ actor: string }>(
      "select actor from audit_log where kind = 'action.done' order by seq desc limit 1",
    );
    assert.equal(rows[0]?.actor, HELPDESK, "the audit names who acted");
  });

  it("group chat: agents speak in turns, change nothing, and stop when nobody has anything new", async () => {
    await maya.says("Let the agents discuss how we stand with Fabrikam");
    const receipt = readable((await maya.sees(/Executed/)).card);
    assert.match(receipt, /Customer 360/);
    assert.match(receipt, /Invoice Agent/);
    assert.match(receipt, /agreement: nobody had anything new to say/);
    assert.equal(await count("action join run using (tenant_id, run_id) where plan ->> 'pattern' = 'group-chat'"), 0);
  });

  it("what cannot be undone needs two people, says how many are missing, and counts nobody twice", async () => {
    await maya.says(`Send a dunning letter for ${invoice}`);
    const question = await jonas.sees(/Your approval is needed[\s\S]*Dunning letter/);
    assert.match(readable(question.card), /2 approvers of Finance[\s\S]*Still missing\n2/);
    const other = await priya.sees(/Your approval is needed[\s\S]*Dunning letter/);
    await jonas.clicks(question, "Approve");
    const counted = readable((await priya.sees(/Approved so far/)).card);
    assert.match(counted, /Approved so far\nJonas Weber[\s\S]*Still missing\n1/);
    const again = await jonas.clicks(question, "Approve");
    assert.equal(again.statusCode, 409);
    assert.equal(await count("erp.dunning_letter where invoice_id = $1", invoice), 0, "one is not enough");
    await priya.clicks(other, "Approve");
    await maya.sees(/Letter DL-\d+ was posted/);
    assert.equal(await count("erp.dunning_letter where invoice_id = $1", invoice), 1);
  });

  it("the role that the agent's record names: only its holders are asked, and nobody else's approval counts", async () => {
    const named = (role: string): Promise<unknown> =>
      office.pool.query(
        `with version as (
           insert into agent_version (tenant_id, agent_id, number, content_hash, record, plans)
           select tenant_id, agent_id, number + 1, gen_random_uuid()::text,
                  replace(record::text, '"approver_role": "finance-approver"', '"approver_role": "' || $1 || '"')::jsonb, plans
             from agent_version where display_name = 'Invoice Agent' order by number desc limit 1 returning agent_id, number)
         update agent_pointer p set active = version.number from version where p.agent_id = version.agent_id`,
        [role],
      );
    const { fleet, registry } = office.app.ports;
    const agentId = registry.agents.find(({ display_name }) => display_name === "Invoice Agent")?.agent_id ?? "";
    const before = fleet.pointer(agentId)?.active;
    const helena = office.colleague("helena.okafor");
    await named("cluster-lead-finance");
    await office.pool.query("select pg_notify('signalbox_fleet', '')");
    await until(() => fleet.pointer(agentId)?.active !== before);
    await maya.says(`Send a dunning letter for ${invoice}`);
    await helena.sees(/Your approval is needed[\s\S]*Dunning letter/);
    const { rows } = await office.pool.query<{ code: string; roles: string[]; asked: string[] }>(
      `select a.code, a.approver_roles as roles, array_agg(s.person_id) as asked
         from approval a join approval_asked s using (tenant_id, approval_id)
        where a.status = 'pending' group by a.approval_id, a.code, a.approver_roles, a.created_at order by a.created_at desc limit 1`,
    );
    assert.deepEqual(rows[0]?.roles, ["cluster-lead-finance"]);
    assert.deepEqual(rows[0]?.asked, [helena.person.aadObjectId]);
    await jonas.says(`approve ${rows[0]?.code}`);
    await jonas.sees(/You cannot decide this[\s\S]*somebody with the role cluster-lead-finance/);
  });
});
