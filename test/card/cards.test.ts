import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Discussed } from "../../src/approval/store.ts";
import { renderAnswer } from "../../src/card/answer.ts";
import { renderApproval } from "../../src/card/approval.ts";
import { renderBatch } from "../../src/card/batch.ts";
import { renderChooseCluster, renderClarify } from "../../src/card/clarify.ts";
import { type CorrectionView, renderCorrection } from "../../src/card/correction.ts";
import { renderHandoff, renderHandoffWait } from "../../src/card/handoff.ts";
import { type InboxItem, PAGE, renderInbox } from "../../src/card/inbox.ts";
import { renderIncident } from "../../src/card/incident.ts";
import { renderLineage } from "../../src/card/lineage.ts";
import { renderMemory } from "../../src/card/memory.ts";
import {
  renderForgotten,
  renderOptIn,
  renderProposedFact,
  renderQuarantinedFact,
} from "../../src/card/memory-question.ts";
import { renderNotice, renderWelcome } from "../../src/card/notice.ts";
import { renderOperate } from "../../src/card/operate.ts";
import { renderQuestion } from "../../src/card/question.ts";
import { renderRefusal } from "../../src/card/refusal.ts";
import { renderReliability } from "../../src/card/reliability.ts";
import { renderReport } from "../../src/card/report.ts";
import { renderReview } from "../../src/card/review.ts";
import { renderReceipt, renderRun } from "../../src/card/run.ts";
import type { RunView } from "../../src/card/run-view.ts";
import { renderSunset } from "../../src/card/sunset.ts";
import { bytesOf, type Card, MAX_CARD_BYTES } from "../../src/card/template.ts";
import { renderToolReview } from "../../src/card/tool-review.ts";
import { renderVacancy } from "../../src/card/vacancy.ts";
import { renderWrongAgent } from "../../src/card/wrong-agent.ts";
import type { Correction } from "../../src/correction/correction.ts";
import { MAX_NAME, MAX_VALUE } from "../../src/memory/fact.ts";
import { NOTHING_DECIDED } from "../../src/review/reviews/review.ts";
import { reliabilityOf } from "../../src/routing/reliability/report.ts";
import type { RunStatus } from "../../src/run/run.ts";
import { buttonsOf, readable } from "../support/card-content.ts";
import { theRegistry } from "../support/fleet.ts";
import {
  aCandidate,
  aCorrection,
  aFact,
  aHandoff,
  anAction,
  anApproval,
  anIncident,
  aPlan,
  aRecord,
  aReport,
  aReview,
  aRun,
  aSunset,
  aToolReview,
  aVacancy,
  aWrite,
  ids,
} from "../support/samples.ts";

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

/** What a client would bring to life: a mention, a picture that is fetched, a link and HTML. */
const ALIVE =
  "<at>Jonas</at> ![pic](https://evil.example/a.png) <img src=https://evil.example/b.png> [Approve](https://evil.example)";

/** A run with one question, whose people and agents have this name. */
function aView(name: string): RunView {
  return {
    ...{ run: aRun(), actions: [anAction()], approvals: [anApproval()], nameOf: () => name, agentName: () => name },
    colleagues: Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, name })),
  };
}

