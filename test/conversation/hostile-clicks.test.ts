import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import sinon from "sinon";
import { readable } from "../support/card-content.ts";
import { untouchedInvoices } from "../support/invoices.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Answer, type Colleague, type Office, openOffice } from "../support/office.ts";

const ELSEWHERE = "d0a80000-0000-4000-8000-0000000000ff";
const HOUR = 3_600_000;

describe("a click that must not count", () => {
  let office: Office;
  let invoices: string[];
  let invoice: string;
  let [maya, jonas, priya]: Colleague[] = [];
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
    invoices = await untouchedInvoices(office.pool);
  });
  beforeEach(() => {
    invoice = invoices.shift() ?? "";
    [maya, jonas, priya] = ["maya.lindqvist", "jonas.weber", "priya.nair"].map((name) => office.colleague(name));
  });
  afterEach(() => sinon.restore());
  after(() => office.close());

  const at = (who: Colleague | undefined): Colleague => {
    assert.ok(who);
    return who;
  };
  /** Somebody asks for a credit note. @returns the question as Priya, who may decide, sees it */
  const ask = async (by = at(maya)): Promise<Shown> => {
    await by.says(`Raise a credit note of 450 for ${invoice}, damaged goods`);
    return at(priya).sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
  };
  const codeOn = (shown: Shown): string => /Code\n([0-9A-Z]{4,8})/.exec(readable(shown.card))?.[1] ?? "";
  const amounts = async (): Promise<string[]> =>
    (
      await office.pool.query<{ amount: string }>(
        "select amount::text from erp.credit_note where invoice_id = $1 order by 1",
        [invoice],
      )
    ).rows.map(({ amount }) => amount);
  const statusOf = async (code: string): Promise<string | undefined> =>
    (await office.pool.query<{ status: string }>("select status from approval where code = $1", [code])).rows[0]
      ?.status;
  const linksOf = async (kind: string, actor: string): Promise<number> =>
    (await office.pool.query("select 1 from audit_log where kind = $1 and actor = $2", [kind, actor])).rowCount ?? 0;
  /** Whatever was on its way to her is there by now: her messages come in order. */
  const settled = async (): Promise<void> => {
    await at(priya).says("help");
    await at(priya).sees(/I am Signalbox/);
  };
  /** The invoke itself, for what no button of ours sends. */
  const invoke = async (value: unknown, by = at(priya), activityId: string = randomUUID()): Promise<Answer> => {
    const { teamsId: id, aadObjectId } = by.person;
    const head = {
      ...{ type: "invoke", name: "adaptiveCard/action", id: activityId, channelId: "msteams" },
      ...{ serviceUrl: office.channel.serviceUrl, from: { id, aadObjectId }, recipient: { id: "28:signalbox" } },
      conversation: { id: at(priya).conversationId, conversationType: "personal" },
    };
    // As text where the test wants names that an object literal cannot have.
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const response = await office.post(`${JSON.stringify(head).slice(0, -1)},"value":${text}}`);
    assert.equal(response.status, 200);
    return (await response.json()) as Answer;
  };

  describe("of somebody who may not decide", () => {
    const strangerToAll = () => office.stranger("Jonas Weber");
    for (const [what, asker, clicker, idOf] of [
      ["no approver", () => at(maya), () => office.colleague("noah.fischer"), (by) => by.person.aadObjectId],
      ["the requester", () => at(jonas), () => at(jonas), (by) => by.person.aadObjectId],
      ["a guest whom the directory does not know", () => at(maya), strangerToAll, (by) => by.person.teamsId],
    ] as [string, () => Colleague, () => Colleague, (by: Colleague) => string][])
      it(`${what}: refused, no card changes, and the attempt is in the audit`, async () => {
        const question = await ask(asker());
        const by = clicker();
        const before = await linksOf("approval.attempt-refused", idOf(by));
        for (const [title, inputs] of [
          ["Approve", {}],
          ["Send rejection", { reason: "no" }],
          ["Approve with these values", { edit_amount: "200" }],
          // It does not hold, and why is nobody's business who may not decide.
          ["Approve with these values", { edit_amount: "999999" }],
        ] as const) {
          const answer = await by.clicks(question, title, inputs);
          assert.equal(answer.statusCode, 403, title);
          assert.doesNotMatch(JSON.stringify(answer.value), /open|credited/, "nothing of the invoice is told");
        }
        assert.equal((await linksOf("approval.attempt-refused", idOf(by))) - before, 4);
        await settled();
        const now = office.channel.message(question.id);
        assert.deepEqual([now?.updates, now?.card], [question.updates, question.card]);
        assert.deepEqual([await statusOf(codeOn(question)), await amounts()], ["pending", []]);
      });
  });

  it("that comes again as somebody else's is refused and in the audit; the effect stays one", async () => {
    const question = await ask();
    const submit = { verb: "approval.approve", ...dataOf(question) };
    const activityId = randomUUID();
    const first = await invoke({ action: { verb: submit.verb, data: submit } }, at(priya), activityId);
    assert.equal(first.statusCode, 200);
    const helena = office.colleague("helena.okafor");
    const again = await invoke({ action: { verb: submit.verb, data: submit } }, helena, activityId);
    assert.equal(again.statusCode, 403);
    assert.equal(await linksOf("activity.forged", helena.person.aadObjectId), 1);
    await at(maya).sees(/Credit note CN-\d+ of/);
    assert.deepEqual(await invoke({ action: { verb: submit.verb, data: submit } }, at(priya), activityId), first);
    assert.deepEqual(await amounts(), ["450.00"]);
  });

  for (const approvesFirst of [true, false])
    it(`at the moment of another one that says the opposite: one of them counts, and both read which (${approvesFirst ? "approved" : "rejected"} first)`, async () => {
      const question = await ask();
      const same = await at(jonas).sees(new RegExp(`Your approval is needed[\\s\\S]*${invoice}`));
      const wishes = [
        () => at(priya).clicks(question, "Approve"),
        () => at(jonas).clicks(same, "Send rejection", { reason: "The goods were fine" }),
      ];
      if (!approvesFirst) wishes.reverse();
      const answers = await Promise.all(wishes.map((wish) => wish()));
      const status = (await statusOf(codeOn(question))) ?? "";
      assert.match(status, /^(approved|rejected)$/);
      const told = status === "approved" ? /Approved by Priya Nair/ : /Rejected by Jonas Weber: The goods were fine/;
      for (const { statusCode, value } of answers) {
        assert.equal(statusCode, 200);
        assert.match(JSON.stringify(value), told);
      }
      await at(maya).sees(status === "approved" ? /Credit note CN-\d+ of/ : /was rejected/);
      assert.deepEqual(await amounts(), status === "approved" ? ["450.00"] : []);
      const { rows } = await office.pool.query<{ kind: string }>(
        `select l.kind from audit_log l join approval a using (tenant_id, run_id)
          where a.code = $1 and l.kind in ('approval.approved', 'approval.rejected')`,
        [codeOn(question)],
      );
      assert.deepEqual(rows, [{ kind: `approval.${status}` }]);
    });

  describe("whose data was changed", () => {
    it("amount, digest and names in it are nobody's: what was asked is what runs, and who clicked has decided", async () => {
      const question = await ask();
      const lies = {
        ...{ amount: "9999.00", digest: "00".repeat(32), args: { invoice_id: "INV-1042", amount: "9999.00" } },
        ...{ actor: "helena", decidedBy: "helena", requesterId: "nobody", status: "approved", risk: "low", stages: [] },
        ...{ changes: { amount: "9999.00" }, policyId: "permit-all", runId: randomUUID() },
      };
      const data = { ...dataOf(question), ...lies };
      const changed = await at(priya).clicks(question, "Approve", {}, { button: { data } });
      assert.equal(changed.statusCode, 400, "an amount that the invoice does not have");
      assert.deepEqual(await amounts(), []);
      const { changes: _, ...rest } = data;
      assert.equal((await at(priya).clicks(question, "Approve", {}, { button: { data: rest } })).statusCode, 200);
      await at(maya).sees(/Approved by Priya Nair, and done/);
      assert.deepEqual(await amounts(), ["450.00"]);
    });
    it("a field that the plan does not let change, and a version that nobody saw, change nothing", async () => {
      const question = await ask();
      for (const field of ["edit_invoice_id", "edit___proto__", "edit_constructor", "edit_"]) {
        const answer = await at(priya).clicks(question, "Approve", { [field]: "INV-1017" });
        assert.equal(answer.statusCode, 400, field);
      }
      for (const version of [0, 99, -1, 1.5, "x", null]) {
        const data = { ...dataOf(question), version };
        const answer = await at(priya).clicks(question, "Approve", {}, { button: { data } });
        assert.ok(answer.statusCode === 400 || /Your approval is needed/.test(JSON.stringify(answer.value)));
      }
      assert.deepEqual([await statusOf(codeOn(question)), await amounts()], ["pending", []]);
    });
  });

  describe("on what is another tenant's", () => {
    /** The same question and run, as another tenant of the database has them. */
    const elsewhere = async (question: Shown): Promise<{ approvalId: string; runId: string; code: string }> => {
      const [approvalId, runId, code] = [randomUUID(), randomUUID(), "QQQQQ"];
      for (const [table, where] of [
        ["run", "code = $2"],
        ["approval", "code = $2"],
      ] as const)
        await office.pool.query(
          `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || $1)).* from ${table} t where ${where}`,
          [{ tenant_id: ELSEWHERE, approval_id: approvalId, run_id: runId, code }, codeOn(question)],
        );
      return { approvalId, runId, code };
    };
    it("is answered as what does not exist, by card and by word, and changes nothing there", async () => {
      const question = await ask();
      const { approvalId, runId, code } = await elsewhere(question);
      const snapshot = () =>
        office.pool.query(
          "select to_jsonb(r) as run, to_jsonb(a) as approval from run r join approval a using (tenant_id, run_id) where r.tenant_id = $1",
          [ELSEWHERE],
        );
      const before = (await snapshot()).rows;
      assert.equal(before.length, 1);
      for (const verb of ["approval.approve", "approval.reject", "approval.ask", "approval.open", "question.open"]) {
        const data = { approvalId, version: 1, reason: "x", question: "x" };
        assert.equal((await invoke({ action: { verb, data } })).statusCode, 404, verb);
      }
      const sofia = office.colleague("sofia.rossi");
      for (const verb of ["run.open", "run.cancel", "run.raise"])
        assert.equal((await invoke({ action: { verb, data: { runId } } }, sofia)).statusCode, 404, verb);
      for (const words of [`approve ${code}`, `status ${code}`, `why ${code}`, `cancel ${code}`, `undo ${code}`]) {
        await sofia.says(words);
        const { text, card } = await sofia.sees(/\S/);
        assert.doesNotMatch(`${text}${readable(card)}`, new RegExp(`${invoice}|Maya|450`), words);
      }
      assert.deepEqual((await snapshot()).rows, before);
    });
  });

  describe("that is none of ours", () => {
    const approve = async (): Promise<Record<string, unknown>> => ({ ...dataOf(await ask()) });
    for (const [what, value] of [
      ["null", () => null],
      ["an array", () => []],
      ["a text", () => '"approve"'],
      ["a number", () => 7],
      ["an action that is an array", () => ({ action: [] })],
      ["an action without data", () => ({ action: { verb: "approval.approve" } })],
      ["data that is an array", () => ({ action: { verb: "approval.approve", data: [] } })],
      ["a verb that is an object", (data) => ({ action: { verb: {}, data } })],
      ["a verb that every object has", (data) => ({ action: { verb: "constructor", data } })],
      [
        "a prototype in its value",
        () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      ],
      [
        "a prototype in its data",
        () => '{"action":{"verb":"approval.approve","data":{"__proto__":{"polluted":true,"version":1}}}}',
      ],
      [
        "ten thousand fields beside the right ones",
        (data) => ({
          action: {
            verb: "approval.approve",
            data: { ...Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])), ...data },
          },
        }),
      ],
      [
        "ten thousand fields to be changed",
        (data) => ({
          action: {
            verb: "approval.approve",
            data: { ...data, ...Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`edit_k${i}`, "1"])) },
          },
        }),
      ],
    ] as [string, (data: object) => unknown][])
      it(`${what}: answered as a mistake, and nothing is changed`, async () => {
        const answer = await invoke(value(await approve()));
        assert.equal(answer.statusCode, 400, JSON.stringify(answer).slice(0, 300));
        assert.ok(!("polluted" in {}), "every object would have it");
        assert.deepEqual(Object.keys(Object.prototype), []);
        assert.deepEqual(await amounts(), []);
      });
    it("a comment of 200 KB is refused with how long it may be, one of 300 KB unread", async () => {
      const question = await ask();
      const answer = await at(priya).clicks(question, "Send rejection", { reason: "x".repeat(200_000) });
      assert.equal(answer.statusCode, 400);
      assert.match(JSON.stringify(answer.value), /longer than 4000 characters/);
      assert.equal(await statusOf(codeOn(question)), "pending");
      assert.equal((await office.post(JSON.stringify({ value: "x".repeat(300_000) }))).status, 413);
    });
  });

  describe("by the clock of a process that is wrong", () => {
    const hostClockIs = (ms: number) => sinon.useFakeTimers({ now: Date.now() + ms, toFake: ["Date"] });
    it("days ahead: what is open for the database can be decided", async () => {
      const question = await ask();
      hostClockIs(96 * HOUR);
      const answer = await at(priya).clicks(question, "Send rejection", { reason: "The goods were fine" });
      assert.match(JSON.stringify(answer.value), /Rejected by Priya Nair/);
    });
    it("days behind: what has expired for the database cannot", async () => {
      const question = await ask();
      await office.pool.query("update approval set expires_at = now() - interval '1 second' where code = $1", [
        codeOn(question),
      ]);
      hostClockIs(-96 * HOUR);
      const answer = await at(priya).clicks(question, "Approve");
      assert.match(JSON.stringify(answer.value), /Expired: nobody decided in time/);
      assert.deepEqual(await amounts(), []);
    });
  });
});

/** What the button that approves would send. */
function dataOf({ card }: Shown): Record<string, unknown> {
  let found: Record<string, unknown> = {};
  JSON.stringify(card, (_, value) => {
    if (value?.verb === "approval.approve" && value.data !== undefined) found = value.data;
    return value;
  });
  return found;
}
