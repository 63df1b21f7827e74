import assert from "node:assert/strict";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { background } from "../../src/routing/background.ts";
import { type JudgedLine, judgeLines } from "../../src/routing/golden/judge.ts";
import { readGolden } from "../../src/routing/golden/lines.ts";
import { randomFrom, shuffle } from "../../src/routing/recogniser/rounds.ts";
import { createRouter, type Router } from "../../src/routing/router.ts";
import { theEntities, theRegistry } from "../support/fleet.ts";

const agents = theRegistry().agents;
const golden = readGolden("manifest/golden/routing.jsonl", agents);
/** A random tenth of what is nobody's business, the same every time. */
const order = Int32Array.from(background.keys());
shuffle(order, randomFrom(7));
const sample = Array.from(order.slice(0, background.length / 10), (i) => background[i] ?? "");
const smallTalk = ["How are you today?", "Hello there", "Thanks a lot!", "What can you do?", "ok", "See you tomorrow"];
/** What the fleet does, said in other languages. */
const foreign = [
  ...["Welche Rechnungen sind überfällig?", "Wie viele Urlaubstage habe ich noch?", "Was ist der Status von INV-1042?"],
  ...["Quelles factures sont en retard ?", "Combien de jours de congé me reste-t-il ?"],
  ...[
    "ما هي الفواتير المتأخرة؟",
    "哪些发票已经逾期?",
    "Сколько дней отпуска у меня осталось?",
    "INV-1042 的状态是什么?",
  ],
];

/** As an owner registers it on the first day: a few utterances for each intent, and no counter-examples. */
function cold(records: readonly AgentRecord[], utterances: number, intents = Number.POSITIVE_INFINITY): AgentRecord[] {
  return records.map(({ counter_examples: _, ...record }) => ({
    ...record,
    intent_patterns: record.intent_patterns.slice(0, intents).map((pattern) => ({
      ...{ ...pattern, example_utterances: pattern.example_utterances.slice(0, utterances) },
    })),
  }));
}
const named = (...names: string[]): AgentRecord[] => agents.filter(({ display_name }) => names.includes(display_name));
const start = (records: readonly AgentRecord[]): Promise<Router> =>
  createRouter(createRegistry(records), { entities: theEntities });

/** Of these sentences, the ones that are served by whomever. */
async function served(router: Router, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const text of texts) if ((await router.route(text)).outcome === "serve") found.push(text);
  return found;
}
/** Registered utterances that are neither served by their intent nor offered with it first. */
async function lost(router: Router, records: readonly AgentRecord[]): Promise<string[]> {
  const found: string[] = [];
  for (const { intent_patterns } of records)
    for (const { intent_label, example_utterances } of intent_patterns)
      for (const text of example_utterances) {
        const { chosen, candidates } = await router.route(text);
        if ((chosen ?? candidates[0])?.intent !== intent_label) found.push(text);
      }
  return found;
}

/** What holds for every fleet, however small. */
function itIsModest(fleet: () => { router: Router; records: readonly AgentRecord[] }): void {
  it("serves what is registered, or offers it first", async () => {
    assert.deepEqual(await lost(fleet().router, fleet().records), []);
  });
  it("serves no small talk, and nothing of what is nobody's business", async () => {
    assert.deepEqual(await served(fleet().router, [...smallTalk, ...sample]), []);
  });
  it("asks about what is said in another language", async () => {
    assert.deepEqual(await served(fleet().router, foreign), []);
  });
}

describe("a registry on its first day", function () {
  this.timeout(120_000);

  for (const [utterances, leastRight, leastServed] of [
    [1, 0.8, 0.12],
    [2, 0.84, 0.18],
    [3, 0.86, 0.2],
    [5, 0.88, 0.2],
  ] as const)
    describe(`${utterances} utterance${utterances === 1 ? "" : "s"} for each intent`, () => {
      const records = cold(agents, utterances);
      let router: Router;
      let judged: JudgedLine[];
      before(async () => {
        router = await start(records);
        judged = await judgeLines(router, golden);
      });
      itIsModest(() => ({ router, records }));

      it(`is right in ${leastRight * 100} % of what it serves, and serves ${leastServed * 100} % of what it could`, () => {
        const inScope = judged.filter(({ expect }) => typeof expect === "object");
        const answered = inScope.filter(({ outcome }) => outcome === "serve");
        const right = answered.filter(({ isRight }) => isRight);
        assert.ok(right.length >= leastRight * answered.length, `${right.length} of ${answered.length}`);
        assert.ok(answered.length >= leastServed * inScope.length, `${answered.length} of ${inScope.length}`);
      });
      it("offers the right agent among five in three of four cases", async () => {
        let offered = 0;
        const inScope = golden.filter(({ expect }) => typeof expect === "object");
        for (const { text, expect } of inScope) {
          const { candidates } = await router.route(text);
          if (candidates.some(({ displayName }) => typeof expect === "object" && displayName === expect.agent))
            offered += 1;
        }
        assert.ok(offered >= 0.75 * inScope.length, `${offered} of ${inScope.length}`);
      });
      for (const kind of ["out-of-scope", "vague"] as const)
        it(`serves one in ten at most of what is ${kind}`, () => {
          const lines = judged.filter(({ expect }) => expect === kind);
          const taken = lines.filter(({ outcome }) => outcome === "serve");
          assert.ok(taken.length <= lines.length / 10, `${taken.length} of ${lines.length}`);
        });
    });

  for (const [what, records] of [
    ["one agent with one intent and one utterance", cold(named("Leave Balance"), 1, 1)],
    ["one agent with one intent and five utterances", cold(named("Leave Balance"), 5, 1)],
    ["one agent with three intents of thirty utterances", cold(named("Leave Balance"), 30)],
    ["two agents with three utterances for each intent", cold(named("Leave Balance", "Policy Lookup"), 3)],
    ["one agent that acts, with five utterances for each intent", cold(named("Invoice Agent"), 5)],
  ] as const)
    describe(what, () => {
      let router: Router;
      before(async () => {
        router = await start(records);
      });
      itIsModest(() => ({ router, records }));

      it("serves one in ten at most of what others would do, or nobody", async () => {
        const own = new Set(records.map(({ display_name }) => display_name));
        const others = golden.filter(({ expect }) => typeof expect === "string" || !own.has(expect.agent));
        const texts = others.map(({ text }) => text);
        const taken = await served(router, texts);
        assert.ok(taken.length <= texts.length / 10, `${taken.length} of ${texts.length}`);
      });
    });

  describe("an agent with a single word as its utterance", () => {
    const records = cold(named("Leave Balance"), 1, 1).map((record) => ({
      ...record,
      intent_patterns: record.intent_patterns.map((pattern) => ({ ...pattern, example_utterances: ["holidays"] })),
    }));
    let router: Router;
    before(async () => {
      router = await start(records);
    });
    itIsModest(() => ({ router, records }));
  });

  it("an empty fleet asks, whatever is said", async () => {
    const router = await start([]);
    assert.deepEqual(await served(router, ["Which invoices are overdue?", "", ...smallTalk]), []);
  });
});
