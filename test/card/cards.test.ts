import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { renderAnswer } from "../../src/card/answer.ts";
import { renderApproval } from "../../src/card/approval.ts";
import { renderChooseCluster, renderClarify } from "../../src/card/clarify.ts";
import { renderHandoff, renderHandoffWait } from "../../src/card/handoff.ts";
import { type InboxItem, renderInbox } from "../../src/card/inbox.ts";
import { renderLineage } from "../../src/card/lineage.ts";
import { renderNotice, renderWelcome } from "../../src/card/notice.ts";
import { renderReceipt, renderRun } from "../../src/card/run.ts";
import { bytesOf, type Card, MAX_CARD_BYTES } from "../../src/card/template.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { aCandidate, aHandoff, anAction, anApproval, aRun, ids } from "../support/samples.ts";

// The renderer that clients use; its ES module does not load in Node, and its types need a browser.
const AC = createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.js");

/** What the renderer objects to in a card, in its own words. */
function objections(card: Card): string[] {
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  const parsed = new AC.AdaptiveCard();
  parsed.parse(card, context);
  const found = parsed.validateProperties().validationEvents.map((event: { message: string }) => event.message);
  for (let i = 0; i < context.eventCount; i += 1) found.push(context.getEventAt(i).message);
  return found;
}

const HOSTILE = "O'Reilly & Søns *${{evil}}* [Ltd](https://evil.example) ${1+1} {{DATE(2026-01-01T00:00:00Z)}} \u202e";

/** Every card of the product, made of the given words. */
function everyCard(words: string, many: number): Record<string, Card> {
  const action = anAction(
    { failure: words },
    {
      ...{ summary: words, target: words, impact: words, undo: words, otherwise: words },
      inputs: Array.from({ length: 4 }, () => ({ label: words, value: words })),
      changes: Array.from({ length: Math.min(many, 5) }, () => ({ label: words, from: words, to: words })),
    },
  );
  const names = { agentName: words, requesterName: words, deciderName: words };
  const view = { approval: anApproval({ policyReason: words, reason: words }), action, run: aRun(), ...names };
  const answer = {
    title: words,
    text: words,
    facts: [{ label: words, value: words }],
    table: {
      columns: [
        { title: words, right: false },
        { title: "Open", right: true },
      ],
      rows: Array.from({ length: many }, () => [words, words]),
    },
    quotes: Array.from({ length: many }, () => ({ title: words, text: words })),
    sources: [{ system: "erp", tool: "erp.list_invoices", at: "2026-11-20T09:00:00.000Z" }],
  };
  const agent = {
    agentId: ids.agent,
    displayName: words,
    version: "3f2a",
    clusterId: "finance",
    intent: "overdue-invoices",
  };
  const handoff = aHandoff({
    requesterName: words,
    note: words,
    summary: {
      reason: words,
      transcript: Array.from({ length: 6 }, () => ({ who: words, text: words })),
      candidates: [],
    },
  });
  const candidates = Array.from({ length: 5 }, (_, i) => aCandidate({ displayName: words, intent: `intent-${i}` }));
  const item = {
    ...{
      id: ids.approval,
      turnId: ids.turn,
      version: 1,
      summary: words,
      detail: words,
      state: "waiting",
      color: "Warning",
    },
    ...{ approveTitle: "Approve", canDecide: true, canClaim: true, canWhy: true },
  } as const satisfies InboxItem;
  const statuses = ["approved", "rejected", "expired", "cancelled", "superseded", "failed-to-resume"] as const;
  const runs = ["completed", "failed", "needs-check", "rejected", "expired", "acting"] as const;
  return {
    answer: renderAnswer(
      {
        kind: "answer",
        agent,
        answers: [
          { agent, answer },
          { agent, answer },
        ],
        why: words,
      },
      { turnId: ids.turn, code: "7Q2K" },
    ),
    approval: renderApproval(view),
    ...Object.fromEntries(
      statuses.map((status) => [
        `approval ${status}`,
        renderApproval({ ...view, approval: anApproval({ status, reason: words, version: 2 }) }),
      ]),
    ),
    confirmation: renderApproval({ ...view, approval: anApproval({ kind: "confirmation" }) }),
    clarify: renderClarify(candidates, ids.turn, "unsure"),
    "wrong agent": renderClarify(candidates, ids.turn, "wrong-agent", { agentId: ids.agent, intent: "intent-0" }),
    "choose a cluster": renderChooseCluster(ids.turn),
    handoff: renderHandoff(handoff, undefined),
    "handoff claimed": renderHandoff({ ...handoff, status: "claimed" }, words),
    "handoff wait": renderHandoffWait(handoff, undefined, candidates),
    inbox: renderInbox(
      "approvals",
      Array.from({ length: many }, () => item),
      0,
    ),
    "empty inbox": renderInbox("requests", [], 0),
    lineage: renderLineage(
      "7Q2K",
      Array.from({ length: 6 }, () => ({
        heading: words,
        text: words,
        facts: Array.from({ length: many }, () => ({ label: words, value: words })),
      })),
    ),
    notice: renderNotice("warning", words, words),
    welcome: renderWelcome(words),
    ...Object.fromEntries(runs.map((status) => [`run ${status}`, renderRun({ ...view, run: aRun({ status }) })])),
    receipt: renderReceipt({
      ...view,
      run: aRun({ status: "completed" }),
      action: { ...action, state: "done", result: { credit_note_id: words, amount: "1", invoice_id: "x" } },
    }),
  };
}