/** A correction that many people made, with these words. */
function aCorrectionView(words: string, many: number, changes: Partial<Correction> = {}): CorrectionView {
  const corrections = Array.from({ length: many }, (_, i) =>
    aCorrection({ said: words, personName: `${i} ${words}`, ...changes }),
  );
  return {
    ...{ first: corrections[0] ?? aCorrection(), corrections, nameOf: () => words, agentName: () => words },
    lesson: {
      ...{ lessonId: ids.correction, agentId: ids.agent, intent: "overdue-invoices", utterance: words.slice(0, 300) },
      ...{ version: 4, approvedBy: ids.jonas, approvedAt: new Date("2026-11-20T10:00:00Z") },
    },
  };
}

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
  const approval = (changes: Partial<Discussed> = {}): Discussed =>
    anApproval({
      ...{ policyReason: words, reason: words, decidedBy: ids.jonas, decidedFor: ids.noah, escalatedTo: [ids.noah] },
      editable: [{ slot: "amount", label: words, value: words }],
      votes: [{ actorId: ids.jonas, holderId: ids.noah, stage: 0 }],
      questions: Array.from({ length: many }, (_, i) => ({
        ...{ number: i, askedBy: ids.jonas, question: words, answer: i === 0 ? null : words },
      })),
      ...changes,
    });
  const view = { ...aView(words), actions: [action], approvals: [approval()], approval: approval() };
  const steps = Array.from({ length: many }, (_, i) => aWrite({ id: `step_${i}` }));
  const graph = aPlan({ steps, approval: "whole" });
  const acted = steps.map(({ id }) => ({ ...action, stepId: id, actionId: id }));
  const failed = Object.fromEntries(steps.map(({ id }) => [id, { is: "failed", why: words } as const]));
  const whole = { ...view, run: aRun({ plan: graph, state: { ...aRun().state, steps: failed } }), actions: acted };
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
    ...{
      approveTitle: "Approve",
      canDecide: true,
      canClaim: true,
      canAnswer: true,
      canOperate: true,
      canWhy: true,
      canTeach: true,
      opens: "review",
    },
  } as const satisfies InboxItem;
  const statuses = ["approved", "rejected", "expired", "cancelled", "superseded", "failed-to-resume"] as const;
  const runs = [
    ...[
      "completed",
      "partly-done",
      "failed",
      "needs-check",
      "rejected",
      "expired",
      "acting",
      "paused",
      "cancelled",
      "undone",
    ],
  ] as RunStatus[];
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
        renderApproval({ ...view, approval: approval({ status, version: 2 }) }),
      ]),
    ),
    confirmation: renderApproval({ ...view, approval: approval({ kind: "confirmation" }) }),
    "approval of a whole plan": renderApproval(whole),
    question: renderQuestion(view, { number: 1, askedBy: ids.jonas, question: words, answer: null }),
    "question answered": renderQuestion(view, { number: 1, askedBy: ids.jonas, question: words, answer: words }),
    batch: renderBatch(
      Array.from({ length: Math.min(many, 20) }, () => view),
      "ab".repeat(32),
    ),
    "budget used up": renderOperate({
      ...view,
      run: aRun({
        status: "paused",
        state: { ...aRun().state, hold: { why: "budget", by: "signalbox", text: words } },
      }),
    }),
    "human check": renderOperate({
      ...view,
      run: aRun({
        status: "needs-check",
        state: { ...aRun().state, steps: { act: { is: "unknown", actionId: ids.action, why: words } } },
      }),
    }),
    "run of several steps": renderRun(whole),
    "receipt of several steps": renderReceipt({ ...whole, run: { ...whole.run, status: "partly-done" } }),
    clarify: renderClarify(candidates, ids.turn),
    "wrong agent": renderWrongAgent(
      { turnId: ids.turn, agentId: ids.agent, intent: "intent-0", agentName: words },
      candidates,
      theRegistry().agents.map((agent) => ({ ...agent, display_name: words })),
    ),
    refusal: renderRefusal(words, words, { turnId: ids.turn, code: "7Q2K" }),
    correction: renderCorrection(aCorrectionView(words, many)),
    "correction that cannot be learnt": renderCorrection(aCorrectionView(words, many), { text: words, tried: words }),
    ...Object.fromEntries(
      (["approved", "declined"] as const).map((state) => [
        `correction ${state}`,
        renderCorrection(aCorrectionView(words, many, { state, decidedBy: ids.jonas, why: words })),
      ]),
    ),
    reliability: renderReliability({
      days: 90,
      groups: ["all", words, "finance", "sales", "it-security", "hr-legal"].flatMap((group) =>
        reliabilityOf([{ at: new Date(), clusterId: group, score: 0.9, right: true }], new Date()).slice(1),
      ),
      recognition: {
        ...{ decisions: many, widened: many, missed: 0 },
        opinions: [words, words].map((of) => ({ of, asked: many, inTime: 1 })),
      },
    }),
    "empty reliability": renderReliability({
      ...{ days: 90, groups: reliabilityOf([], new Date()) },
      recognition: { decisions: 0, widened: 0, missed: 0, opinions: [] },
    }),
    ...Object.fromEntries([0, 1, 99].map((page) => [`report, page ${page}`, renderReport(aReport(words, many), page)])),
    "empty reviews": renderInbox({ list: "reviews", items: [], total: 0, page: 0, batch: [] }),
    "empty corrections": renderInbox({ list: "corrections", items: [], total: 0, page: 0, batch: [] }),
    ...reviewCards(words, many),
    ...incidentCards(words),
    ...sunsetCards(words, many),
    ...vacancyCards(words, many),
    ...memoryCards(words, many),
    ...Object.fromEntries(
      (["open", "released", "kept-out"] as const).map((state) => [
        `tools ${state}`,
        renderToolReview({ review: aToolReview(words, many, state), title: words, nameOf: () => words }, words),
      ]),
    ),
    "choose a cluster": renderChooseCluster(ids.turn),
    handoff: renderHandoff(handoff, undefined),
    "handoff claimed": renderHandoff({ ...handoff, status: "claimed" }, words),
    "handoff wait": renderHandoffWait(handoff, undefined, candidates),
    inbox: renderInbox({
      list: "approvals",
      items: Array.from({ length: PAGE }, () => item),
      ...{ total: many * PAGE, page: 1, batch: Array.from({ length: 20 }, () => ids.approval) },
    }),
    "empty inbox": renderInbox({ list: "requests", items: [], total: 0, page: 0, batch: [] }),
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
      actions: [{ ...action, state: "done", result: { credit_note_id: words, amount: "1", invoice_id: "x" } }],
    }),
  };
}

