import assert from "node:assert/strict";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import type { Shown } from "../support/loopback-channel.ts";
import { type Answer, type Colleague, type Office, openOffice } from "../support/office.ts";
import { until } from "../support/until.ts";

const agents = theRegistry().agents;
const agentOf = (intent: string) => {
  const agent = agents.find(({ intent_patterns }) =>
    intent_patterns.some(({ intent_label }) => intent_label === intent),
  );
  assert.ok(agent, intent);
  return agent;
};
/** What the list of the card says for an intent. */
const other = (intent: string) => ({ other: `${agentOf(intent).agent_id}/${intent}` });

type Row = {
  said: string;
  kind: string;
  state: string;
  answered_intent: string | null;
  chosen_intent: string | null;
  score: number;
  group_id: string;
};

describe("the router is corrected by those who use it", () => {
  let office: Office;
  let maya: Colleague;
  let noah: Colleague;
  let jonas: Colleague;
  let viktor: Colleague;
  let amara: Colleague;
  before(async function () {
    this.timeout(60_000);
    office = await openOffice();
  });
  beforeEach(async () => {
    await office.pool.query("truncate routing_correction");
    await office.pool.query("delete from card_copy where subject_kind = 'correction'");
    [maya, noah, jonas, viktor, amara] = [
      "maya.lindqvist",
      "noah.fischer",
      "jonas.weber",
      "viktor.petrov",
      "amara.diallo",
    ].map((name) => office.colleague(name)) as [Colleague, Colleague, Colleague, Colleague, Colleague];
  });
  after(() => office.close());

  const ownerOf = ({ owner_upn }: AgentRecord): Colleague =>
    office.colleague(owner_upn.replace("@contoso.example", ""));
  const stored = async (): Promise<Row[]> =>
    (await office.pool.query<Row>("select * from routing_correction order by created_at")).rows;
  const audited = async (kind: string): Promise<number> =>
    (await office.pool.query<{ n: number }>("select count(*)::int as n from audit_log where kind = $1", [kind])).rows[0]
      ?.n ?? 0;
  const versionsOf = async (agentId: string): Promise<number> =>
    (
      await office.pool.query<{ n: number }>("select count(*)::int as n from agent_version where agent_id = $1", [
        agentId,
      ])
    ).rows[0]?.n ?? 0;
  const routesTo = (text: string, intent: string): Promise<unknown> =>
    until(async () => (await office.app.ports.router.route(text)).chosen?.intent === intent);
  const cardOf = (answer: Answer): string => readable(answer.value as Record<string, unknown>);
  /** Says it, and opens the card on which one says who should have answered. */
  const doubts = async (who: Colleague, text: string, answer: RegExp): Promise<Shown> => {
    await who.says(text);
    const shown = await who.sees(answer);
    await who.clicks(shown, "Wrong agent?");
    return who.sees(/Who should have answered\?/);
  };

  it("the right one takes the same words at once, and its owner is asked before anything is learnt", async () => {
    const text = "Who is on holiday this summer?";
    const before = await versionsOf(agentOf("leave-left").agent_id);
    const choices = await doubts(maya, text, /Code/);
    const answer = await maya.clicks(choices, "Let them answer", other("leave-left"));
    assert.match(cardOf(answer), /You chose: Leave left .*Leave Balance/);
    await maya.sees(/Leave Balance answered because you chose it/);

    const [row] = await stored();
    assert.deepEqual(
      [row?.said, row?.kind, row?.state, row?.chosen_intent],
      [text, "wrong-agent", "open", "leave-left"],
    );
    assert.ok((row?.score ?? 0) > 0);
    const asked = readable((await viktor.sees(/Should Leave Balance answer this as “leave left” from now on\?/)).card);
    assert.match(asked, /this summer/);
    assert.match(asked, /Said by\nMaya Lindqvist/);
    assert.match(asked, /I was \d+ % sure/);
    assert.match(asked, /Should be\nLeave Balance, leave left/);
    assert.equal(await versionsOf(agentOf("leave-left").agent_id), before, "nothing is learnt silently");
  });

  it("the owner makes the words general and approves: a new version serves by them, and whoever said so hears of it", async () => {
    const text = "Who is on holiday with Noah Fischer on Friday?";
    const learnt = "What is left of somebody's sabbatical allowance?";
    const agent = agentOf("leave-left");
    const choices = await doubts(maya, text, /Code/);
    await maya.clicks(choices, "Let them answer", other("leave-left"));
    const card = await viktor.sees(/Should Leave Balance answer this/);
    const versions = await versionsOf(agent.agent_id);
    const decided = await viktor.clicks(card, "Approve", { utterance: `  ${learnt.replace(" left", "\n left")} ` });
    assert.match(cardOf(decided), /Approved by Viktor Petrov: Leave Balance has learnt it/);
    assert.match(cardOf(decided), new RegExp(`Learnt as “${learnt.replace("?", "\\?")}” with version ${versions + 1}`));
    await viktor.sees(/Approved by Viktor Petrov/);
    assert.match(
      (await maya.sees(/You corrected me about/)).text,
      /Viktor Petrov has let Leave Balance learn it as “What is left/,
    );
    await routesTo(learnt, "leave-left");
    const { rows } = await office.pool.query<{ kept: boolean; told: boolean }>(
      `select v.record::text like '%sabbatical allowance%' as kept, v.record::text like '%on holiday with Noah%' as told
         from agent_pointer p join agent_version v on v.agent_id = p.agent_id and v.number = p.active where p.agent_id = $1`,
      [agent.agent_id],
    );
    assert.deepEqual(rows, [{ kept: true, told: false }]);
    assert.equal(await audited("lesson.approved"), 1);
  });

  it("“None of these” gives the agent that answered a counter-example", async () => {
    const text = "Who is on holiday on Friday?";
    const agent = agentOf("who-is-away");
    const owner = ownerOf(agent);
    const choices = await doubts(maya, text, /Code/);
    const answer = await maya.clicks(choices, "None of these");
    assert.match(cardOf(answer), /None of these: I have noted it/);
    const card = await owner.sees(new RegExp(`Should ${agent.display_name} leave this alone`));
    assert.match(readable(card.card), /Should be\nnone of the fleet/);
    await owner.clicks(card, "Approve", { utterance: text });
    await until(() => office.app.ports.registry.byId.get(agent.agent_id)?.counter_examples?.includes(text) === true);
  });

  it("a proposal of the wrong agent is withdrawn, and not done beside the right one's answer", async () => {
    await maya.says("Raise a credit note of 31 for INV-1042, damaged goods");
    const request = await maya.sees(/Waiting for an approver of Finance/);
    await jonas.sees(/Credit note of 31\.00/);
    await maya.clicks(request, "Wrong agent?");
    const answer = await maya.clicks(
      await maya.sees(/Who should have answered\?/),
      "Let them answer",
      other("invoice-status"),
    );
    assert.match(cardOf(answer), /What had been proposed as \w+ is withdrawn/);
    await maya.sees(/Invoice INV-1042 is/);
    const { rows } = await office.pool.query("select status from run order by created_at desc limit 1");
    assert.deepEqual(rows, [{ status: "cancelled" }]);
  });

  it("a confirmation and a refusal can be doubted too", async () => {
    await maya.says("Open a ticket: my laptop does not start");
    const confirmation = await maya.sees(/Please confirm/);
    assert.ok(buttonsOf(confirmation.card).some(({ title }) => title === "Wrong agent?"));
    await maya.says("How many days of leave does Noah Fischer have left?");
    const refusal = await maya.sees(/I did not do this/);
    await maya.clicks(refusal, "Wrong agent?");
    await maya.sees(/Who should have answered\?/);
  });

  it("who changes their mind changes what is stored; choosing what the router served takes it back", async () => {
    const choices = await doubts(maya, "Which Fabrikam invoices are overdue?", /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("receivables-ageing"));
    await maya.sees(/answered because you chose it/);
    const first = await office
      .colleague("priya.nair")
      .sees(/never/, 1)
      .catch(() => undefined);
    assert.equal(first, undefined);
    await maya.clicks(choices, "Let them answer", other("invoice-status"));
    await until(async () => (await stored())[0]?.chosen_intent === "invoice-status");
    assert.equal((await stored()).length, 1);
    await jonas.sees(/Should Invoice Agent answer this/);
    await maya.says("wrong agent");
    const again = await maya.sees(/Who should have answered\?/);
    await maya.clicks(again, "Let them answer", other("overdue-invoices"));
    await until(async () => (await stored()).length === 0);
    await jonas.sees(/This correction was taken back/);
  });

  it("a choice on a card that asks is kept as a weaker lesson, which does not disturb the owner", async () => {
    await maya.says("It's broken again.");
    const question = await maya.sees(/Talk to a person/);
    const [button] = buttonsOf(question.card).filter(({ title }) => /\(.+\)/.test(title));
    await maya.clicks(question, button?.title ?? "");
    await maya.sees(/You have chosen/);
    const [row] = await stored();
    assert.deepEqual([row?.kind, row?.answered_intent, row?.state], ["choice", null, "open"]);
    const { rows } = await office.pool.query("select 1 from card_copy where subject_kind = 'correction'");
    assert.equal(rows.length, 0);
    const owner = agents.find(({ agent_id }) => agent_id === button?.data.agentId) ?? agentOf(row?.chosen_intent ?? "");
    const lead = ownerOf(owner);
    await lead.says("corrections");
    const list = await lead.sees(/Corrections for you: 1/);
    assert.match(readable(list.card), /It's broken again/);
    assert.match(readable(list.card), /chosen when I asked/);
    await lead.clicks(list, "Open");
    const card = await lead.sees(/nobody: I asked what was meant/);
    assert.match(cardOf(await lead.clicks(card, "Approve", { utterance: "It is broken once more" })), /has learnt it/);
    await lead.says("corrections");
    await lead.sees(/Corrections for you: 0/);
  });

  it("several people who say the same are one card, which names them", async () => {
    for (const who of [maya, noah]) {
      const text = who === maya ? "Which Fabrikam invoices are overdue?" : "which fabrikam  invoices are overdue";
      const choices = await doubts(who, text, /Overdue invoices/);
      await who.clicks(choices, "Let them answer", other("invoice-status"));
      await who.sees(/Which invoice\?/);
      await who.says("never mind");
      await who.sees(/dropped/);
    }
    const rows = await stored();
    assert.equal(new Set(rows.map(({ group_id }) => group_id)).size, 1);
    assert.match(readable((await jonas.sees(/Maya Lindqvist and Noah Fischer/)).card), /Should Invoice Agent answer/);
    const { rows: copies } = await office.pool.query("select 1 from card_copy where subject_kind = 'correction'");
    assert.equal(copies.length, 1);
  });

  it("words that another intent has are refused with both names and the cure, on the card, and it stays open", async () => {
    const choices = await doubts(maya, "Which invoices are overdue?", /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("receivables-ageing"));
    const ageing = agentOf("receivables-ageing");
    const owner = ownerOf(ageing);
    await owner.says("corrections");
    await owner.clicks(await owner.sees(/Corrections for you/), "Open");
    const card = await owner.sees(/from now on\?/);
    const refused = cardOf(await owner.clicks(card, "Approve", { utterance: "WHICH invoices are overdue?" }));
    assert.match(refused, /“overdue invoices” of Invoice Agent/);
    assert.match(refused, new RegExp(`“receivables ageing” of ${ageing.display_name}`));
    assert.match(refused, /change the words/);
    assert.equal((await stored())[0]?.state, "open");
    const short = cardOf(await owner.clicks(card, "Approve", { utterance: "ab" }));
    assert.match(short, /cannot be learnt/);
    assert.match(cardOf(await owner.clicks(card, "Approve", { utterance: "Whose dues grow old?" })), /has learnt it/);
    const copies = (): string[] =>
      owner.all().flatMap(({ card: one }) => (/Which invoices are overdue/.test(readable(one)) ? [readable(one)] : []));
    const opened = copies().filter((one) => !/Corrections for you/.test(one)).length;
    assert.ok(opened >= 1);
    await until(() => copies().filter((one) => /Approved by/.test(one)).length === opened);
  });

  it("only who answers for the agent decides; one decision only, whatever is clicked", async () => {
    const choices = await doubts(maya, "Which Fabrikam invoices are overdue?", /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("invoice-status"));
    const card = await jonas.sees(/Should Invoice Agent answer this/);
    for (const who of [maya, noah, amara, office.stranger("Alex Unknown")])
      assert.equal((await who.clicks(card, "Approve", { utterance: "Anything at all" })).statusCode, 403);
    assert.equal(await audited("lesson.attempt-refused"), 4 + 2);
    const helena = office.colleague("helena.okafor");
    const [one, two] = await Promise.all([
      jonas.clicks(card, "Do not learn it", { reason: "One person's wording" }),
      helena.clicks(card, "Do not learn it", { reason: "Not ours" }),
    ]);
    assert.deepEqual([one?.statusCode, two?.statusCode], [200, 200]);
    assert.match(cardOf(await jonas.clicks(card, "Approve", { utterance: "Too late now" })), /Declined by/);
    assert.equal((await stored()).filter(({ state }) => state === "declined").length, 1);
    assert.equal(await audited("lesson.declined"), 1);
    assert.match((await maya.sees(/You corrected me about/)).text, /does not learn it: (One person|Not ours)/);
  });

  it("can be decided by typing, and “why” says that it was corrected and what became of it", async () => {
    const choices = await doubts(maya, "Which Fabrikam invoices are overdue?", /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("invoice-status"));
    const typed = readable((await jonas.sees(/Should Invoice Agent answer this/)).card);
    const code = /learn (\w+) ·/.exec(typed)?.[1] ?? "";
    await maya.says(`why ${code}`);
    assert.match(readable((await maya.sees(/Correction/)).card), /waits for whoever answers for Invoice Agent/);
    await jonas.says(`learn ${code} as where do we stand with that bill`);
    assert.match((await jonas.sees(new RegExp(`${code} is approved`))).text, /Invoice Agent has learnt it/);
    await maya.says(`why ${code}`);
    const lineage = readable((await maya.sees(/learnt as/)).card);
    assert.match(lineage, /Should be\nInvoice Agent, invoice status/);
    assert.match(lineage, /learnt as “where do we stand with that bill” with version \d+/);
    assert.match(lineage, /Decided by\nJonas Weber/);
    await jonas.says(`why ${code}`);
    await jonas.sees(/Decided by/);
    await noah.says(`why ${code}`);
    await noah.sees(/not yours to see/);
    await jonas.says("learn python please");
    await jonas.sees(/[\s\S]/);
    await jonas.says("dismiss 9999");
    await jonas.sees(/[\s\S]/);
  });

  it("somebody else's turn, a stale card, a double click and a choice that does not exist change nothing", async () => {
    const choices = await doubts(maya, "Which Fabrikam invoices are overdue?", /Overdue invoices/);
    assert.equal((await noah.clicks(choices, "Let them answer", other("invoice-status"))).statusCode, 403);
    assert.equal((await noah.clicks(choices, "None of these")).statusCode, 403);
    for (const bad of [{ other: "" }, { other: "x/y" }, { other: `${agents[0]?.agent_id}/no-such-intent` }]) {
      const { statusCode, value } = await maya.clicks(choices, "Let them answer", bad);
      assert.ok([400, 409].includes(statusCode), JSON.stringify(value));
    }
    assert.equal((await stored()).length, 0);
    const clicks = await Promise.all(
      [1, 2, 3].map(() => maya.clicks(choices, "Let them answer", other("receivables-ageing"))),
    );
    assert.deepEqual(
      clicks.map(({ statusCode }) => statusCode),
      [200, 200, 200],
    );
    await maya.sees(/answered because you chose it/);
    await maya.says("help");
    await maya.sees(/I am Signalbox/);
    assert.equal((await stored()).length, 1);
    assert.ok(
      !maya.all().some(({ card }) => /went wrong on my side/.test(readable(card))),
      "a double click is no fault",
    );
    const [group] = await stored();
    await office.pool.query("delete from routing_correction");
    const stale = await jonas.clicks(
      {
        ...choices,
        card: {
          actions: [
            {
              type: "Action.Execute",
              title: "Old",
              verb: "correction.approve",
              data: { correctionId: group?.group_id },
            },
          ],
        },
      },
      "Old",
    );
    assert.deepEqual([stale.statusCode, (stale.value as { code: string }).code], [404, "NotFound"]);
  });

  it("an agent that has left the fleet is neither chosen nor taught, and the correction stays", async () => {
    const choices = await doubts(maya, "Which Fabrikam invoices are overdue?", /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("invoice-status"));
    const card = await jonas.sees(/Should Invoice Agent answer this/);
    const { registry } = office.app.ports;
    const gone = agentOf("invoice-status").agent_id;
    const byId = new Map(registry.byId);
    byId.delete(gone);
    const own = Object.getOwnPropertyDescriptor(registry, "byId");
    Object.defineProperty(registry, "byId", { configurable: true, get: () => byId });
    try {
      const chosen = await maya.clicks(choices, "Let them answer", other("credit-note"));
      assert.deepEqual([chosen.statusCode, (chosen.value as { code: string }).code], [409, "AgentGone"]);
      assert.equal((await jonas.clicks(card, "Approve", { utterance: "What of that bill?" })).statusCode, 403);
      const refused = await office
        .colleague("sofia.rossi")
        .clicks(card, "Approve", { utterance: "What of that bill?" });
      assert.match(cardOf(refused), /not in the fleet any more\. Decline it/);
      assert.equal((await stored())[0]?.state, "open");
    } finally {
      if (own !== undefined) Object.defineProperty(registry, "byId", own);
    }
  });

  it("templates, Markdown and NUL in what was said stay words; what is too long is refused with its limit", async () => {
    const text = "Which Fabrikam invoices are overdue? ${evil} [x](https://evil.example)\u0000";
    const choices = await doubts(maya, text, /Overdue invoices/);
    await maya.clicks(choices, "Let them answer", other("invoice-status"));
    const card = await jonas.sees(/Should Invoice Agent answer this/);
    const shown = readable(card.card);
    assert.match(shown, /\$\{evil\}/);
    assert.doesNotMatch(shown.split("\n")[1] ?? "", /[^\\]\[x\]/);
    const long = await jonas.clicks(card, "Approve", { utterance: "x".repeat(5_000) });
    assert.match(JSON.stringify(long.value), /longer than 300 characters/);
    const huge = await office.post(JSON.stringify({ text: "x".repeat(1_000_000) }));
    assert.equal(huge.status, 413);
    await huge.arrayBuffer();
    assert.match(
      cardOf(await jonas.clicks(card, "Approve", { utterance: "Is ${that} one \u0000 late?" })),
      /has learnt it/,
    );
  });

  it("more than five cards a day become one line, and the list has them all, in pages", async () => {
    const said = ["Which Fabrikam invoices are overdue?", "Which invoices of Contoso are overdue?"];
    for (let i = 0; i < 7; i += 1) {
      const text = `${said[i % 2]?.replace("?", "")} in list ${i}?`;
      const choices = await doubts(maya, text, /Code/);
      await maya.clicks(choices, "Let them answer", other("invoice-status"));
      await maya.sees(/Which invoice\?|answered because|Somebody/);
      await maya.says("never mind");
      await maya.sees(/dropped|nothing open/);
    }
    assert.equal((await stored()).length, 7);
    const { rows } = await office.pool.query("select 1 from card_copy where subject_kind = 'correction'");
    assert.equal(rows.length, 5);
    await until(async () => jonas.all().some((shown) => /Type “corrections”/.test(shown.text)));
    await jonas.says("corrections");
    const list = await jonas.sees(/Corrections for you: 7/);
    const second = await jonas.clicks(list, "Next page");
    assert.match(cardOf(second), /Page 2 of 2/);
    await maya.says("corrections");
    await maya.sees(/Nobody has corrected me/);
  });
});
