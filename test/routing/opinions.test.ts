import assert from "node:assert/strict";
import pino from "pino";
import sinon from "sinon";
import { createRegistry, type Registry } from "../../src/registry/registry.ts";
import { type FiledFleet, loadFiledFleet } from "../../src/registry-cli/filed-fleet.ts";
import { createEar } from "../../src/routing/ear.ts";
import { createEmbedder } from "../../src/routing/embedding/embedder.ts";
import { embeddingSource } from "../../src/routing/embedding/source.ts";
import { lessonsOf } from "../../src/routing/lessons.ts";
import { modelsIn } from "../../src/routing/models/store.ts";
import type { OpenSource } from "../../src/routing/opinion.ts";
import { learnMix, opinionOf, signalsWith } from "../../src/routing/recogniser/mix.ts";
import { calibrations } from "../../src/routing/recogniser/sureness.ts";
import { createRouter, type Router, type RouterOptions, type RoutingDecision } from "../../src/routing/router.ts";
import { searchSource } from "../../src/routing/search/source.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type EmbeddingServer, type Fault, startEmbeddingServer } from "../support/embedding-server.ts";
import { startSearchServer } from "../support/search-server.ts";
import { type SmallFleet, writeSmallFleet } from "../support/small-fleet.ts";
import { until } from "../support/until.ts";

const words = (list: string): string[] => list.split(/\s+/);
/** What the endpoint's model understands beyond letters: German, and English words that no record has. */
const concepts: Record<string, string> = {
  // These say nothing of what is meant.
  ...Object.fromEntries(words("show me the i need what is new about tell more please a of").map((word) => [word, ""])),
  ...Object.fromEntries(words("zeig mir die den das bitte ich brauche wo finde einen").map((word) => [word, ""])),
  ...{ paketlieferung: "parcel delivery", speiseplan: "canteen menu", gehaltsabrechnung: "monthly payslip" },
  ...{ parkplatz: "parking space", kaffeemaschine: "coffee machine", fahrkarte: "train ticket" },
  ...{ consignment: "parcel", haulage: "delivery", remuneration: "salary", dossier: "statement" },
};
const foreign = [
  ["Zeig mir die Paketlieferung", "track-parcel"],
  ["Zeig mir den Speiseplan", "canteen-menu"],
  ["Ich brauche die Gehaltsabrechnung", "pay-slip"],
  ["Wo finde ich einen Parkplatz?", "parking-space"],
  ["Bitte zeig mir die Kaffeemaschine", "coffee-machine"],
  ["consignment haulage", "track-parcel"],
  ["remuneration dossier", "pay-slip"],
] as const;