/** The card of a review, before and after it is answered. */
function reviewCards(words: string, many: number): Record<string, Card> {
  const view = {
    ...{ record: aRecord(words, many), standing: NOTHING_DECIDED, now: new Date("2026-11-20T09:00:00Z") },
    nameOf: () => words,
  };
  const decided = { decidedBy: ids.jonas, decidedAt: new Date("2026-11-20T10:00:00Z") };
  return {
    review: renderReview({ ...view, review: aReview() }, { text: words, until: words, reason: words }),
    "review unanswered": renderReview({ ...view, review: { ...aReview(), degradedAt: new Date() } }),
    "review extended": renderReview({
      ...view,
      review: { ...aReview(), ...decided, state: "extended", untilOn: "2026-12-01", why: words },
    }),
    ...Object.fromEntries(
      (["reviewed", "deprecated"] as const).map((state) => [
        `review ${state}`,
        renderReview({ ...view, review: { ...aReview(), ...decided, state } }),
      ]),
    ),
  };
}

/** The card of an incident, from the first alert to its end. */
function incidentCards(words: string): Record<string, Card> {
  const view = { status: "suspended", recoveryMinutes: 60, nameOf: () => words, agentName: () => words } as const;
  const seen = { state: "acknowledged", acknowledgedBy: ids.jonas, acknowledgedAt: new Date() } as const;
  return {
    incident: renderIncident({ ...view, status: "degraded", incident: anIncident({ resolvedAt: new Date() }) }),
    "incident that nobody acknowledged": renderIncident({ ...view, incident: anIncident({ silentAt: new Date() }) }),
    "security incident": renderIncident({ ...view, incident: anIncident({ kind: "security_incident", runsHeld: 2 }) }),
    "incident acknowledged": renderIncident({ ...view, incident: anIncident(seen) }, { text: words, reason: words }),
    "incident closed": renderIncident({
      ...view,
      incident: anIncident({ state: "closed", closedBy: ids.jonas, closedAt: new Date(), why: words }),
    }),
  };
}

