import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ActionEvidence } from "../../src/run/action-evidence.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";

describe("somebody asks for something to be done", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let priya: Colleague;
  let invoices: string[];
  let invoice: string;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    const { rows } = await office.pool.query<{ invoice_id: string }>(
      "select invoice_id from erp.invoice_state where status = 'overdue' and open_amount > 500 and invoice_id <> 'INV-1042' order by 1",
    );
    invoices = ["INV-1042", ...rows.map(({ invoice_id }) => invoice_id)];
  });
  // Everybody at a fresh desk, and an invoice that nobody has touched.
  beforeEach(() => {
    invoice = invoices.shift() ?? "";
    maya = office.colleague("maya.lindqvist");
    jonas = office.colleague("jonas.weber");
    priya = office.colleague("priya.nair");
  });
  after(() => office.close());

  const creditNotes = async (): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from erp.credit_note where invoice_id = $1 and amount = 450",
      [invoice],
    );
    return rows[0]?.n ?? 0;
  };
  const codeOn = (shown: Shown): string => /Code\n([0-9A-Z]{4,8})/.exec(readable(shown.card))?.[1] ?? "";
  const audited = async (kind: string): Promise<number> => {
    const { rows } = await office.pool.query<{ n: number }>(
      "select count(*)::int as n from audit_log a join run r using (tenant_id, run_id) join action using (tenant_id, run_id) where kind = $1 and args ->> 'invoice_id' = $2",
      [kind, invoice],
    );
    return rows[0]?.n ?? 0;
  };
  const wish = () => `Raise a credit note of 450 for ${invoice}, damaged goods`;
  /** A card that says this, and later names the invoice. */
  const about = (words: string) => new RegExp(`${words}[\\s\\S]*${invoice}`);
  const ask = async (): Promise<Shown> => {
    await maya.says(wish());
    await maya.sees(about("Waiting for an approver of Finance"));
    return jonas.sees(about("Your approval is needed"));
  };

  it("S3: an approver sees what will change, approves, it is done once, and everybody's cards tell it", async () => {
    const question = await ask();
    const text = readable(question.card);
    assert.match(text, /Open amount of INV-1042\n1,250\.00 EUR\n800\.00 EUR/);
    assert.match(text, /Why you are asked/);
    assert.match(text, /How to undo/);
    assert.match(text, /Until/);
    assert.match(text, /Maya Lindqvist/);
    await priya.sees(/Your approval is needed/);
    assert.equal(await creditNotes(), 0, "nothing happens before somebody approves");

    const answer = await jonas.clicks(question, "Approve");
    assert.equal(answer.statusCode, 200);
    await maya.sees(/Credit note CN-\d+ of/);
    assert.equal(await creditNotes(), 1);
    for (const one of [jonas, priya]) {
      const card = await one.sees(/Approved by Jonas Weber, and done/);
      assert.equal(
        buttonsOf(card.card).some(({ title }) => title === "Approve"),
        false,
        "no live dead button is left",
      );
    }
    await maya.sees(/Approved by Jonas Weber, and done/);
    await jonas.sees(/Credit note CN-\d+ of/);
  });

  it("S3: the effect, its approval and the audit chain are recorded and hold together", async () => {
    await jonas.clicks(await ask(), "Approve");
    await maya.sees(/Credit note CN-\d+ of/);
    const { rows } = await office.pool.query<{ kind: string }>("select kind from audit_log order by seq");
    const kinds = rows.map(({ kind }) => kind);
    for (const kind of ["turn.proposal", "approval.approved", "action.started", "action.done"])
      assert.ok(kinds.includes(kind), `${kind} is in ${kinds.join(", ")}`);
    const { verifyChain } = await import("../../src/audit/verify.ts");
    assert.equal((await verifyChain(office.pool, "c0a80000-0000-4000-8000-00000000c070")).broken, undefined);
  });

  it("each link about an action says who did what, in whose right, from what, how sure, under which policy and approval", async () => {
    await jonas.clicks(await ask(), "Approve");
    await maya.sees(/Credit note CN-\d+ of/);
    const { rows } = await office.pool.query<{ kind: string; turn_id: string; run_id: string; data: ActionEvidence }>(
      `select kind, turn_id, run_id, data from audit_log
        where run_id = (select run_id from audit_log where kind = 'action.done' order by seq desc limit 1)
          and kind like 'action.%' order by seq`,
    );
    const { rows: actions } = await office.pool.query(
      `select a.*, r.policy_version, r.code, t.routing -> 'chosen' ->> 'score' as score
         from action a join run r using (tenant_id, run_id) join turn t using (tenant_id, turn_id) where run_id = $1`,
      [rows[0]?.run_id],
    );
    const [action] = actions;
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ["action.proposed", "action.started", "action.done"],
    );
    for (const { kind, turn_id, data } of rows) {
      assert.ok(turn_id !== null);
      assert.deepEqual(
        [data.actionId, data.agentId, data.agentVersion, data.code, data.digest, data.idempotencyKey, data.approvalId],
        ["action_id", "agent_id", "agent_version", "code", "digest", "idempotency_key", "approval_id"].map(
          (column) => action[column],
        ),
      );
      assert.deepEqual(data.authority, { kind: "on-behalf-of", personId: maya.person.aadObjectId });
      assert.deepEqual(data.input, action.args);
      assert.deepEqual(data.output, kind === "action.done" ? action.result : null);
      assert.equal(data.confidence, Number(action.score));
      assert.ok(Number(action.score) > 0.5);
      assert.equal(data.policyVersion, action.policy_version);
      assert.equal(data.systems.written, "erp");
      assert.ok(data.systems.read.includes("erp"));
    }
    assert.deepEqual(rows.at(-1)?.data.compensation, action.compensation);
  });

  it("S4: a rejection needs a reason; the requester reads it and what can be done instead", async () => {
    const question = await ask();
    const without = await jonas.clicks(question, "Send rejection", { reason: "  " });
    assert.equal(without.statusCode, 400);
    assert.match(JSON.stringify(without.value), /reason/i);

    const rejected = await jonas.clicks(question, "Send rejection", { reason: "The goods were fine" });
    assert.equal(rejected.statusCode, 200);
    const seen = readable((await maya.sees(/was rejected/)).card);
    assert.match(seen, /The goods were fine/);
    assert.match(seen, /talk to a person in Finance/);
    await priya.sees(/Rejected by Jonas Weber: The goods were fine/);
    assert.equal(await creditNotes(), 0);
  });

  it("S4: a rejected action stays rejected: approving it afterwards changes nothing", async () => {
    const question = await ask();
    await jonas.clicks(question, "Send rejection", { reason: "No" });
    const late = await priya.clicks(question, "Approve");
    assert.match(JSON.stringify(late.value), /Rejected by Jonas Weber/);
    assert.equal(await creditNotes(), 0);
  });

  it("S5: somebody who may not decide gets a friendly refusal, and the audit a line", async () => {
    const question = await ask();
    const noah = office.colleague("noah.fischer");
    const refused = await noah.clicks(question, "Approve");
    assert.equal(refused.statusCode, 403);
    assert.match(
      JSON.stringify(refused.value),
      /You cannot decide this.*Only its approvers can, and you are not one of them. Nothing was changed/,
    );
    assert.equal(await audited("approval.attempt-refused"), 1);
    assert.equal(await creditNotes(), 0);
    await jonas.sees(about("Your approval is needed"));
  });

  it("S5: the requester cannot approve their own high-risk request, nor can a stranger", async () => {
    await jonas.says(wish());
    const question = await priya.sees(about("Your approval is needed"));
    assert.equal(
      jonas.all().some(({ card }) => /Your approval is needed/.test(readable(card))),
      false,
      "the requester is not asked",
    );
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 403);
    assert.equal((await office.stranger("Jonas Weber").clicks(question, "Approve")).statusCode, 403);
    assert.equal(await creditNotes(), 0);
  });

  it("a second click on an approved card changes nothing", async () => {
    const question = await ask();
    const clicks = await Promise.all([
      jonas.clicks(question, "Approve"),
      jonas.clicks(question, "Approve"),
      priya.clicks(question, "Approve"),
    ]);
    assert.deepEqual(
      clicks.map(({ statusCode }) => statusCode),
      [200, 200, 200],
    );
    await maya.sees(/Credit note CN-\d+ of/);
    await priya.clicks(question, "Approve");
    assert.equal(await creditNotes(), 1);
    assert.equal(await audited("approval.approved"), 1);
  });

  it("a click that the channel delivers twice gets the same answer twice", async () => {
    const question = await ask();
    const activityId = randomUUID();
    const first = await jonas.clicks(question, "Approve", {}, { activityId });
    const second = await jonas.clicks(question, "Approve", {}, { activityId });
    assert.deepEqual(second, first);
  });

  it("the typed words decide under the same rules: approve, reject with why, my approvals, status, why", async () => {
    const code = codeOn(await ask());
    await jonas.says("my approvals");
    assert.match(readable((await jonas.sees(new RegExp(`Waiting on you[\\s\\S]*${invoice}`))).card), new RegExp(code));
    const noah = office.colleague("noah.fischer");
    await noah.says(`approve ${code}`);
    await noah.sees(/You cannot decide this/);
    await jonas.says(`reject ${code}`);
    await jonas.sees(/A rejection needs a reason/);
    await jonas.says(`approve ${code.toLowerCase()}`);
    await jonas.sees(new RegExp(`${code} is approved by Jonas Weber`, "i"));
    await maya.sees(/Credit note CN-\d+ of/);
    await maya.says(`status ${code}`);
    await maya.sees(/Approved by Jonas Weber, and done/);
    await maya.says(`why ${code}`);
    const lineage = readable((await maya.sees(/Phase 1/)).card);
    for (const part of [/450 for INV-\d+/, /Phase 2/, /Jonas Weber/, /erp\.create\\?_credit/, /CN-\d+/])
      assert.match(lineage, part);
    await noah.says(`why ${code}`);
    await noah.sees(/cannot|not yours|may not/i);
    assert.equal(await creditNotes(), 1);
  });

  it("typed rejection tells the requester why", async () => {
    const code = codeOn(await ask());
    await priya.says(`reject ${code} wrong invoice`);
    assert.match(readable((await maya.sees(/was rejected/)).card), /Priya Nair: wrong invoice/);
  });

  it("S13: my approvals and my requests are one list each, with buttons that work", async () => {
    await ask();
    await jonas.says("my approvals");
    const list = await jonas.sees(/Waiting on you|my approvals|Approvals/i);
    assert.ok(buttonsOf(list.card).some(({ title }) => title === "Approve"));
    await maya.says("my requests");
    await maya.sees(/Credit note of .*450[\s\S]*waiting/);
    assert.equal((await jonas.clicks(list, "Approve")).statusCode, 200);
    await maya.sees(/Credit note CN-\d+ of/);
  });

  it("an action of medium risk is confirmed by the requester alone, in the chat where it was asked", async () => {
    const noah = office.colleague("noah.fischer");
    await noah.says("Open a ticket: my laptop does not start");
    const question = await noah.sees(/Please confirm/);
    assert.equal((await maya.clicks(question, "Confirm")).statusCode, 403);
    assert.equal((await noah.clicks(question, "Confirm")).statusCode, 200);
    await noah.sees(/TCK-\d+[\s\S]*(opened|created)/i);
  });

  it("a request that cannot hold is refused with what to do instead, before anybody is asked", async () => {
    await maya.says("Raise a credit note of 99999 for INV-1150, damaged goods");
    const text = readable((await maya.sees(/I did not do this/)).card);
    assert.match(text, /has only .* EUR open|is paid already/);
    assert.equal(jonas.all().length, 0);
  });
});
