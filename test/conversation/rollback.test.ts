import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { breachOf } from "../../src/registry/canary.ts";
import { bucketOf } from "../../src/registry/fleet.ts";
import { operateRun } from "../../src/run/operate.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const idOf = (name: string): string =>
  theRegistry().agents.find(({ display_name }) => display_name === name)?.agent_id ?? "";
const INVOICE_AGENT = idOf("Invoice Agent");
const HELPDESK = idOf("Helpdesk Triage");

describe("S11: rolling an agent back", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let priya: Colleague;
  let sofia: Colleague;
  let invoices: string[];
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    invoices = await untouchedInvoices(office.pool);
  });
  beforeEach(() => {
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    priya = office.colleague("priya.nair");
    sofia = office.colleague("sofia.rossi");
  });
  after(() => office.close());

  /** A new version is registered and serves, as a deployment does it. */
  const deploy = async (agentId: string): Promise<number> => {
    const { rows } = await office.pool.query<{ number: number }>(
      `insert into agent_version (tenant_id, agent_id, number, content_hash, record, plans)
       select tenant_id, agent_id, number + 1, $2, record, plans from agent_version where agent_id = $1
        order by number desc limit 1 returning number`,
      [agentId, randomUUID()],
    );
    const number = rows[0]?.number ?? 0;
    await office.pool.query("update agent_pointer set active = $2, canary = null where agent_id = $1", [
      agentId,
      number,
    ]);
    await office.pool.query("select pg_notify('signalbox_fleet', $1)", [agentId]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return number;
  };
  const credit = async (amount: number): Promise<string> => {
    const invoice = invoices.shift() ?? "";
    await maya.says(`Raise a credit note of ${amount} for ${invoice}, damaged goods`);
    await jonas.clicks(await jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`)), "Approve");
    // The amount as well: cards about others may change at this moment.
    await maya.sees(new RegExp(`Executed[\\s\\S]*Credit note CN-\\d+ of ${amount}\\.00`));
    return invoice;
  };
  const codeOf = (shown: Shown): string => /Code\n([0-9A-Z]{4,9}(?:-\d)?)/.exec(readable(shown.card))?.[1] ?? "";
  const inForce = async (invoice: string): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where invoice_id = $1 and status = 'issued'",
      [invoice],
    );
    return rows[0]?.n ?? 0;
  };
  const activeVersion = async (agentId: string): Promise<number | undefined> => {
    const { rows } = await office.pool.query<{ active: number }>(
      "select active from agent_pointer where agent_id = $1",
      [agentId],
    );
    return rows[0]?.active;
  };

  it("its version is switched at once, what the bad one did is listed newest first, and runs back once somebody else approves", async () => {
    const kept = await credit(11);
    await deploy(INVOICE_AGENT);
    const first = await credit(12);
    const second = await credit(13);
    const letter = invoices.shift() ?? "";
    await maya.says(`Send a dunning letter for ${letter}`);
    await jonas.clicks(await jonas.sees(/Your approval is needed[\s\S]*Dunning/), "Approve");
    await priya.clicks(await priya.sees(/Your approval is needed[\s\S]*Dunning/), "Approve");
    await maya.sees(/Letter DL-/);

    await sofia.says("roll back invoice-agent to version 1");
    const told = readable((await sofia.sees(/is rolled back/)).card);
    assert.match(told, /Version 1 serves from now on .{1,2}before: 2/);
    assert.match(
      told,
      /1\. Dunning letter for .+can not be undone[\s\S]*2\. Credit note of 13\.00 EUR.+can be undone\. open amount: [\s\S]*3\. Credit note of 12\.00/,
    );
    assert.doesNotMatch(told, /Credit note of 11/, "what the good version did stays");
    assert.equal(await activeVersion(INVOICE_AGENT), 1);
    assert.equal((await inForce(first)) + (await inForce(second)), 2, "nothing is taken back before somebody approves");

    const question = await jonas.sees(/Your approval is needed[\s\S]*Take back/);
    const text = readable(question.card);
    assert.match(text, /Take back: Credit note of 13\.00 EUR[\s\S]*Take back: Credit note of 12\.00 EUR/);
    assert.match(text, /What stays: Dunning letter/);
    assert.equal((await sofia.clicks(question, "Approve")).statusCode, 403, "whoever proposes it does not approve it");
    await jonas.clicks(question, "Approve");
    await sofia.sees(/Executed[\s\S]*Take back/);
    assert.deepEqual([await inForce(first), await inForce(second), await inForce(kept)], [0, 0, 1]);
    const receipt = readable((await maya.sees(/Rolled back/)).card);
    assert.match(receipt, /Taken back: Credit note of 1[23]\.00 EUR/);
    assert.doesNotMatch(receipt, /Open now/, "a figure of then is not told as one of now");
    await maya.sees(/Done, and taken back since/);
  });

  it("rolling back twice is safe: what is taken back, or being taken back, is not listed again", async () => {
    await sofia.says("roll back invoice agent to version 1");
    assert.match(
      readable((await sofia.sees(/is rolled back/)).card),
      /There is nothing that could be taken back by itself/,
    );

    await deploy(INVOICE_AGENT);
    const invoice = await credit(14);
    await sofia.says("roll back invoice agent to version 1");
    const question = await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 14/);
    await sofia.says("roll back invoice agent to version 1");
    await sofia.sees(/There is nothing that could be taken back by itself/);
    await jonas.clicks(question, "Approve");
    await sofia.sees(/Executed[\s\S]*Take back/);
    assert.equal(await inForce(invoice), 0);
  });

  it("a saga whose compensation is refused goes on with the others, and says which need a person", async () => {
    await deploy(INVOICE_AGENT);
    const first = await credit(15);
    const second = await credit(16);
    await sofia.says("roll back invoice agent to version 1");
    const question = await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 16/);
    // Between the rehearsal and the approval somebody makes it impossible in the system itself.
    await office.pool.query(
      "create or replace function erp.no_void() returns trigger language plpgsql as $$ begin if old.invoice_id = '" +
        second +
        "' and new.status = 'void' then raise exception 'closed'; end if; return new; end $$",
    );
    await office.pool.query(
      "create trigger no_void before update on erp.credit_note for each row execute function erp.no_void()",
    );
    await jonas.clicks(question, "Approve");
    const receipt = readable((await sofia.sees(/Partly executed/, 60_000)).card);
    assert.match(receipt, /Take back: Credit note of 16\.00 EUR for INV-\d+\nfailed/);
    assert.equal(await inForce(first), 0, "the other one is taken back");
    await office.pool.query("drop trigger no_void on erp.credit_note");
    // Once it is possible again it is begun again, and asked about by itself.
    const code = /Code\n([0-9A-Z]{4,8})/.exec(receipt)?.[1] ?? "";
    await sofia.says(`rerun ${code} from 1`);
    await jonas.clicks(await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 16/), "Approve");
    await sofia.sees(/Executed[\s\S]*Take back/);
    assert.equal(await inForce(second), 0);
  }).timeout(90_000);

  it("who may not operate the fleet rolls nothing back, and the attempt is evidence", async () => {
    const before = await activeVersion(INVOICE_AGENT);
    await maya.says("roll back invoice agent to version 1");
    await maya.sees(/You cannot do this/);
    assert.equal(await activeVersion(INVOICE_AGENT), before);
    const { rowCount } = await office.pool.query("select 1 from audit_log where kind = 'rollback.attempt-refused'");
    assert.ok((rowCount ?? 0) > 0);
    await sofia.says("roll back invoice agent to version 99");
    await sofia.sees(/There is no version 99/);
  });

  it("undo: the requester proposes to take one request back, and somebody else approves it", async () => {
    const invoice = await credit(17);
    const code = codeOf(await maya.sees(/Executed/));
    await maya.says(`undo ${code}`);
    await maya.sees(/can be undone/);
    const question = await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 17/);
    await jonas.clicks(question, "Approve");
    await maya.sees(/Executed[\s\S]*Take back/);
    assert.equal(await inForce(invoice), 0);
    await maya.says(`undo ${code}`);
    await maya.sees(/Nothing of it stands/);
  });

  it("what a suspended agent did can be taken back", async () => {
    const invoice = await credit(18);
    const code = codeOf(await maya.sees(/Executed/));
    const agent = office.app.ports.registry.byId.get(INVOICE_AGENT);
    assert.ok(agent);
    agent.status = "suspended";
    try {
      await sofia.says(`undo ${code}`);
      await jonas.clicks(await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 18/), "Approve");
      await sofia.sees(/Executed[\s\S]*Take back/);
      assert.equal(await inForce(invoice), 0);
    } finally {
      agent.status = "active";
    }
  });

  it("when nobody knew whether a compensation happened, and a person says that it did, the run that it undid learns of it", async () => {
    await credit(19);
    const code = codeOf(await maya.sees(/Executed/));
    await maya.says(`undo ${code}`);
    await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 19/);
    const { rows } = await office.pool.query<{ run_id: string; step_id: string }>(
      "update action set state = 'unknown' where undoes is not null and state = 'proposed' returning run_id, step_id",
    );
    const { run_id: runId = "", step_id: stepId = "" } = rows[0] ?? {};
    await office.pool.query(
      `update run set state = jsonb_set(state, array['steps', $2],
              state -> 'steps' -> $2 || '{"is":"unknown","why":"The system did not answer."}') where run_id = $1`,
      [runId, stepId],
    );
    const operator = { person: jonas.person, id: jonas.person.aadObjectId };
    const settled = await operateRun(office.app.ports, operator, runId, {
      type: "settle-check",
      stepId,
      happened: true,
    });
    assert.equal(settled.outcome, "done");
    await maya.sees(/Done, and taken back since[\s\S]*19\.00/);
    await maya.says(`undo ${code}`);
    await maya.sees(/Nothing of it stands/);
  });

  it("taking back what an open run has done ends what was still to come of it", async () => {
    const version = await deploy(INVOICE_AGENT);
    const invoice = invoices.shift() ?? "";
    const { rows } = await office.pool.query<{ day: string }>(
      "select (due_date + 90)::text as day from erp.invoice where invoice_id = $1",
      [invoice],
    );
    await maya.says(`Settle the complaint on ${invoice}: credit 21, broken pallets, new due date ${rows[0]?.day}`);
    await jonas.clicks(await jonas.sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`)), "Approve");
    const confirmation = await maya.sees(/Please confirm[\s\S]*Extend/);
    const code = codeOf(confirmation).split("-")[0];
    await maya.says(`undo ${code}`);
    await maya.sees(/It is not over yet: .cancel/);
    await sofia.says(`roll back invoice agent to version ${version - 1}`);
    await jonas.clicks(await jonas.sees(/Your approval is needed[\s\S]*Take back: Credit note of 21/), "Approve");
    await maya.sees(/Done, and taken back since[\s\S]*21\.00/);
    assert.equal(await inForce(invoice), 0);
    const late = await maya.clicks(confirmation, "Confirm");
    assert.match(JSON.stringify(late.value), /Cancelled/);
    const changes = await office.pool.query("select 1 from erp.due_date_change where invoice_id = $1", [invoice]);
    assert.equal(changes.rowCount, 0);
  });

  it("event-sourced wishes are skipped, and where it is wanted replayed by the version that serves then", async () => {
    const tomas = office.colleague("tomas.novak");
    await deploy(HELPDESK);
    const priority = async (): Promise<string | undefined> => {
      const { rows } = await office.pool.query<{ priority: string }>(
        "select priority from itsm.ticket where ticket_id = 'TCK-3007'",
      );
      return rows[0]?.priority;
    };
    const before = await priority();
    const wanted = before === "low" ? "high" : "low";
    await maya.says(`Set the priority of ticket TCK-3007 to ${wanted}`);
    const asked = await tomas.sees(/Your approval is needed[\s\S]*TCK-3007/);
    await tomas.clicks(asked, "Approve");
    await maya.sees(/TCK-3007 has priority/);
    assert.equal(await priority(), wanted);
    await sofia.says("roll back helpdesk triage to version 1 and replay");
    const question = await tomas.sees(/Your approval is needed[\s\S]*Take back/);
    await tomas.clicks(question, "Approve");
    await sofia.sees(/Executed[\s\S]*Take back/);
    assert.equal(await priority(), before, "its record passes over the change");
    const again = await tomas.sees(/Your approval is needed[\s\S]*TCK-3007/);
    assert.match(readable(again.card), /version 1/);
    await maya.says(`status ${codeOf(again)}`);
    await maya.sees(new RegExp(`Waiting for an approver[\\s\\S]*${codeOf(again)}`));
    await tomas.clicks(again, "Approve");
    await until(async () => (await priority()) === wanted);
  });

  describe("a canary", () => {
    it("takes its share of the conversations, and the same conversation always gets the same version", async () => {
      const version = await deploy(INVOICE_AGENT);
      await sofia.says("roll back invoice agent to version 1");
      await sofia.sees(/is rolled back/);
      await sofia.says(`canary invoice agent version ${version} at 50 percent`);
      await sofia.sees(/50 % of the conversations/);
      await sofia.says(`roll back invoice agent to version ${version}`);
      await sofia.sees(/is later than 1, which serves/);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const versions = new Set<string>();
      for (const name of [
        "maya.lindqvist",
        "noah.fischer",
        "daniel.kim",
        "lucia.moreno",
        "erik.johansson",
        "amara.diallo",
      ]) {
        const one = office.colleague(name);
        const own = new Set<string>();
        for (let i = 0; i < 2; i += 1) {
          await one.says("What is the status of INV-1042?");
          await one.sees(/INV-1042/);
          const { rows } = await office.pool.query<{ agent_version: string }>(
            "select agent_version from turn where conversation_id = $1 order by created_at desc limit 1",
            [one.conversationId],
          );
          own.add(rows[0]?.agent_version ?? "");
          const isCanary = bucketOf(INVOICE_AGENT, one.conversationId) < 50;
          assert.equal(rows[0]?.agent_version, isCanary ? String(version) : "1");
        }
        assert.equal(own.size, 1);
        for (const seen of own) versions.add(seen);
      }
      assert.equal(versions.size, 2, "both versions serve");
    });

    it("that breaks the agent's promise is ended by itself, and its owner hears why", async () => {
      const { rows } = await office.pool.query<{ canary: number }>(
        "select canary from agent_pointer where agent_id = $1",
        [INVOICE_AGENT],
      );
      const canary = rows[0]?.canary ?? 0;
      await office.pool.query(
        `insert into turn (tenant_id, turn_id, code, conversation_id, activity_id, person_id, person_name, text, outcome, agent_id, agent_version, reply, latency_ms)
         select tenant_id, gen_random_uuid(), 'X' || i, conversation_id, 'slow' || i, person_id, person_name, text, outcome, $1, $2, reply, 9000
           from generate_series(1000, 1030) i, (select * from turn where outcome = 'answer' limit 1) t`,
        [INVOICE_AGENT, String(canary)],
      );
      const owner = office.colleague("jonas.weber");
      await jonas.says("help");
      const { app } = office;
      await app.watchCanaries();
      const card: Shown = await owner.sees(/is not tried any more/);
      assert.match(readable(card.card), /took up to 9000 ms/);
      assert.equal(buttonsOf(card.card).length, 0);
      const after = await office.pool.query<{ canary: number | null; active: number }>(
        "select canary, active from agent_pointer where agent_id = $1",
        [INVOICE_AGENT],
      );
      assert.deepEqual(after.rows[0], { canary: null, active: 1 });
    });

    it("that has just been ended is not promoted by a process that has not heard of it", async () => {
      const { fleet } = office.app.ports;
      const pointer = fleet.pointer(INVOICE_AGENT);
      assert.ok(pointer);
      await sofia.says("canary invoice agent version 2 at 10 percent");
      await sofia.sees(/10 % of the conversations/);
      await until(() => fleet.pointer(INVOICE_AGENT)?.canary === 2);
      // Without the notification that ends it in memory.
      await office.pool.query("update agent_pointer set canary = null where agent_id = $1", [INVOICE_AGENT]);
      await sofia.says("promote invoice agent");
      await sofia.sees(/No version is being tried/);
      assert.equal(await activeVersion(INVOICE_AGENT), 1);
    });
  });
});

describe("what a canary is judged by", () => {
  const fine = { turns: 100, failed: 0, p95Ms: 200, runs: 0, failedRuns: 0 };
  it("few turns say nothing yet", () => assert.equal(breachOf({ ...fine, turns: 5, failed: 5 }, 3_000), undefined));
  it("a healthy one goes on", () => assert.equal(breachOf(fine, 3_000), undefined));
  it("more than 2 % that failed end it", () => assert.match(breachOf({ ...fine, failed: 3 }, 3_000) ?? "", /failed/));
  it("so does a p95 over the SLA of the agent", () =>
    assert.match(breachOf({ ...fine, p95Ms: 3_500 }, 3_000) ?? "", /3500 ms/));
});
