import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { LOCAL_TENANT } from "../../src/config.ts";
import type { AgentRecord } from "../../src/registry/agent-record.ts";
import { type Fleet, openFleet } from "../../src/registry/fleet.ts";
import { whyNotLearn } from "../../src/registry/lessons/check.ts";
import { forTheFiles, type Lesson, withLessons } from "../../src/registry/lessons/lesson.ts";
import { teach } from "../../src/registry/lessons/teach.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { lockPointer, setPointer, versionsOf } from "../../src/registry/versions/store.ts";
import { transaction } from "../../src/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { directory, plans, theRegistry } from "../support/fleet.ts";

const files = theRegistry().agents;
const agentOf = (intent: string): AgentRecord => {
  const agent = files.find(({ intent_patterns }) =>
    intent_patterns.some(({ intent_label }) => intent_label === intent),
  );
  assert.ok(agent);
  return agent;
};
const invoice = agentOf("overdue-invoices");
const ageing = agentOf("receivables-ageing");
const lesson = (utterance: string, intent: string | null = "overdue-invoices"): Lesson => ({
  ...{ agentId: intent === null ? invoice.agent_id : agentOf(intent).agent_id, intent, utterance },
});
const examplesOf = (records: readonly AgentRecord[], intent: string): readonly string[] =>
  records.flatMap(({ intent_patterns }) => intent_patterns).find(({ intent_label }) => intent_label === intent)
    ?.example_utterances ?? [];
/** The files with something else in the record of one agent. */
const edited = (of: AgentRecord, change: (record: AgentRecord) => void): AgentRecord[] =>
  files.map((record) => {
    if (record.agent_id !== of.agent_id) return record;
    const copy = structuredClone(record);
    change(copy);
    return copy;
  });
const addTo = (record: AgentRecord, intent: string, utterance: string): void => {
  record.intent_patterns.find(({ intent_label }) => intent_label === intent)?.example_utterances.push(utterance);
};

describe("what may be learnt", () => {
  const why = (one: Lesson): string => whyNotLearn(files, one, directory) ?? "";

  it("words that nobody has yet", () => {
    assert.equal(whyNotLearn(files, lesson("Who are the late payers of the month?"), directory), undefined);
    assert.equal(whyNotLearn(files, lesson("Which songs are overdue?", null), directory), undefined);
  });
  it("not what another intent has: both are named, with the cure", () => {
    const [taken = ""] = examplesOf(files, "receivables-ageing");
    assert.match(
      why(lesson(` ${taken.toUpperCase()}`)),
      new RegExp(
        `“receivables ageing” of ${ageing.display_name} already.*“overdue invoices” of Invoice Agent.*change the words`,
      ),
    );
    assert.match(why(lesson(taken, null)), /counter-examples of Invoice Agent/);
  });
  it("not what another intent has in other capitals, signs, accents, blanks or invisible characters", () => {
    const [taken = ""] = examplesOf(files, "receivables-ageing");
    const disguised = ` \u200b${taken.toUpperCase().replaceAll(" ", " \u00ad - ").replace("E", "É")}!! `;
    for (const intent of ["overdue-invoices", null]) {
      assert.match(why(lesson(disguised, intent)), new RegExp(`“receivables ageing” of ${ageing.display_name}`));
      assert.match(why(lesson(disguised, intent)), /of Invoice Agent.*change the words/);
    }
    assert.match(why(lesson(disguised, "receivables-ageing")), /knows these words/);
  });
  it("not what it knows already, what is too short or too long, or for an intent or agent that is gone", () => {
    assert.match(why(lesson(examplesOf(files, "overdue-invoices")[0] ?? "")), /knows these words/);
    assert.match(why(lesson("ab")), /cannot be learnt/);
    assert.match(why(lesson("x".repeat(301))), /cannot be learnt/);
    assert.match(why({ ...lesson("Anything"), intent: "gone" }), /does not have “gone” any more. Decline/);
    assert.match(why({ ...lesson("Anything"), agentId: randomUUID() }), /not in the fleet any more. Decline/);
  });
  it("is not held up by what was wrong with the fleet before", () => {
    const ownerless = edited(invoice, (record) => {
      record.owner_upn = "gone@contoso.example";
    });
    assert.equal(whyNotLearn(ownerless, lesson("Who are the late payers of the month?"), directory), undefined);
  });
});