describe("cards", () => {
  for (const [name, card] of Object.entries(everyCard("Fabrikam", 3))) {
    it(`the renderer of the clients accepts: ${name}`, () => assert.deepEqual(objections(card), []));
    it(`can be read aloud, and understood where cards are not shown: ${name}`, () => {
      assert.equal(card.version, "1.5");
      assert.ok(String(card.speak).length > 0);
      assert.ok(String(card.fallbackText).length > 0);
    });
  }

  for (const [name, card] of Object.entries(everyCard(HOSTILE, 2)))
    it(`names with templates, Markdown and hidden characters stay words: ${name}`, () => {
      assert.deepEqual(objections(card), []);
      // The title of a button is never Markdown.
      const titles = new Set(buttonsOf(card).map(({ title }) => title));
      const text = readable(card)
        .split("\n")
        .filter((line) => !titles.has(line))
        .join("\n");
      assert.doesNotMatch(text, /(^|[^\\])\[Ltd\]/, "no live link");
      assert.doesNotMatch(text, /\{\{DATE\(2026-01-01/, "no date function of somebody else");
      assert.doesNotMatch(text, /\u202e/, "nothing turns the direction of text");
      assert.doesNotMatch(text, /evil\}\}\*(?!\*)\s*\[Ltd/, "the marks are escaped");
    });

  for (const [name, card] of Object.entries(everyCard("a very long text about an invoice ".repeat(300), 80)))
    it(`fits what Teams takes, however much there is to say: ${name}`, () => {
      assert.ok(bytesOf(card) <= MAX_CARD_BYTES, `${bytesOf(card)} bytes`);
      assert.deepEqual(objections(card), []);
    });

  it("every button has a twin for clients that do not know Action.Execute, and says the same", () => {
    for (const [name, card] of Object.entries(everyCard("Fabrikam", 3))) {
      const buttons = buttonsOf(card);
      const executes = buttons.filter(({ type }) => type === "Action.Execute");
      const submits = buttons.filter(({ type }) => type === "Action.Submit");
      assert.equal(executes.length, submits.length, name);
      for (const [i, execute] of executes.entries())
        assert.deepEqual(submits[i]?.data, { ...execute.data, verb: execute.verb }, `${name}: ${execute.title}`);
    }
  });

  it("a decided approval has no live button left", () => {
    for (const status of ["approved", "rejected", "expired", "cancelled", "superseded", "failed-to-resume"] as const) {
      const view = { action: anAction(), run: aRun(), agentName: "A", requesterName: "B", deciderName: "C" };
      const card = renderApproval({ ...view, approval: anApproval({ status }) });
      assert.deepEqual(
        buttonsOf(card)
          .map(({ verb }) => verb)
          .filter((verb) => verb?.startsWith("approval.")),
        [],
        status,
      );
    }
  });

  it("expired is never told as rejected", () => {
    const view = {
      action: anAction(),
      run: aRun({ status: "expired" }),
      agentName: "A",
      requesterName: "B",
      deciderName: undefined,
    };
    const text = readable(renderApproval({ ...view, approval: anApproval({ status: "expired" }) }));
    assert.match(text, /Expired/);
    assert.doesNotMatch(text, /[Rr]ejected/);
  });

  it("what is shown is what runs: the card shows the digest and the exact values", () => {
    const text = readable(
      renderApproval({
        approval: anApproval(),
        action: anAction(),
        run: aRun(),
        agentName: "A",
        requesterName: "B",
        deciderName: undefined,
      }),
    );
    assert.match(text, /abababababab/);
    assert.match(text, /1,250\.00 EUR/);
    assert.match(text, /800\.00 EUR/);
  });
});
