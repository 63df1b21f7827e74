import assert from "node:assert/strict";
import { readable } from "../support/card-content.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

describe("approvals that can be trusted", () => {
  let office: Office;
  let maya: Colleague;
  let jonas: Colleague;
  let priya: Colleague;
  let helena: Colleague;
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
    helena = office.colleague("helena.okafor");
  });
  after(() => office.close());

  const asked = () => new RegExp(`Your approval is needed[\\s\\S]*${invoice}`);
  const ask = async (amount = 450): Promise<Shown> => {
    await maya.says(`Raise a credit note of ${amount} for ${invoice}, damaged goods`);
    return jonas.sees(asked());
  };
  const codeOn = (shown: Shown): string => /Code\n([0-9A-Z]{4,8}(?:-\d)?)/.exec(readable(shown.card))?.[1] ?? "";
  const amounts = async (): Promise<string[]> => {
    const { rows } = await office.pool.query<{ amount: string }>(
      "select amount::text from erp.credit_note where invoice_id = $1 and status = 'issued' order by 1",
      [invoice],
    );
    return rows.map(({ amount }) => amount);
  };
  const audited = async (kind: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await office.pool.query<{ data: Record<string, unknown> }>(
      `select data from audit_log where kind = $1 and run_id in
         (select run_id from action where args ->> 'invoice_id' = $2) order by seq`,
      [kind, invoice],
    );
    return rows.map(({ data }) => data);
  };
  const fire = async (code: string, kind: "remind" | "escalate" | "expire"): Promise<void> => {
    await office.app.fireApprovalTimer(code, kind);
  };

  describe("asking for more", () => {
    it("the requester reads the question, answers on the card, and everybody who decides sees both; the clock goes on", async () => {
      const question = await ask();
      const until1 = /Until\n(.+)/.exec(readable(question.card))?.[1];
      await jonas.clicks(question, "Send question", { question: "Is there a photo?" });
      const put = await maya.sees(/Jonas Weber asks you something[\s\S]*Is there a photo\?/);
      await maya.clicks(put, "Send answer", { answer: "Yes, in the mail of Monday" });
      const informed = await priya.sees(/Maya Lindqvist: Yes, in the mail of Monday/);
      assert.match(readable(informed.card), /Jonas Weber: Is there a photo/);
      assert.equal(/Until\n(.+)/.exec(readable(informed.card))?.[1], until1, "the clock goes on");
      await priya.clicks(informed, "Approve");
      await maya.sees(/Credit note CN-/);
    });
    it("typed words do the same, and an answer by somebody else changes nothing", async () => {
      const code = codeOn(await ask());
      await jonas.says(`ask ${code} which pallets?`);
      await maya.sees(/which pallets/);
      await priya.says(`answer ${code} the blue ones`);
      await priya.sees(/not yours to answer/);
      await maya.says(`answer ${code} the red ones`);
      await priya.sees(/Maya Lindqvist: the red ones/);
    });
  });

  describe("passing a say on", () => {
    it("the delegate decides, and both names are kept", async () => {
      const question = await ask();
      const tomas = office.colleague("tomas.novak");
      await jonas.clicks(question, "Pass it on", { to: tomas.person.aadObjectId });
      await tomas.sees(/Jonas Weber has passed/);
      await tomas.clicks(await tomas.sees(asked()), "Approve");
      await maya.sees(/Approved by Tomas Novak for Jonas Weber, and done/);
      assert.deepEqual(await amounts(), ["450.00"]);
      const [approved] = await audited("approval.approved");
      assert.equal(approved?.holderId, jonas.person.aadObjectId);
    });
    it("a delegate who is the requester is refused, with the reason", async () => {
      const question = await ask();
      const answer = await jonas.clicks(question, "Pass it on", { to: maya.person.aadObjectId });
      assert.equal(answer.statusCode, 400);
      assert.match(JSON.stringify(answer.value), /nobody decides on their own request/);
      assert.equal((await audited("approval.attempt-refused")).length, 1);
    });
    it("somebody without a say has nothing to pass on", async () => {
      const question = await ask();
      const noah = office.colleague("noah.fischer");
      const answer = await noah.clicks(question, "Pass it on", { to: noah.person.aadObjectId });
      assert.equal(answer.statusCode, 403);
    });
    it("out of office: new questions go to who stands in, until the person is back", async () => {
      await jonas.says("pass my approvals to Tomas Novak for 3 days");
      await jonas.sees(/Tomas Novak decides in your place/);
      const tomas = office.colleague("tomas.novak");
      await maya.says(`Raise a credit note of 31 for ${invoice}, damaged goods`);
      const question = await tomas.sees(asked());
      await priya.sees(asked());
      assert.equal(
        jonas.all().some(({ card }) => asked().test(readable(card))),
        false,
        "who is away is not asked",
      );
      await tomas.clicks(question, "Approve");
      await maya.sees(/Approved by Tomas Novak for Jonas Weber/);
      invoice = invoices.shift() ?? "";
      await maya.says(`Raise a credit note of 32 for ${invoice}, damaged goods`);
      const open = await tomas.sees(asked());
      await jonas.says("I am back");
      await jonas.sees(/Welcome back/);
      assert.equal((await tomas.clicks(open, "Approve")).statusCode, 403, "the say was lent for the absence only");
      assert.deepEqual(await amounts(), []);
    });
    it("a circle of delegations is refused: nobody would decide", async () => {
      await jonas.says("pass my approvals to Priya Nair for 3 days");
      await jonas.sees(/Priya Nair decides in your place/);
      await priya.says("pass my approvals to Jonas Weber for 3 days");
      await priya.sees(/nobody would decide/);
      await jonas.says("pass my approvals to Jonas Weber for 3 days");
      await jonas.sees(/stand in for yourself/);
      await jonas.says("I am back");
      await jonas.sees(/Welcome back/);
    });
  });

  describe("changing what was proposed", () => {
    it("an approver changes a field that the plan marks and approves it: another digest, both values in the audit, the changed one runs", async () => {
      const question = await ask();
      const before = /Inputs\n([0-9a-f]{12})/.exec(readable(question.card))?.[1];
      await jonas.clicks(question, "Approve with these values", { edit_amount: "200" });
      await maya.sees(/Credit note CN-\d+ of 200\.00 EUR/);
      assert.deepEqual(await amounts(), ["200.00"]);
      const [changed] = await audited("approval.changed");
      const { before: was, after: is } = changed as Record<
        "before" | "after",
        { args: { amount: string }; digest: string }
      >;
      assert.equal(Number(was.args.amount), 450);
      assert.equal(Number(is.args.amount), 200);
      assert.equal(was.digest.slice(0, 12), before);
      assert.notEqual(is.digest, was.digest);
      await priya.sees(/Credit note of 200\.00 EUR[\s\S]*|Approved by Jonas Weber/);
    });
    it("a change that the plan's own checks refuse changes nothing", async () => {
      const question = await ask();
      const answer = await jonas.clicks(question, "Approve with these values", { edit_amount: "999999" });
      assert.equal(answer.statusCode, 400);
      assert.match(JSON.stringify(answer.value), /cannot be credited/);
      const nonsense = await jonas.clicks(question, "Approve with these values", { edit_amount: "NaN" });
      assert.equal(nonsense.statusCode, 400);
      assert.deepEqual(await amounts(), []);
    });
    describe("into what others have to review", () => {
      /** As a plan could ask it, whose writes are confirmed below an amount. */
      const confirmation = async (): Promise<Shown> => {
        const question = await ask();
        await office.pool.query("update approval set kind = 'confirmation' where code = $1", [codeOn(question)]);
        return question;
      };
      it("no requester passes it as a confirmation: the question ends, and is asked of others", async () => {
        const question = await confirmation();
        const answer = await maya.clicks(question, "Approve with these values", { edit_amount: "440" });
        assert.notEqual(answer.statusCode, 500);
        const review = await priya.sees(/Your approval is needed[\s\S]*440\.00 EUR/);
        assert.deepEqual(await amounts(), []);
        await priya.clicks(review, "Approve");
        await maya.sees(/Credit note CN-\d+ of 440\.00 EUR/);
      });
      it("nor does what was confirmed start, when policy wants a review by then", async () => {
        await maya.clicks(await confirmation(), "Approve");
        await maya.sees(/Policy now asks others than the requester/);
        assert.deepEqual(await amounts(), []);
      });
    });
    it("the requester changes their request: the question is superseded, and a click on the former card changes nothing", async () => {
      const question = await ask();
      const code = codeOn(question);
      await maya.says(`change ${code} amount to 300`);
      await maya.sees(/superseded/);
      const fresh = await jonas.sees(/Your approval is needed[\s\S]*300\.00 EUR/);
      const late = await jonas.clicks(question, "Approve");
      assert.match(JSON.stringify(late.value), /Superseded/);
      assert.deepEqual(await amounts(), []);
      await jonas.clicks(fresh, "Approve");
      await maya.sees(/Credit note CN-\d+ of 300\.00 EUR/);
      assert.deepEqual(await amounts(), ["300.00"]);
    });
  });

  describe("nobody waits for ever", () => {
    it("half-way those who can decide are reminded, and the requester hears of it", async () => {
      const code = codeOn(await ask());
      await fire(code, "remind");
      await jonas.sees(new RegExp(`Still waiting for your decision[\\s\\S]*approve ${code}`));
      await maya.sees(/I have reminded those who can decide/);
    });
    it("then it goes to the next in line, who may decide from then on", async () => {
      const code = codeOn(await ask());
      const ingrid = office.colleague("ingrid.bergstrom");
      await fire(code, "escalate");
      // The lead of the cluster was asked as an approver already, so it goes to the managers.
      await maya.sees(/I have asked .+ too/);
      await ingrid.sees(/comes to you/);
      await ingrid.clicks(await ingrid.sees(asked()), "Approve");
      await maya.sees(/Approved by Ingrid.+, and done/);
      assert.deepEqual(await amounts(), ["450.00"]);
    });
    it("at last it expires, told apart from a rejection, with what can be done instead", async () => {
      const question = await ask();
      await office.pool.query("update approval set expires_at = now() - interval '1 second' where code = $1", [
        codeOn(question),
      ]);
      await fire(codeOn(question), "expire");
      const told = readable((await maya.sees(/has expired/)).card);
      assert.match(told, /Nobody decided in time[\s\S]*Nothing was done[\s\S]*talk to a person in Finance/);
      const late = await jonas.clicks(question, "Approve");
      assert.match(JSON.stringify(late.value), /Expired/);
      assert.deepEqual(await amounts(), []);
    });
    it("a timer of a process whose clock runs ahead ends nothing, and comes again when it is due", async () => {
      const question = await ask();
      await fire(codeOn(question), "expire");
      const { rows } = await office.pool.query<{ timers: number; status: string }>(
        `select a.status, (select count(*)::int from dbos.workflow_status
                            where workflow_uuid like 'timer:' || a.approval_id || ':expire:%' and status = 'DELAYED') as timers
           from approval a where a.code = $1`,
        [codeOn(question)],
      );
      assert.deepEqual(rows, [{ status: "pending", timers: 1 }]);
    });
    it("a question has its timer from its first moment", async () => {
      const { rows } = await office.pool.query(
        "select 1 from dbos.workflow_status where name = 'approval-timer' and status = 'DELAYED' limit 1",
      );
      assert.equal(rows.length, 1);
    });
  });

  describe("calling it off", () => {
    it("the requester withdraws: nobody can approve it any more, and a decision that arrives after it changes nothing", async () => {
      const question = await ask();
      await maya.clicks(await maya.sees(/Waiting for an approver/), "Withdraw");
      await jonas.sees(/Cancelled\. Nothing was done/);
      const late = await jonas.clicks(question, "Approve");
      assert.match(JSON.stringify(late.value), /Cancelled/);
      assert.deepEqual(await amounts(), []);
    });
    it("somebody else cannot withdraw it", async () => {
      const code = codeOn(await ask());
      const noah = office.colleague("noah.fischer");
      await noah.says(`cancel ${code}`);
      await noah.sees(/You cannot do this/);
      assert.equal((await audited("run.attempt-refused")).length, 1);
    });
  });

  describe("operators", () => {
    it("the kill switch holds what is approved and has not started; releasing it lets it go on", async () => {
      const sofia = office.colleague("sofia.rossi");
      const question = await ask();
      await sofia.says("stop all actions: something is wrong");
      await sofia.sees(/All actions of the fleet are stopped/);
      await jonas.clicks(question, "Approve");
      await maya.sees(/Paused: All actions are stopped: something is wrong/);
      assert.deepEqual(await amounts(), []);
      await maya.says("What is the status of INV-1042?");
      await maya.sees(/INV-1042/);
      await sofia.says("release all actions");
      await sofia.sees(/The fleet may act again/);
      await maya.sees(/Credit note CN-/);
      assert.deepEqual(await amounts(), ["450.00"]);
    });
    it("nobody but platform and security stops the fleet", async () => {
      await maya.says("stop all actions");
      await maya.sees(/You cannot do this/);
      const { rowCount } = await office.pool.query("select 1 from fleet_pause where resumed_at is null");
      assert.equal(rowCount, 0);
    });
    it("a run is paused, shown, resumed and begun again from a step; what stands is never done twice", async () => {
      const sofia = office.colleague("sofia.rossi");
      const question = await ask();
      const code = codeOn(question);
      await sofia.says(`pause ${code} wait for the audit`);
      await sofia.sees(/is paused/);
      await jonas.clicks(question, "Approve");
      await maya.sees(/Paused: wait for the audit/);
      await sofia.says(`run ${code}`);
      await sofia.sees(/Paused: wait for the audit/);
      await sofia.says(`resume ${code}`);
      await maya.sees(/Credit note CN-/);
      await sofia.says(`rerun ${code} from act`);
      await sofia.sees(/nothing is left to do again/);
      assert.deepEqual(await amounts(), ["450.00"]);
      await sofia.says("runs");
      await sofia.sees(/Open runs/);
    });
    it("a failed run is begun again from its failed step, under the same key", async () => {
      const sofia = office.colleague("sofia.rossi");
      const question = await ask();
      const code = codeOn(question);
      await office.pool.query("update erp.invoice set paid_amount = amount - credited_amount where invoice_id = $1", [
        invoice,
      ]);
      await jonas.clicks(question, "Approve");
      await maya.sees(/Not executed/);
      await office.pool.query("update erp.invoice set paid_amount = 0 where invoice_id = $1", [invoice]);
      // By its number on the cards, too.
      await sofia.says(`rerun ${code} from 1`);
      await sofia.sees(/begins again/);
      await jonas.clicks(await jonas.sees(asked()), "Approve");
      await maya.sees(/Credit note CN-/);
      assert.deepEqual(await amounts(), ["450.00"]);
    });
  });

  describe("one list of what waits", () => {
    it("pages, counts, and shows a question to the requester beside what is to be decided", async () => {
      const question = await ask();
      await jonas.clicks(question, "Send question", { question: "Why so much?" });
      await maya.says("my approvals");
      const mine = await maya.sees(/Waiting on you[\s\S]*Why so much/);
      assert.equal((await priya.clicks(mine, "Answer")).statusCode, 403, "it is not hers to answer");
      await maya.clicks(mine, "Answer");
      const opened = await maya.sees(/Why so much[\s\S]*Send answer/);
      await maya.clicks(opened, "Send answer", { answer: "Two pallets were broken." });
      await jonas.sees(/Two pallets were broken/);
      await priya.says("my approvals");
      const list = await priya.sees(/Waiting on you: \d+/);
      assert.match(readable(list.card), /Page 1 of/);
      const next = await priya.clicks(list, "Next page");
      assert.match(JSON.stringify(next.value), /Page 2 of/);
    });
    it("several of low risk are approved at one click, after a table of what each does; all of them or none", async () => {
      for (const what of ["my printer is out of toner", "my keyboard does not work"]) {
        await maya.says(`Open a ticket: ${what}`);
        await maya.sees(new RegExp(`Please confirm[\\s\\S]*${what}`));
      }
      await maya.says("my approvals");
      const list = await maya.sees(/Waiting on you/);
      const preview = await maya.clicks(list, /Approve \d+ of low risk together/);
      const card = preview.value as Record<string, unknown>;
      assert.match(readable(card), /printer is out of toner[\s\S]*The ticket can be cancelled/);
      const done = await maya.clicks({ ...list, card }, /Approve these/);
      assert.equal(done.statusCode, 200);
      // All of them, not the first.
      await until(async () => {
        const { rows } = await office.pool.query<{ n: number }>(
          "select count(*)::int as n from itsm.ticket where title ~ 'printer is out of toner|keyboard does not work'",
        );
        return rows[0]?.n === 2;
      });
      const again = await maya.clicks({ ...list, card }, /Approve these/);
      assert.equal(again.statusCode, 409, "a second click approves nothing");
      const { rowCount } = await office.pool.query("select 1 from audit_log where kind = 'approval.batch-refused'");
      assert.equal(rowCount, 1, "the attempt is evidence");
    });
  });

  it("the right to write is granted from the start of the step to its end, and to nothing else", async () => {
    await jonas.clicks(await ask(), "Approve");
    await maya.sees(/Credit note CN-/);
    const { rows } = await office.pool.query<{ open: boolean }>(
      "select ended_at is null as open from elevation join action using (tenant_id, action_id) where args ->> 'invoice_id' = $1",
      [invoice],
    );
    assert.deepEqual(rows, [{ open: false }]);
  });

  it("how approvers decide is measured: time from the first view, and the share under two seconds", async () => {
    const sofia = office.colleague("sofia.rossi");
    await sofia.says("approver report");
    const report = readable((await sofia.sees(/Approvers in 30 days/)).card);
    const decisions = (text: string) =>
      /Jonas Weber: (\d+) decisions, median [\d.]+ s from first view, \d+ % under 2 s/.exec(text);
    const before = decisions(report);
    assert.ok(before, report);
    await jonas.clicks(await ask(), "Send rejection", { reason: "not ours to pay" });
    await maya.sees(/Rejected by Jonas/);
    await sofia.says("approver report");
    const after = decisions(readable((await sofia.sees(/Approvers in 30 days/)).card));
    assert.equal(Number(after?.[1]), Number(before[1]) + 1, "a rejection is a decision too");
  });

  it("an approver who has left the company decides nothing, though they were asked", async () => {
    const question = await ask();
    const left = office.app.ports.directory.byId(jonas.person.aadObjectId);
    assert.ok(left);
    left.enabled = false;
    try {
      assert.equal((await jonas.clicks(question, "Approve")).statusCode, 403);
      assert.deepEqual(await amounts(), []);
    } finally {
      left.enabled = true;
    }
    const stranger = office.stranger("Jonas Weber");
    assert.equal((await stranger.clicks(question, "Approve")).statusCode, 403, "nor does somebody of the same name");
    assert.deepEqual(await amounts(), []);
  });

  it("a large amount is the lead's to decide", async () => {
    const { rows } = await office.pool.query<{ invoice_id: string }>(
      "select invoice_id from erp.invoice_state where open_amount > 10500 and open_amount < 12400 limit 1",
    );
    invoice = rows[0]?.invoice_id ?? "";
    await maya.says(`Raise a credit note of 10200 for ${invoice}, damaged goods`);
    const question = await helena.sees(asked());
    assert.match(readable(question.card), /Who decides\nthe lead of Finance/);
    assert.equal((await jonas.clicks(question, "Approve")).statusCode, 403);
    await helena.clicks(question, "Approve");
    await maya.sees(/Credit note CN-/);
  });

  it("a very large one needs an approver and then the lead, who is asked when it is their turn", async () => {
    const { rows } = await office.pool.query<{ invoice_id: string }>(
      "select invoice_id from erp.invoice_state where open_amount > 12600 limit 1",
    );
    invoice = rows[0]?.invoice_id ?? "";
    await maya.says(`Raise a credit note of 12550 for ${invoice}, damaged goods`);
    const question = await priya.sees(asked());
    assert.match(readable(question.card), /one approver of Finance, then the lead of Finance/);
    await jonas.sees(asked());
    await priya.clicks(question, "Approve");
    assert.deepEqual(await amounts(), []);
    const lead = await helena.sees(/Approved so far\nPriya Nair/);
    await jonas.says("my approvals");
    const list = readable((await jonas.sees(/Waiting on you|Nothing waits/)).card);
    assert.doesNotMatch(list, /12,550/, "who was asked before is asked no more");
    await fire(codeOn(lead), "remind");
    await helena.sees(/Still waiting for your decision/);
    assert.ok(!jonas.all().some(({ text }) => text.includes(`approve ${codeOn(lead)}`)), "nor reminded");
    const refused = await helena.clicks(lead, "Pass it on", { to: priya.person.aadObjectId });
    assert.match(JSON.stringify(refused.value), /Priya Nair has approved it already/, "nobody has two says");
    await helena.clicks(lead, "Pass it on", { to: jonas.person.aadObjectId });
    await jonas.sees(/Helena Okafor has passed/);
    await jonas.says(`approve ${codeOn(lead)}`);
    await maya.sees(/Approved by .*Jonas Weber for Helena Okafor/);
    await maya.sees(/Credit note CN-/);
    assert.deepEqual(await amounts(), ["12550.00"]);
  });
});