/** The cards about the end of an agent. */
function sunsetCards(words: string, many: number): Record<string, Card> {
  const record = aRecord(words, many);
  const view = {
    record,
    successor: record,
    now: new Date("2026-11-20T09:00:00Z"),
    isOwners: true,
    nameOf: () => words,
  };
  return {
    ...Object.fromEntries(
      (["warned", "final", "ended", "moved"] as const).map((stage) => [
        `sunset ${stage}`,
        renderSunset({ ...view, sunset: aSunset(stage) }),
      ]),
    ),
    "sunset that its owner knows of": renderSunset({ ...view, sunset: aSunset("final", ids.jonas) }),
    "sunset without a replacement": renderSunset({ ...view, successor: undefined, sunset: aSunset("warned") }),
  };
}

/** The card about an agent without an owner. */
function vacancyCards(words: string, many: number): Record<string, Card> {
  const people = Array.from({ length: many }, (_, i) => ({ id: `${i}`, name: words }));
  const view = { record: aRecord(words, 3), people, nameOf: () => words, ownerName: () => words };
  const filled = { state: "filled", ownerUpn: "noah.fischer@contoso.example", namedBy: ids.jonas } as const;
  return {
    vacancy: renderVacancy({ ...view, vacancy: aVacancy() }, words),
    "vacancy that nobody filled": renderVacancy({
      ...view,
      vacancy: aVacancy({ reason: "silent", suspendedAt: new Date() }),
    }),
    "vacancy filled": renderVacancy({ ...view, vacancy: aVacancy(filled) }),
    "vacancy ended": renderVacancy({ ...view, vacancy: aVacancy({ state: "ended" }) }),
  };
}

/** The cards about what is remembered of somebody. */
function memoryCards(words: string, many: number): Record<string, Card> {
  const [fact = aFact("", ""), ...others] = Array.from({ length: Math.max(many, 3) }, (_, i) => ({
    ...aFact(words.slice(0, MAX_NAME), words.slice(0, MAX_VALUE)),
    factId: `0af00000-0000-4000-8000-${String(i).padStart(12, "0")}`,
  }));
  const why = words.slice(0, 300);
  const consents = [{ clusterId: "finance", givenAt: new Date() }];
  return {
    "memory that is empty": renderMemory({ facts: [], consents: [], page: 0 }),
    memory: renderMemory({ facts: [fact, ...others], consents, page: 0 }),
    "memory, last page": renderMemory({
      ...{ consents, page: 99 },
      facts: others.slice(0, 2).map((one, i) => (i === 0 ? { ...one, kind: "search" } : { ...one, state: "proposed" })),
    }),
    "opt-in to memory": renderOptIn("finance", words),
    "something to be remembered": renderProposedFact({ ...fact, state: "proposed" }),
    "something remembered": renderProposedFact(fact),
    "something in quarantine": renderQuarantinedFact({ ...fact, state: "quarantined", why, clearedBy: null }, words),
    "something released": renderQuarantinedFact(fact, words),
    "something forgotten": renderForgotten(),
  };
}