describe("lessons on top of the files", () => {
  it("stand once, wherever the files have them, and a lesson without a place is left out", () => {
    const [known = ""] = examplesOf(files, "receivables-ageing");
    const taught = withLessons(files, [
      lesson("Late payers, please"),
      lesson("late payers, PLEASE", "receivables-ageing"),
      lesson(known),
      { ...lesson("Nowhere to go"), intent: "gone" },
      lesson("Which songs are overdue?", null),
    ]);
    assert.deepEqual(examplesOf(taught, "overdue-invoices"), [
      ...examplesOf(files, "overdue-invoices"),
      "Late payers, please",
    ]);
    assert.deepEqual(examplesOf(taught, "receivables-ageing"), examplesOf(files, "receivables-ageing"));
    assert.ok(
      taught
        .find(({ agent_id }) => agent_id === invoice.agent_id)
        ?.counter_examples?.includes("Which songs are overdue?"),
    );
    assert.doesNotMatch(JSON.stringify(taught), /Nowhere to go/);
  });
  it("are told for the files with where they belong, and whether they are there", () => {
    const told = (records: readonly AgentRecord[], one: Lesson) =>
      forTheFiles(
        records,
        { ...one, version: 2, approvedAt: new Date("2026-11-20T09:00:00Z") },
        "jonas@contoso.example",
      );
    const late = lesson("Late payers, please");
    assert.deepEqual(told(files, late), {
      ...{ agent_id: invoice.agent_id, display_name: "Invoice Agent", intent_label: "overdue-invoices" },
      ...{ add_to: "example_utterances", utterance: "Late payers, please", state: "to be put into the file" },
      ...{ since_version: 2, approved_by: "jonas@contoso.example", approved_at: "2026-11-20T09:00:00.000Z" },
    });
    assert.equal(told(withLessons(files, [late]), late).state, "in the file");
    assert.match(String(told(withLessons(files, [late]), { ...late, intent: null }).state), /elsewhere/);
    assert.match(String(told(files, { ...late, intent: "gone" }).state), /no place/);
  });
});