/** A decision without what says who else was asked. */
function withoutOpinion({ phase1: { opinion: _, ...phase1 }, ...decision }: RoutingDecision): object {
  return { ...decision, phase1 };
}
/** Names of all fields, as deep as objects go. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
const childProcesses = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;

describe("the router, when another service is asked as well", function () {
  // Each learning of opinions trains the router again, beside whatever else the machine does.
  this.timeout(120_000);

  let database: TestDatabase;
  let server: EmbeddingServer;
  let small: SmallFleet;
  let fleet: FiledFleet;
  let embedded: Router;
  let together: Router;
  let lines: { level: number; msg: string; kind?: string }[];
  let troubles: { what: string; error: unknown }[];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => void unhandled.push(reason);
  const opened: Router[] = [];

  const log = () => pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
  const endpoint = (model = "small"): OpenSource =>
    embeddingSource(
      createEmbedder(
        { url: server.url, model, key: undefined, signIn: "none" },
        { db: database.pool, token: async () => "", backoffMs: 2 },
      ),
      log(),
    );
  const open = async (options: RouterOptions = {}, registry: Parameters<typeof createRouter>[0] = fleet.registry) => {
    const router = await createRouter(registry, {
      entities: fleet.entities,
      models: modelsIn(database.pool, log()),
      deadlineMs: 5_000,
      onTrouble: (what, error) => void troubles.push({ what, error }),
      ...options,
    });
    opened.push(router);
    return router;
  };
  const openHeard = async (options: RouterOptions = {}) => {
    const router = await open({ source: endpoint(), ...options });
    await router.heard();
    return router;
  };
  const keptModels = async (): Promise<number> => {
    const query = "select 1 from routing_model where content_hash like '%:embedding:small:%'";
    return (await database.pool.query(query)).rows.length;
  };
  const startServer = (port = 0) => startEmbeddingServer({ concepts, width: 1_024, port });

  before(async () => {
    process.on("unhandledRejection", onUnhandled);
    [lines, troubles] = [[], []];
    database = await createTestDatabase();
    server = await startServer();
    small = writeSmallFleet();
    fleet = loadFiledFleet(small.manifest);
    embedded = await open();
    together = await openHeard();
  });
  beforeEach(() => {
    [lines, troubles] = [[], []];
    server.asked.length = 0;
    server.broken = undefined;
  });
  afterEach(() => {
    for (const router of opened.splice(0)) if (router !== embedded && router !== together) router.stop();
  });
  after(async () => {
    together.stop();
    small.remove();
    await server.stop();
    await database.drop();
    process.off("unhandledRejection", onUnhandled);
    assert.deepEqual(unhandled, []);
  });

  for (const [text, intent] of foreign)
    it(`serves “${text}”, of which the embedded router alone asks what is meant`, async () => {
      assert.equal((await embedded.route(text)).outcome, "clarify");
      const { outcome, chosen } = await together.route(text);
      assert.deepEqual([outcome, chosen?.intent], ["serve", intent]);
    });

  for (const text of ["Wie wird das Wetter morgen?", "Erzähl mir einen Witz über Elefanten", "the zyx of qwv"])
    it(`serves nobody with “${text}”, which neither of them knows`, async () => {
      assert.notEqual((await embedded.route(text)).outcome, "serve");
      assert.notEqual((await together.route(text)).outcome, "serve");
    });

  it("says in the record who was asked, and that it answered in time; all else is as without", async () => {
    const text = "I need the parking space";
    const [alone, both] = [await embedded.route(text), await together.route(text)];
    assert.equal(alone.phase1.opinion, undefined);
    assert.deepEqual(both.phase1.opinion, { of: "embedding:small", inTime: true });
    assert.deepEqual(shapeOf(withoutOpinion(both)), shapeOf(withoutOpinion(alone)));
    assert.deepEqual(JSON.parse(JSON.stringify(both)), both);
    assert.match(both.chosen?.matched ?? "", /parking space/);
  });

  it("says which registered words a text in another language is like", async () => {
    const { chosen } = await together.route("Ich brauche die Gehaltsabrechnung");
    assert.match(chosen?.matched ?? "", /monthly payslip/);
  });

  it("is never less sure enough of what is registered than the embedded router alone", async () => {
    for (const { intent_patterns } of fleet.registry.agents)
      for (const { intent_label, example_utterances } of intent_patterns)
        for (const text of example_utterances)
          for (const router of [embedded, together]) {
            const { outcome, chosen } = await router.route(text);
            assert.deepEqual([outcome, chosen?.intent], ["serve", intent_label], text);
          }
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["blanks", " \n\t "],
    ["emoji", "🔥🔥🔥"],
    ["half an emoji", "\ud83d"],
    ["a megabyte", "x".repeat(1_000_000)],
    ["a megabyte of what is registered", "Show me the parcel delivery ".repeat(40_000)],
    ["two wishes in two languages", "Zeig mir die Paketlieferung and the canteen menu"],
    ["one word", "Fahrkarte"],
  ] as const)
    it(`gives probabilities for ${what}`, async () => {
      const { candidates, phase1, phase2 } = await together.route(text);
      const scores = candidates.map(({ score }) => score);
      const all = [phase1.inScope, ...scores, ...phase2.scores.map(({ score }) => score)];
      for (const probability of all) assert.ok(probability >= 0 && probability <= 1 + 1e-9, `${probability}`);
      assert.ok(Object.values(phase1.evidence).every(Number.isFinite));
      assert.ok(phase1.clusters.every(({ score }) => score >= 0 && score <= 1 + 1e-9));
    });

  for (const [what, fault, kind] of [
    ["hangs", { kind: "hang" }, undefined],
    ["dies", { kind: "hang-up" }, "unreachable"],
    ["is out of order", { kind: "status", status: 500 }, "broken"],
    ["has had enough", { kind: "status", status: 429, headers: { "retry-after": "30" } }, "throttled"],
    ["answers what nobody understands", { kind: "status", status: 200, body: "<html>" }, "nonsense"],
  ] as [string, Fault, string | undefined][])
    it(`decides as the embedded router alone while the service ${what}; leaves it in peace, and hears it again after that`, async () => {
      const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
      try {
        const router = await openHeard({ deadlineMs: kind === undefined ? 300 : 5_000, peaceMs: 20_000 });
        assert.equal((await router.route("parking space 0")).phase1.opinion?.inTime, true);
        [lines, troubles] = [[], []];
        server.broken = () => fault;
        for (let i = 1; i <= 5; i += 1) {
          const text = `I need the parking space ${i}`;
          const decision = await router.route(text);
          assert.deepEqual(decision.phase1.opinion, { of: "embedding:small", inTime: false });
          assert.deepEqual(withoutOpinion(decision), withoutOpinion(await embedded.route(text)));
        }
        const asked = server.asked.length;
        for (let i = 6; i <= 20; i += 1)
          assert.equal((await router.route(`parking space ${i}`)).phase1.opinion?.inTime, false);
        assert.equal(server.asked.length, asked);
        // Still away when it is asked again: that is no news.
        clock.tick(20_000);
        await router.route("parking space 21");
        assert.equal(server.asked.length, asked + 1);
        assert.deepEqual(
          lines.map((line) => line.kind),
          kind === undefined ? [] : [kind],
        );
        assert.deepEqual(
          troubles.map(({ what }) => what),
          ["embedding:small is left in peace after many failures: the embedded score serves"],
        );
        server.broken = undefined;
        clock.tick(20_000);
        // By then many turns come at once: one of them tries, and all are answered.
        await Promise.all([22, 23, 24].map((i) => router.route(`parking space ${i}`)));
        assert.equal((await router.route("Zeig mir die Paketlieferung")).outcome, "serve");
      } finally {
        clock.restore();
      }
    });

  it("waits no longer than a turn can afford, even for a source that does not know when to stop", async () => {
    const forever = new Promise<never>(() => {});
    const source = { name: "deaf", version: "1", ask: () => forever, askAll: () => forever };
    const taught = lessonsOf(fleet.registry.agents, (text) => text, { seed: 1, outside: 0.18 });
    const ear = createEar(source, taught, { deadlineMs: 20, peaceMs: 1, onLost: () => {} });
    // The last ones wait for each other, once it is tried again.
    for (let i = 0; i < 4; i += 1)
      assert.deepEqual(
        await Promise.all(["a", "b", "c"].map(ear.hear)),
        [1, 2, 3].map(() => undefined),
      );
  });

  it("routes at once where the service is down at the start, and hears it by itself later", async () => {
    await database.pool.query("truncate text_vector");
    const port = Number(new URL(server.url).port);
    await server.stop();
    const router = await open({ source: endpoint(), hearAgainMs: 20 });
    assert.deepEqual(await router.route("pay slip"), await embedded.route("pay slip"));
    await router.heard();
    assert.deepEqual(await router.route("pay slip"), await embedded.route("pay slip"));
    server = await startServer(port);
    await until(async () => (await router.route("Zeig mir die Paketlieferung")).outcome === "serve");
    assert.deepEqual(
      troubles.map(({ what }) => what),
      ["another service's opinion cannot be learnt from now: the embedded score serves"],
    );
  });

  it("keeps what was learnt: another start asks for nothing again, and decides the same", async () => {
    const router = await openHeard();
    // One text, to see whether the model is still the same.
    assert.deepEqual(
      server.asked.map(({ input }) => input.length),
      [1],
    );
    for (const [text] of foreign) assert.deepEqual(await router.route(text), await together.route(text));
    assert.equal(await keptModels(), 1);
  });

  it("does not learn from a service that answers too few texts, and says so once", async () => {
    const before = childProcesses();
    server.broken = (input) => (input.length === 128 ? { kind: "status", status: 400 } : undefined);
    const router = await openHeard({ source: endpoint("few"), hearAgainMs: 5 });
    assert.ok(childProcesses() <= before);
    const asked = server.asked.length;
    // What was answered is not asked for again.
    await until(() => server.asked.length > asked + 5);
    assert.ok(server.asked.slice(asked).every(({ input }) => input.length === 128));
    assert.equal(troubles.length, 1);
    assert.match(String(troubles[0]?.error), /Most of the registered texts got no answer of embedding:few/);
    assert.equal((await router.route("I need the parking space")).phase1.opinion, undefined);
  });

  it("follows the newest registry while opinions are learnt; what was begun before ends, and so does all when it is stopped", async () => {
    const before = childProcesses();
    let registry: Registry = fleet.registry;
    const live = {
      get agents() {
        return registry.agents;
      },
      get byId() {
        return registry.byId;
      },
      get version() {
        return registry.version;
      },
    };
    const change = (utterance: string) => {
      registry = createRegistry(
        fleet.registry.agents.map((agent) => ({
          ...agent,
          intent_patterns: agent.intent_patterns.map((pattern) =>
            pattern.intent_label === "pay-slip"
              ? { ...pattern, example_utterances: [...pattern.example_utterances, utterance] }
              : pattern,
          ),
        })),
      );
    };
    // It has not said anything when the registry changes.
    server.broken = () => ({ kind: "hang" });
    const router = await open({ source: endpoint("changing"), hearAgainMs: 5 }, live);
    await until(() => server.asked.length > 0);
    server.broken = undefined;
    change("Show me my bonus letter");
    const first = router.follow();
    await until(() => childProcesses() > before);
    change("Show me my pension forecast");
    const second = router.follow();
    await first;
    await second;
    await router.heard();
    assert.deepEqual(troubles, []);
    const { chosen, phase1, registryVersion } = await router.route("Show me my pension forecast");
    assert.equal(chosen?.matched, "Show me my pension forecast");
    assert.deepEqual(phase1.opinion, { of: "embedding:changing", inTime: true });
    assert.equal(registryVersion, registry.version);
    assert.equal((await router.route("Zeig mir die Paketlieferung")).outcome, "serve");
    await until(() => childProcesses() === before);

    change("Show me my tax return");
    const third = router.follow();
    await until(() => childProcesses() > before);
    router.stop();
    await third;
    await until(() => childProcesses() === before);
    assert.deepEqual(unhandled, []);
  });

  it("learns anew by itself where another model answers under the same name", async () => {
    const kept = await keptModels();
    const router = await openHeard({ hearAgainMs: 5 });
    server.exchangeModel({ width: 700 });
    for (let i = 0; i < 5; i += 1)
      assert.equal((await router.route(`parking space of model ${i}`)).phase1.opinion?.inTime, false);
    await until(async () => (await router.route("Zeig mir die Paketlieferung")).outcome === "serve");
    assert.equal(await keptModels(), kept + 1);
    server.exchangeModel({ width: 1_024 });
  });

  it("decides with Azure AI Search as with any other source", async () => {
    const search = await startSearchServer();
    const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
    try {
      const source = searchSource(
        { endpoint: search.url, key: "k", index: "fleet", semantic: true },
        { credential, embedder: undefined, log: log(), backoffMs: 2 },
      );
      const router = await openHeard({ source });
      const text = "I need the parking space";
      const decision = await router.route(text);
      assert.deepEqual(decision.phase1.opinion, { of: "azure-search", inTime: true });
      assert.deepEqual([decision.outcome, decision.chosen?.intent], ["serve", "parking-space"]);
      assert.deepEqual(shapeOf(withoutOpinion(decision)), shapeOf(withoutOpinion(await embedded.route(text))));
      search.failWith("search.post.search", { kind: "status", status: 503 });
      const alone = await router.route("I need the garage spot");
      assert.deepEqual(withoutOpinion(alone), withoutOpinion(await embedded.route("I need the garage spot")));
      assert.equal(alone.phase1.opinion?.inTime, false);
    } finally {
      await search.stop();
    }
  });
});

describe("another service's opinion", () => {
  const evidence = {
    ...{ labels: [0, 1, 2], scores: [2, 1, -1], none: 0, coverage: 1, nearest: 7, nearness: 0.5, known: 1, told: 9 },
  };
  const opinion = new Map([[2, { similarity: 0.9, document: 5 }]]);

  it("counts each intent by its most similar text, and texts that do not count as if they had not been found", () => {
    const hits = [0.9, 0.8, 0.7].map((similarity, document) => ({ document, similarity }));
    const label = [undefined, 4, 4];
    assert.deepEqual([...opinionOf(hits, (document) => label[document])], [[4, { similarity: 0.8, document: 1 }]]);
    const many = Array.from({ length: 120 }, (_, document) => ({ document, similarity: 0.5 }));
    // Half of them are held out: as many are left as a turn would find.
    const found = opinionOf(many, (document) => (document % 2 === 0 ? undefined : document < 101 ? 1 : 2));
    assert.deepEqual([...found.keys()], [1]);
  });

  it("is weighed by what it is worth: a source that is always wrong counts for nothing", () => {
    const cases = Array.from({ length: 60 }, (_, i) => ({
      ...{ scores: [0.5, 0, 0].map((score, k) => score + (k === i % 3 ? 1 : 0)), right: i % 3 },
      similarities: [0, 1, 2].map((k) => (k === (i + 1) % 3 ? 0.9 : 0)),
    }));
    const mix = learnMix(cases);
    assert.equal(mix.weight, 0);
    assert.ok(mix.scale > 0);
  });

  it("stays finite where nothing was ever found, and where all is alike", () => {
    for (const similarity of [0, 1]) {
      const mix = learnMix([{ scores: [1, 1], similarities: [similarity, similarity], right: 0 }]);
      assert.ok(Number.isFinite(mix.scale) && Number.isFinite(mix.weight));
      const { forScope, forRight } = signalsWith(evidence, opinion, mix);
      assert.ok([...forScope, ...forRight].every(Number.isFinite));
    }
  });

  it("is not learnt from where what is outside of the fleet could not be asked: all would seem to be inside", () => {
    const signals = { forScope: [1, 1, 1, 1, 1, 1], forRight: [1, 1, 1] };
    const heard = { evidence, opinion, wanted: 2 };
    const inside = Array.from({ length: 20 }, () => ({ ...signals, heard, isRight: true }));
    const outside = Array.from({ length: 20 }, () => ({ ...signals, heard: { ...heard, wanted: undefined } }));
    const unheard = Array.from({ length: 20 }, () => signals);
    const lessons = { documents: [], counterExamples: [] };
    assert.ok(calibrations([{ inside, near: outside, far: outside }], lessons).heard);
    assert.equal(calibrations([{ inside, near: outside, far: unheard }], lessons).heard, undefined);
    assert.equal(calibrations([{ inside, near: unheard, far: outside }], lessons).heard, undefined);
  });
});