/** What stands in inputs, and what can be chosen. */
function typedTexts(card: Card): string[] {
  const found: string[] = [];
  JSON.stringify(card, (_, value) => {
    if (value?.type === "Input.Text" && typeof value.value === "string") found.push(value.value);
    for (const { title } of value?.type === "Input.ChoiceSet" ? value.choices : []) found.push(title);
    return value;
  });
  return found;
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
      // The title of a button is never Markdown, nor is what stands in an input or a choice.
      const titles = new Set([...buttonsOf(card).map(({ title }) => title), ...typedTexts(card)]);
      assert.doesNotMatch(typedTexts(card).join("\n"), /\u202e/, "nothing turns the direction of text");
      const text = readable(card)
        .split("\n")
        .filter((line) => !titles.has(line))
        .join("\n");
      assert.doesNotMatch(text, /(^|[^\\])\[Ltd\]/, "no live link");
      assert.doesNotMatch(text, /\{\{DATE\(2026-01-01/, "no date function of somebody else");
      assert.doesNotMatch(text, /\u202e/, "nothing turns the direction of text");
      assert.doesNotMatch(text, /evil\}\}\*(?!\*)\s*\[Ltd/, "the marks are escaped");
    });

  for (const [name, card] of Object.entries(everyCard(ALIVE, 2)))
    it(`mentions, pictures, links and HTML stay words, and nothing is fetched: ${name}`, () => {
      const titles = new Set([...buttonsOf(card).map(({ title }) => title), ...typedTexts(card)]);
      for (const line of readable(card).split("\n"))
        if (!titles.has(line)) assert.doesNotMatch(line, /(^|[^\\])(<(at|img)\b|\[(pic|Approve)\])/);
      JSON.stringify(card, (key, value) => {
        assert.ok(!/^(url|iconUrl|backgroundImage|entities)$/.test(key), `${key}: ${JSON.stringify(value)}`);
        assert.ok(!/^(Image|ImageSet|Media|Action\.OpenUrl)$/.test(value?.type), JSON.stringify(value));
        return value;
      });
    });

  it("no amount is cut, however little room there is: the card says which amount is decided about, in full", () => {
    const amount = "123456789012.34";
    const words = "a very long text about an invoice ".repeat(300);
    const view = aView(words);
    const approval = anApproval({
      amount,
      policyReason: words,
      editable: [{ slot: "amount", label: words, value: amount }],
      questions: Array.from({ length: 100 }, (_, number) => ({
        ...{ number, askedBy: ids.jonas, question: words, answer: words },
      })),
    });
    const changes = Array.from({ length: 5 }, () => ({ label: words, from: `${amount} EUR`, to: `${amount} EUR` }));
    const action = anAction({}, { summary: words, target: words, impact: words, undo: words, changes });
    const card = renderApproval({ ...view, actions: [action], approvals: [approval], approval });
    assert.match(JSON.stringify(card), /…/, "it is a card on which much is cut");
    const lines = readable(card).split("\n");
    assert.equal(lines[lines.indexOf("Amount") + 1], "123,456,789,012.34 EUR");
    assert.equal(lines.filter((line) => line === `${amount} EUR`).length, 10);
    assert.ok(lines.includes(amount), "what can be typed over it, too");
  });

  const muchToSay = { words: "a very long text about an invoice ", marks: '"*_\\\\[👩🏽‍🚀]" ' };
  for (const [what, text] of Object.entries(muchToSay))
    for (const [name, card] of Object.entries(everyCard(text.repeat(300), 100)))
      it(`fits what Teams takes, however much there is to say, in ${what}: ${name}`, () => {
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
      const card = renderApproval({ ...aView("A"), approval: anApproval({ status }) });
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
    const view = { ...aView("A"), run: aRun({ status: "expired" }) };
    const text = readable(renderApproval({ ...view, approval: anApproval({ status: "expired" }) }));
    assert.match(text, /Expired/);
    assert.doesNotMatch(text, /[Rr]ejected/);
  });

  it("void is never told as failed, to whoever asked", () => {
    const why = "The policies were changed since it was asked.";
    const view = { ...aView("A"), run: aRun({ status: "failed" }) };
    const bannerOf = (changes: Parameters<typeof anApproval>[0]) =>
      readable(renderRun({ ...view, approvals: [anApproval(changes)] }));
    assert.match(bannerOf({ status: "void", reason: why }), /Void: The policies were changed/);
    assert.match(bannerOf({ status: "approved" }), /It failed: /);
  });

  it("the two ways to answer a tool review stand side by side", () => {
    const card = renderToolReview({ review: aToolReview("Books it.", 1), title: "ERP", nameOf: () => "Maya" });
    const sets = (card.body as { type: string; actions?: { title: string }[] }[]).filter(
      ({ type }) => type === "ActionSet",
    );
    assert.deepEqual(
      sets.map(({ actions }) => actions?.map(({ title }) => title)),
      [["Release it", "Keep it out"]],
    );
  });

  it("what is shown is what runs: the card shows the digest and the exact values", () => {
    const text = readable(renderApproval({ ...aView("A"), approval: anApproval() }));
    assert.match(text, /abababababab/);
    assert.match(text, /1,250\.00 EUR/);
    assert.match(text, /800\.00 EUR/);
  });
});