describe("lessons and versions", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  /** A process starts with these files. */
  const start = (records: readonly AgentRecord[] = files): Promise<Fleet<unknown>> =>
    openFleet({
      ...{ pool: database.pool, tenantId: LOCAL_TENANT, registry: createRegistry(records), plans },
      readPlan: (stored) => stored,
    });
  const learn = async (fleet: Fleet<unknown>, one: Lesson): Promise<{ version: number } | { refused: string }> => {
    const ports = { tenantId: LOCAL_TENANT, registry: fleet.registry, directory };
    const learnt = await transaction(database.pool, (tx) =>
      teach(tx, ports, { ...one, lessonId: randomUUID(), approvedBy: "jonas" }),
    );
    await fleet.reload();
    return learnt;
  };
  const serves = (fleet: Fleet<unknown>, intent = "overdue-invoices") => examplesOf(fleet.registry.agents, intent);
  const numbers = async (agent = invoice): Promise<number[]> =>
    (await versionsOf(database.pool, LOCAL_TENANT, agent.agent_id)).map(({ number }) => number).reverse();

  it("a lesson is a version of its own, which serves at once; the one before it stays as it was", async () => {
    const fleet = await start();
    const before = fleet.registry.version;
    assert.deepEqual(await learn(fleet, lesson("Late payers, please")), { version: 2, before: 1 });
    assert.notEqual(fleet.registry.version, before);
    assert.equal(serves(fleet).at(-1), "Late payers, please");
    const first = await fleet.at(invoice.agent_id, "1");
    assert.ok(first !== undefined && !JSON.stringify(first.record).includes("Late payers, please"));
  });

  it("a restart with the same files leaves what serves as it is, and makes no version", async () => {
    await learn(await start(), lesson("Late payers, please"));
    const again = await start();
    assert.equal(serves(again).at(-1), "Late payers, please");
    assert.deepEqual(await numbers(), [1, 2]);
  });

  it("a file that changed is kept as it is, and serves with what was learnt before", async () => {
    await learn(await start(), lesson("Late payers, please"));
    const changed = edited(invoice, (record) => {
      record.description = "Another description of this agent.";
      addTo(record, "overdue-invoices", "Money that is late");
    });
    const fleet = await start(changed);
    assert.deepEqual(serves(fleet).slice(-2), ["Money that is late", "Late payers, please"]);
    assert.equal(fleet.registry.byId.get(invoice.agent_id)?.description, "Another description of this agent.");
    assert.deepEqual(await numbers(), [1, 2, 3, 4]);
    assert.deepEqual(serves(await start(changed)), serves(fleet), "and once more");
    assert.deepEqual(await numbers(), [1, 2, 3, 4]);
  });

  it("a lesson that was put into the file for good is there once", async () => {
    await learn(await start(), lesson("Late payers, please"));
    const fleet = await start(edited(invoice, (record) => addTo(record, "overdue-invoices", "late payers, please")));
    assert.equal(serves(fleet).filter((one) => /late payers, please/i.test(one)).length, 1);
    await fleet.reload();
    assert.match(
      String(((await learn(fleet, lesson("Late payers, please"))) as { refused: string }).refused),
      /knows these/,
    );
  });

  it("words that a file has given to somebody else are not learnt twice: the file says where they belong", async () => {
    await learn(await start(), lesson("Late payers, please"));
    const fleet = await start(edited(ageing, (record) => addTo(record, "receivables-ageing", "Late payers, please")));
    assert.equal(serves(fleet, "receivables-ageing").at(-1), "Late payers, please");
    assert.doesNotMatch(JSON.stringify(serves(fleet)), /Late payers, please/);
    assert.deepEqual(await numbers(), [1, 2], "it is what it was before");
  });

  it("an agent that was rolled back stays so, until its file changes or it learns again", async () => {
    const fleet = await start();
    await learn(fleet, lesson("Late payers, please"));
    await transaction(database.pool, async (tx) => {
      await lockPointer(tx, LOCAL_TENANT, invoice.agent_id);
      await setPointer(tx, LOCAL_TENANT, invoice.agent_id, { active: 1, canary: null, canaryShare: 0, by: "sofia" });
    });
    const again = await start();
    assert.deepEqual(serves(again), examplesOf(files, "overdue-invoices"));
    await learn(again, lesson("Who is behind?"));
    assert.equal(serves(again).at(-1), "Who is behind?");
    assert.ok(!serves(again).includes("Late payers, please"));
  });

  it("a version that is being tried learns too, so that promoting it forgets nothing", async () => {
    await start();
    const fleet = await start(
      edited(invoice, (record) => {
        record.canary_share = 20;
      }),
    );
    assert.deepEqual(await learn(fleet, lesson("Late payers, please")), { version: 3, before: 1 });
    const pointer = fleet.pointer(invoice.agent_id);
    assert.deepEqual([pointer?.active, pointer?.canary, pointer?.canaryShare], [3, 4, 20]);
    assert.match(JSON.stringify((await fleet.at(invoice.agent_id, "4"))?.record), /Late payers, please/);
  });

  it("two who teach the same words at one moment: one of them is told who has them", async () => {
    const fleet = await start();
    const both = await Promise.all([
      learn(fleet, lesson("Late payers, please")),
      learn(fleet, lesson("late payers, please", "receivables-ageing")),
    ]);
    assert.equal(both.filter((one) => "version" in one).length, 1);
    assert.equal(both.filter((one) => "refused" in one && /belong to/.test(one.refused)).length, 1);
  });
});
